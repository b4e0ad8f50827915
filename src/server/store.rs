//! The bounded store of simulations that are in progress or whose results have not expired.
//!
//! A job holds the body of its submission, not its result. A body is a fraction of its result, and
//! the engine is deterministic and takes microseconds, so that each response simulates the call
//! again.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use uuid::Uuid;

use crate::flow::Program;
use crate::remote::contract::Status;

/// Maximum size of the bodies of all jobs together, in bytes; the last body may exceed it.
const MAX_BYTES: usize = 256 << 20;
/// How many times longer than a result a job that never completes is kept, so that clients have
/// time to notice it.
const NEVER_TTL_FACTOR: u32 = 10;

/// How a simulation ends; an injected fault changes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum JobOutcome {
    /// It runs to its end.
    #[default]
    Completed,
    /// It fails, whatever the call is.
    Failed,
    /// It never ends.
    NeverCompletes,
    /// It runs another version of the flow.
    OtherVersion,
}

/// One simulation.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The submission as it was sent.
    pub body: Arc<[u8]>,
    /// The flow that was submitted, linked.
    pub program: Arc<Program>,
    /// How it ends.
    pub outcome: JobOutcome,
    /// When it leaves the queue.
    pub runs_at: Instant,
    /// When its result is ready.
    pub ends_at: Instant,
}

/// An idempotency key and the body that was sent with it, as digests.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdempotencyKey {
    pub key: u128,
    pub body: u128,
}

/// The outcome of adding a job.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AddOutcome {
    /// The job is new.
    New(Uuid),
    /// The submission repeats an earlier one.
    Repeated(Uuid),
    /// The key was used with another body.
    Conflict,
    /// The store is full: every job is in progress or has a result that was never read.
    Full,
}

/// The outcome of looking up an id.
#[derive(Debug)]
pub(super) enum FindOutcome {
    /// The job is in this state and ends at this time; `None` for one that never completes.
    InProgress(Status, Option<Instant>),
    /// The result can be computed.
    Ended(Job),
    /// The job was dropped.
    Expired,
    /// The id was never issued.
    Unknown,
}

/// A bounded map of jobs. It refuses submissions beyond its bounds. A job in progress and a result
/// that was never read stay until they expire.
#[derive(Debug)]
pub(super) struct Store {
    jobs: Mutex<Jobs>,
    ttl: Duration,
    max_jobs: usize,
    /// Ids carry the time at which they were issued: an id that is newer than this and not in the
    /// map has expired.
    started: SystemTime,
}

#[derive(Debug, Default)]
struct Jobs {
    by_id: HashMap<Uuid, Entry>,
    by_key: HashMap<u128, Uuid>,
    by_expiry: BTreeSet<(Instant, Uuid)>,
    /// Jobs in the order in which their results were first read. They make room for new jobs.
    read: VecDeque<Uuid>,
    submitted: u64,
    unread: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    job: Job,
    expires_at: Instant,
    is_read: bool,
    idempotency_key: Option<IdempotencyKey>,
}

impl Store {
    pub(super) fn new(ttl: Duration, max_jobs: usize) -> Self {
        Self { jobs: Mutex::default(), ttl, max_jobs: max_jobs.max(1), started: SystemTime::now() }
    }

    /// The number of jobs accepted so far, which is the number of the next job.
    pub(super) fn count(&self) -> u64 {
        self.lock().submitted
    }

    /// The number of jobs whose results were never read.
    pub(super) fn awaited(&self) -> usize {
        self.lock().unread
    }

    /// Adds the job that `make` builds from its number.
    pub(super) fn add(
        &self,
        idempotency_key: Option<IdempotencyKey>,
        now: Instant,
        make: impl FnOnce(u64) -> Job,
    ) -> AddOutcome {
        let mut jobs = self.lock();
        jobs.expire(now);
        if let Some(idempotency_key) = &idempotency_key
            && let Some(&id) = jobs.by_key.get(&idempotency_key.key)
        {
            let earlier = jobs.by_id.get(&id).and_then(|entry| entry.idempotency_key);
            let is_same = earlier.is_some_and(|earlier| earlier.body == idempotency_key.body);
            return if is_same { AddOutcome::Repeated(id) } else { AddOutcome::Conflict };
        }
        if !jobs.make_room(self.max_jobs) {
            return AddOutcome::Full;
        }
        let id = Uuid::now_v7();
        let job = make(jobs.submitted);
        let ttl = if job.outcome == JobOutcome::NeverCompletes { self.ttl * NEVER_TTL_FACTOR } else { self.ttl };
        jobs.insert(id, Entry { expires_at: job.ends_at + ttl, job, is_read: false, idempotency_key });
        AddOutcome::New(id)
    }

    /// Looks up a job; a result that is found counts as read.
    pub(super) fn find(&self, id: Uuid, now: Instant) -> FindOutcome {
        let mut jobs = self.lock();
        jobs.expire(now);
        let Some(entry) = jobs.by_id.get(&id) else {
            return if self.has_issued(id) { FindOutcome::Expired } else { FindOutcome::Unknown };
        };
        match entry.job.status(now) {
            status @ (Status::Queued | Status::Running) => FindOutcome::InProgress(
                status,
                Some(entry.job.ends_at).filter(|_| entry.job.outcome != JobOutcome::NeverCompletes),
            ),
            Status::Completed | Status::Failed => {
                let job = entry.job.clone();
                jobs.mark_read(id);
                FindOutcome::Ended(job)
            }
        }
    }

    /// The state of a job for the response to its submission; it does not count as read.
    pub(super) fn status(&self, id: Uuid, now: Instant) -> Status {
        self.lock().by_id.get(&id).map_or(Status::Completed, |entry| entry.job.status(now))
    }

    /// Drops expired jobs.
    pub(super) fn sweep(&self) {
        self.lock().expire(Instant::now());
    }

    fn has_issued(&self, id: Uuid) -> bool {
        let issued = id.get_timestamp().map(|timestamp| {
            let (seconds, nanoseconds) = timestamp.to_unix();
            SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)
        });
        // Ids have a resolution of one millisecond.
        issued.is_some_and(|at| at + Duration::from_millis(1) > self.started && at <= SystemTime::now())
    }

    fn lock(&self) -> MutexGuard<'_, Jobs> {
        // Poisoning is ignored: no panic can occur between two changes that belong together.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn status(&self, now: Instant) -> Status {
        match self.outcome {
            _ if now < self.runs_at => Status::Queued,
            JobOutcome::NeverCompletes => Status::Running,
            _ if now < self.ends_at => Status::Running,
            JobOutcome::Failed => Status::Failed,
            JobOutcome::Completed | JobOutcome::OtherVersion => Status::Completed,
        }
    }
}

impl Jobs {
    fn insert(&mut self, id: Uuid, entry: Entry) {
        self.submitted += 1;
        self.unread += 1;
        self.bytes += entry.job.body.len();
        self.by_expiry.insert((entry.expires_at, id));
        if let Some(idempotency_key) = entry.idempotency_key {
            self.by_key.insert(idempotency_key.key, id);
        }
        self.by_id.insert(id, entry);
    }

    fn remove(&mut self, id: Uuid) {
        let Some(entry) = self.by_id.remove(&id) else { return };
        self.unread -= usize::from(!entry.is_read);
        self.bytes -= entry.job.body.len();
        self.by_expiry.remove(&(entry.expires_at, id));
        if let Some(idempotency_key) = entry.idempotency_key {
            self.by_key.remove(&idempotency_key.key);
        }
    }

    fn mark_read(&mut self, id: Uuid) {
        let Some(entry) = self.by_id.get_mut(&id).filter(|entry| !entry.is_read) else { return };
        entry.is_read = true;
        self.unread -= 1;
        self.read.push_back(id);
    }

    fn expire(&mut self, now: Instant) {
        while let Some(&(_, id)) = self.by_expiry.first().filter(|(expires_at, _)| *expires_at <= now) {
            self.remove(id);
        }
        while self.read.front().is_some_and(|id| !self.by_id.contains_key(id)) {
            self.read.pop_front();
        }
    }

    /// Drops results in the order in which they were read until there is room. Returns whether
    /// there is.
    fn make_room(&mut self, max_jobs: usize) -> bool {
        while self.by_id.len() >= max_jobs || self.bytes >= MAX_BYTES {
            let Some(id) = self.read.pop_front() else { return false };
            self.remove(id);
        }
        true
    }
}

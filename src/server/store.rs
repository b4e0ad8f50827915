//! Simulations that are in progress or whose results have not expired.
//!
//! A job holds the body of its submission and not its result: the engine is deterministic and takes microseconds, and a
//! body is a fraction of its result. Every answer simulates it again.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use uuid::Uuid;

use crate::flow::Program;
use crate::remote::contract::Status;

/// Bodies of all jobs together, in bytes; the last one may exceed it.
const MAX_BYTES: usize = 256 << 20;
/// A job that never completes is kept so many times as long as a result: its users are to notice.
const NEVER_TTL_FACTOR: u32 = 10;

/// What becomes of a simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is carried out.
    #[default]
    Completes,
    /// It fails for no reason of the call's.
    Fails,
    /// It runs for ever.
    Never,
    /// It is carried out with another version of the flow.
    OtherVersion,
}

/// One simulation.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The submission as it was sent.
    pub body: Arc<[u8]>,
    /// The flows.
    pub program: Arc<Program>,
    /// What becomes of it.
    pub fate: Fate,
    /// From when on it is running.
    pub runs_at: Instant,
    /// From when on its result is there.
    pub ends_at: Instant,
}

/// An idempotency key and what was sent with it, as digests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repeatable {
    pub key: u128,
    pub body: u128,
}

/// What became of a submission.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It is a new job.
    New(Uuid),
    /// It repeats an earlier submission.
    Known(Uuid),
    /// The key was used with another body.
    Conflict,
    /// There is no room: every job is in progress, or its result was never read.
    Full,
}

/// What is known of an id.
#[derive(Debug)]
pub(super) enum Found {
    /// The job is in this state and ends at this time; `None` for one that never completes.
    InProgress(Status, Option<Instant>),
    /// Its result can be computed.
    Ended(Job),
    /// It is no longer kept.
    Expired,
    /// The id was never issued.
    Unknown,
}

/// A bounded map of jobs. Submissions beyond its bounds are refused; a job that is in progress, and a result that nobody has
/// read, stay until they expire.
#[derive(Debug)]
pub(super) struct Store {
    jobs: Mutex<Jobs>,
    ttl: Duration,
    max_jobs: usize,
    /// Ids carry the time at which they were issued: one since this time that is not in the map has expired.
    started: SystemTime,
}

#[derive(Debug, Default)]
struct Jobs {
    by_id: HashMap<Uuid, Entry>,
    by_key: HashMap<u128, Uuid>,
    by_expiry: BTreeSet<(Instant, Uuid)>,
    /// Jobs in the order in which their results were first read: they make room for new ones.
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
    repeatable: Option<Repeatable>,
}

impl Store {
    pub(super) fn new(ttl: Duration, max_jobs: usize) -> Self {
        Self { jobs: Mutex::default(), ttl, max_jobs: max_jobs.max(1), started: SystemTime::now() }
    }

    /// How many jobs were accepted so far: the number of the next.
    pub(super) fn count(&self) -> u64 {
        self.lock().submitted
    }

    /// How many jobs have a result that nobody has read yet.
    pub(super) fn awaited(&self) -> usize {
        self.lock().unread
    }

    /// Adds the job that `make` builds from its number.
    pub(super) fn add(&self, repeatable: Option<Repeatable>, now: Instant, make: impl FnOnce(u64) -> Job) -> Added {
        let mut jobs = self.lock();
        jobs.expire(now);
        if let Some(repeatable) = &repeatable
            && let Some(&id) = jobs.by_key.get(&repeatable.key)
        {
            let earlier = jobs.by_id.get(&id).and_then(|entry| entry.repeatable);
            let is_same = earlier.is_some_and(|earlier| earlier.body == repeatable.body);
            return if is_same { Added::Known(id) } else { Added::Conflict };
        }
        if !jobs.make_room(self.max_jobs) {
            return Added::Full;
        }
        let id = Uuid::now_v7();
        let job = make(jobs.submitted);
        let ttl = if job.fate == Fate::Never { self.ttl * NEVER_TTL_FACTOR } else { self.ttl };
        jobs.insert(id, Entry { expires_at: job.ends_at + ttl, job, is_read: false, repeatable });
        Added::New(id)
    }

    /// The state of a job; a result that is found counts as read.
    pub(super) fn find(&self, id: Uuid, now: Instant) -> Found {
        let mut jobs = self.lock();
        jobs.expire(now);
        let Some(entry) = jobs.by_id.get(&id) else {
            return if self.has_issued(id) { Found::Expired } else { Found::Unknown };
        };
        match entry.job.status(now) {
            status @ (Status::Queued | Status::Running) => {
                Found::InProgress(status, Some(entry.job.ends_at).filter(|_| entry.job.fate != Fate::Never))
            }
            Status::Completed | Status::Failed => {
                let job = entry.job.clone();
                jobs.mark_read(id);
                Found::Ended(job)
            }
        }
    }

    /// The state of a job for the answer to its submission; it does not count as read.
    pub(super) fn status(&self, id: Uuid, now: Instant) -> Status {
        self.lock().by_id.get(&id).map_or(Status::Completed, |entry| entry.job.status(now))
    }

    /// Drops what has expired.
    pub(super) fn sweep(&self) {
        self.lock().expire(Instant::now());
    }

    fn has_issued(&self, id: Uuid) -> bool {
        let issued = id.get_timestamp().map(|timestamp| {
            let (seconds, nanoseconds) = timestamp.to_unix();
            SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)
        });
        // Ids have whole milliseconds.
        issued.is_some_and(|at| at + Duration::from_millis(1) > self.started && at <= SystemTime::now())
    }

    fn lock(&self) -> MutexGuard<'_, Jobs> {
        // Nothing panics between two changes that belong together.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn status(&self, now: Instant) -> Status {
        match self.fate {
            _ if now < self.runs_at => Status::Queued,
            Fate::Never => Status::Running,
            _ if now < self.ends_at => Status::Running,
            Fate::Fails => Status::Failed,
            Fate::Completes | Fate::OtherVersion => Status::Completed,
        }
    }
}

impl Jobs {
    fn insert(&mut self, id: Uuid, entry: Entry) {
        self.submitted += 1;
        self.unread += 1;
        self.bytes += entry.job.body.len();
        self.by_expiry.insert((entry.expires_at, id));
        if let Some(repeatable) = entry.repeatable {
            self.by_key.insert(repeatable.key, id);
        }
        self.by_id.insert(id, entry);
    }

    fn remove(&mut self, id: Uuid) {
        let Some(entry) = self.by_id.remove(&id) else { return };
        self.unread -= usize::from(!entry.is_read);
        self.bytes -= entry.job.body.len();
        self.by_expiry.remove(&(entry.expires_at, id));
        if let Some(repeatable) = entry.repeatable {
            self.by_key.remove(&repeatable.key);
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

    /// Drops results that were read, in the order of their first reading, until there is room; whether there is.
    fn make_room(&mut self, max_jobs: usize) -> bool {
        while self.by_id.len() >= max_jobs || self.bytes >= MAX_BYTES {
            let Some(id) = self.read.pop_front() else { return false };
            self.remove(id);
        }
        true
    }
}

//! The simulations that are going on or whose results are kept.
//!
//! A simulation is kept as the body of its submission, and simulated again whenever its result is asked for: the
//! engine is deterministic and takes microseconds, and a body is a fraction of its result. A result that is asked for a
//! second time is kept as well.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use tokio::time::Instant;

use super::id::Ids;
use crate::flow::Program;
use crate::remote::contract::Status;

const SHARDS: usize = 16;
/// Bodies and results together, in bytes.
const BYTES: usize = 256 << 20;

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

#[derive(Debug)]
struct Kept {
    job: Job,
    /// How often its result was asked for.
    reads: u32,
    result: Option<Bytes>,
    /// The idempotency key under which it was submitted.
    key: Option<u128>,
}

#[derive(Debug, Default)]
struct Shard {
    jobs: HashMap<u64, Kept>,
    /// In the order of submission.
    order: VecDeque<u64>,
    bytes: usize,
}

#[derive(Debug)]
pub(super) struct Store {
    shards: [Mutex<Shard>; SHARDS],
    /// By the key's digest: the digest of the body and the id.
    keys: [Mutex<HashMap<u128, (u128, u64)>>; SHARDS],
    ids: Ids,
    next: AtomicU64,
    /// Simulations whose result nobody has got yet.
    awaited: AtomicUsize,
    ttl: Duration,
    most: usize,
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
    /// It is kept under this id.
    New(u64),
    /// It is the same as an earlier one.
    Known(u64),
    /// Another was sent with the same key.
    Conflict,
}

/// What is known of an id.
#[derive(Debug)]
pub(super) enum Found {
    /// The simulation is in this state, and is over at this time; none for one that runs for ever.
    Going(Status, Option<Instant>),
    /// Its result.
    Result(Bytes),
    /// Its result is to be made; it is worth keeping where the flag is set.
    Make(Job, bool),
    /// It is no longer kept.
    Expired,
    /// The id was never given out.
    Unknown,
}

impl Store {
    pub(super) fn new(key: u64, ttl: Duration, most: usize) -> Self {
        Self {
            shards: Default::default(),
            keys: Default::default(),
            ids: Ids::new(key),
            next: AtomicU64::new(0),
            awaited: AtomicUsize::new(0),
            ttl,
            most: most.div_ceil(SHARDS).max(1),
        }
    }

    /// How many simulations were submitted so far: the number of the next.
    pub(super) fn count(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// How many are kept whose result nobody has got yet.
    pub(super) fn awaited(&self) -> usize {
        self.awaited.load(Ordering::Relaxed)
    }

    /// Keeps a simulation that is made of its number, at this time.
    pub(super) fn add(&self, repeatable: Option<Repeatable>, now: Instant, make: impl FnOnce(u64) -> Job) -> Added {
        if let Some(repeatable) = &repeatable
            && let Some(added) = self.known(repeatable, now)
        {
            return added;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = self.ids.hide(number);
        let job = make(number);
        {
            let mut shard = self.shard(id);
            self.evict(&mut shard, now);
            shard.bytes += job.body.len();
            shard.order.push_back(id);
            shard
                .jobs
                .insert(id, Kept { job, reads: 0, result: None, key: repeatable.map(|repeatable| repeatable.key) });
        }
        self.awaited.fetch_add(1, Ordering::Relaxed);
        if let Some(repeatable) = repeatable {
            let raced = {
                let mut keys = self.keys(repeatable.key);
                match keys.get(&repeatable.key) {
                    Some(&known) => Some(known),
                    None => {
                        keys.insert(repeatable.key, (repeatable.body, id));
                        None
                    }
                }
            };
            if let Some((body, known)) = raced {
                // Another request with the same key was faster: this simulation has never been.
                let mut shard = self.shard(id);
                if let Some(kept) = shard.jobs.remove(&id) {
                    shard.bytes -= kept.job.body.len();
                    self.awaited.fetch_sub(1, Ordering::Relaxed);
                }
                return if body == repeatable.body { Added::Known(known) } else { Added::Conflict };
            }
        }
        Added::New(id)
    }

    fn known(&self, repeatable: &Repeatable, now: Instant) -> Option<Added> {
        let (body, id) = self.keys(repeatable.key).get(&repeatable.key).copied()?;
        if self.shard(id).jobs.get(&id).is_none_or(|kept| self.is_over(&kept.job, now)) {
            // A key is as good as its simulation lasts.
            self.keys(repeatable.key).remove(&repeatable.key);
            return None;
        }
        Some(if body == repeatable.body { Added::Known(id) } else { Added::Conflict })
    }

    /// The state of a simulation at this time.
    pub(super) fn find(&self, id: u64, now: Instant) -> Found {
        let mut shard = self.shard(id);
        let Some(kept) = shard.jobs.get_mut(&id).filter(|kept| !self.is_over(&kept.job, now)) else {
            return if self.ids.reveal(id) < self.count() { Found::Expired } else { Found::Unknown };
        };
        let ends_at = Some(kept.job.ends_at).filter(|_| kept.job.fate != Fate::Never);
        if now < kept.job.runs_at {
            return Found::Going(Status::Queued, ends_at);
        }
        if ends_at.is_none_or(|ends_at| now < ends_at) {
            return Found::Going(Status::Running, ends_at);
        }
        kept.reads = kept.reads.saturating_add(1);
        if kept.reads == 1 {
            self.awaited.fetch_sub(1, Ordering::Relaxed);
        }
        match &kept.result {
            Some(result) => Found::Result(result.clone()),
            None => Found::Make(kept.job.clone(), kept.reads > 1),
        }
    }

    /// A simulation that is kept, whatever its state: it does not count as read.
    pub(super) fn job(&self, id: u64) -> Option<Job> {
        self.shard(id).jobs.get(&id).map(|kept| kept.job.clone())
    }

    /// The state at this time, for the answer to a submission: it does not count as read.
    pub(super) fn status(&self, id: u64, now: Instant) -> Status {
        match self.shard(id).jobs.get(&id) {
            Some(kept) if now < kept.job.runs_at => Status::Queued,
            Some(kept) if now < kept.job.ends_at || kept.job.fate == Fate::Never => Status::Running,
            Some(kept) if kept.job.fate == Fate::Fails => Status::Failed,
            _ => Status::Completed,
        }
    }

    /// Keeps a result that was made.
    pub(super) fn keep(&self, id: u64, result: &Bytes) {
        let mut shard = self.shard(id);
        let Some(kept) = shard.jobs.get_mut(&id).filter(|kept| kept.result.is_none()) else { return };
        kept.result = Some(result.clone());
        shard.bytes += result.len();
    }

    /// Drops what is no longer to be kept.
    pub(super) fn sweep(&self) {
        let now = Instant::now();
        for shard in &self.shards {
            self.evict(&mut lock(shard), now);
        }
    }

    /// Drops the oldest while they are over, or there are too many.
    fn evict(&self, shard: &mut Shard, now: Instant) {
        while let Some(&id) = shard.order.front() {
            let go = match shard.jobs.get(&id) {
                None => true,
                Some(kept) => {
                    shard.jobs.len() >= self.most || shard.bytes >= BYTES / SHARDS || self.is_over(&kept.job, now)
                }
            };
            if !go {
                break;
            }
            shard.order.pop_front();
            let Some(kept) = shard.jobs.remove(&id) else { continue };
            shard.bytes -= kept.job.body.len() + kept.result.as_ref().map_or(0, Bytes::len);
            if kept.reads == 0 {
                self.awaited.fetch_sub(1, Ordering::Relaxed);
            }
            // The key shards are never locked while a job shard is waited for, so that this cannot lock up.
            if let Some(key) = kept.key {
                let mut keys = self.keys(key);
                if keys.get(&key).is_some_and(|(_, known)| *known == id) {
                    keys.remove(&key);
                }
            }
        }
    }

    fn is_over(&self, job: &Job, now: Instant) -> bool {
        // One that never completes is kept ten times as long: somebody is to find out.
        let ttl = if job.fate == Fate::Never { self.ttl * 10 } else { self.ttl };
        now >= job.ends_at + ttl
    }

    fn shard(&self, id: u64) -> MutexGuard<'_, Shard> {
        lock(&self.shards[id as usize % SHARDS])
    }

    fn keys(&self, key: u128) -> MutexGuard<'_, HashMap<u128, (u128, u64)>> {
        lock(&self.keys[key as usize % SHARDS])
    }
}

/// The lock, also after a panic of another thread: each change is complete at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

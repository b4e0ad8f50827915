//! Delivers the results of one segment.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::dead_letters::DeadLetterFile;
use super::platform::{Platform, SendOutcome};
use super::segment::{Segment, SegmentReader, SegmentState, SpoolError, SpoolLine, SpooledResult};
use super::status::DeliveryStatus;
use crate::remote::client::Transport;

/// How often a growing segment is synced to disk.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);

/// Maximum number of dead letters that are written before their file is synced.
const MAX_UNSYNCED_DEAD_LETTERS: usize = 256;

/// When the delivery gives up.
#[derive(Clone, Copy, Debug)]
pub(super) enum DeliveryDeadline {
    /// This long after the segment is closed.
    AfterClose(Duration),
    /// This long after the last result that was accepted or rejected.
    WithoutProgress(Duration),
}

/// The outcome of sending one result.
enum ResultOutcome {
    Accepted,
    DeadLetter(String),
    Retry(String),
    Stopped(String),
}

/// Delivers all results of a segment until it is closed. `state` says how far it can be read;
/// `file` is synced every second while the segment grows. Removes a segment without undelivered
/// results.
///
/// Ends when no result is undelivered or the deadline passes, and, where the export has stopped, as
/// soon as the segment is closed. Undelivered results stay in the spool.
pub(super) async fn deliver<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    segment: Segment,
    mut state: watch::Receiver<SegmentState>,
    file: Option<File>,
    deadline: DeliveryDeadline,
) -> Result<DeliveryStatus, SpoolError> {
    let mut delivery = SegmentDelivery::new(platform.clone(), segment)?;
    let mut sync = tokio::time::interval(SYNC_INTERVAL);
    sync.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut synced, mut closed_at) = (0, None);
    loop {
        let now = *state.borrow_and_update();
        if now.closed {
            closed_at.get_or_insert_with(Instant::now);
        }
        delivery.spawn_requests(now)?;
        if delivery.requests.is_empty() && now.closed && (delivery.is_stopped() || delivery.is_drained()) {
            break;
        }
        let end = match deadline {
            DeliveryDeadline::AfterClose(time) => closed_at.map(|at| at + time),
            DeliveryDeadline::WithoutProgress(time) => Some(delivery.progress + time),
        };
        tokio::select! {
            Some(done) = delivery.requests.join_next(), if !delivery.requests.is_empty() => match done {
                Ok(outcomes) => delivery.apply_outcomes(outcomes)?,
                // The results of the request stay in the spool.
                Err(error) => {
                    delivery.stopped.get_or_insert_with(|| format!("callpath has a defect: a request ended: {error}"));
                }
            },
            changed = state.changed(), if !now.closed => {
                if changed.is_err() {
                    // The writer is gone, so no more lines follow.
                    state = watch::channel(SegmentState { closed: true, ..now }).1;
                }
            }
            _ = sync.tick(), if file.is_some() && !now.closed && now.bytes > synced => {
                synced = now.bytes;
                if let Some(file) = file.as_ref().and_then(|file| file.try_clone().ok()) {
                    // The writer syncs once more when it closes the segment, and reports the error.
                    tokio::task::spawn_blocking(move || file.sync_data());
                }
            }
            () = sleep_until(end) => break,
        }
    }
    let bytes = state.borrow().bytes;
    delivery.finish(bytes)
}

/// Counts the results of a segment without sending any. Removes a segment without undelivered
/// results.
pub(super) fn count<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    segment: Segment,
) -> Result<DeliveryStatus, SpoolError> {
    let delivery = SegmentDelivery::new(platform.clone(), segment)?;
    let bytes = delivery.reader.length();
    delivery.finish(bytes)
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

struct SegmentDelivery<T> {
    platform: Arc<Platform<T>>,
    segment: Segment,
    reader: SegmentReader,
    dead_letters: DeadLetterFile,
    queue: VecDeque<SpooledResult>,
    /// Groups of results that failed together. They are sent again when nothing else is left to
    /// send.
    waiting: VecDeque<Vec<SpooledResult>>,
    requests: JoinSet<Vec<(SpooledResult, ResultOutcome)>>,
    /// Whether the reader is at the end of the segment.
    at_end: bool,
    status: DeliveryStatus,
    /// Keys of dead letters that are not acknowledged yet.
    unacknowledged: Vec<String>,
    /// Number of results that were read and are neither accepted nor rejected.
    undelivered: u64,
    /// Why no delivery can succeed.
    stopped: Option<String>,
    /// When a result was last accepted or rejected.
    progress: Instant,
}

impl<T: Transport + 'static> SegmentDelivery<T> {
    fn new(platform: Arc<Platform<T>>, segment: Segment) -> Result<Self, SpoolError> {
        let folder = segment.path().parent().unwrap_or(segment.path());
        Ok(Self {
            dead_letters: DeadLetterFile::new(folder),
            reader: segment.reader()?,
            platform,
            segment,
            queue: VecDeque::new(),
            waiting: VecDeque::new(),
            requests: JoinSet::new(),
            at_end: false,
            status: DeliveryStatus::default(),
            unacknowledged: Vec::new(),
            undelivered: 0,
            stopped: None,
            progress: Instant::now(),
        })
    }

    fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Whether no result is left to send at present.
    fn is_drained(&self) -> bool {
        self.queue.is_empty() && self.waiting.is_empty() && self.at_end
    }

    /// Spawns requests up to the limit of requests in flight.
    fn spawn_requests(&mut self, state: SegmentState) -> Result<(), SpoolError> {
        while !self.is_stopped() && self.requests.len() < self.platform.settings().in_flight {
            let batch = self.platform.batch();
            self.read(batch, state.bytes)?;
            let results = if self.queue.is_empty() {
                let Some(group) = self.waiting.pop_front() else { return Ok(()) };
                group
            } else if self.queue.len() < batch && !state.closed && !self.requests.is_empty() {
                // A partial batch waits for more results while other requests are in flight.
                return Ok(());
            } else {
                self.queue.drain(..batch.min(self.queue.len())).collect()
            };
            self.requests.spawn(send_batch(self.platform.clone(), results));
        }
        Ok(())
    }

    /// Reads until the queue holds a batch or the segment has no more results.
    fn read(&mut self, batch: usize, until: u64) -> Result<(), SpoolError> {
        while self.queue.len() < batch {
            match self.next(until)? {
                Some(result) => self.queue.push_back(result),
                None => break,
            }
        }
        Ok(())
    }

    /// Reads the next undelivered result. Lines that hold none become dead letters.
    fn next(&mut self, until: u64) -> Result<Option<SpooledResult>, SpoolError> {
        loop {
            let line = self.reader.next(until)?;
            self.at_end = line.is_none();
            match line {
                None => return Ok(None),
                Some(SpoolLine::Result(result)) if self.segment.is_acked(&result.key) => {}
                Some(SpoolLine::Result(result)) => {
                    self.undelivered += 1;
                    return Ok(Some(result));
                }
                Some(SpoolLine::Damaged { key, .. }) if self.segment.is_acked(&key) => {}
                Some(SpoolLine::Damaged { key, bytes, reason }) => {
                    self.dead_letters.add_damaged(&bytes, reason)?;
                    self.unacknowledged.push(key);
                    self.status.dead_letters += 1;
                    self.status.rejection.get_or_insert_with(|| reason.to_owned());
                }
            }
        }
    }

    fn apply_outcomes(&mut self, outcomes: Vec<(SpooledResult, ResultOutcome)>) -> Result<(), SpoolError> {
        let (mut accepted, mut retry) = (Vec::new(), Vec::new());
        for (result, outcome) in outcomes {
            match outcome {
                ResultOutcome::Accepted => {
                    self.status.delivered += 1;
                    accepted.push(result.key);
                }
                ResultOutcome::DeadLetter(reason) => {
                    self.dead_letters.add(&result, &reason)?;
                    self.status.dead_letters += 1;
                    self.status.rejection.get_or_insert(reason);
                    self.progress = Instant::now();
                    self.undelivered = self.undelivered.saturating_sub(1);
                    self.unacknowledged.push(result.key);
                }
                ResultOutcome::Retry(cause) => {
                    self.status.cause = Some(cause);
                    retry.push(result);
                }
                ResultOutcome::Stopped(cause) => {
                    self.stopped.get_or_insert(cause);
                }
            }
        }
        // In halves, so that one result that the platform fails on does not hold back its whole
        // batch.
        let rest = retry.split_off(retry.len() / 2);
        self.waiting.extend([retry, rest].into_iter().filter(|group| !group.is_empty()));
        if !accepted.is_empty() {
            self.undelivered = self.undelivered.saturating_sub(accepted.len() as u64);
            self.progress = Instant::now();
            self.segment.acknowledge(accepted.iter().map(String::as_str))?;
        }
        if self.unacknowledged.len() >= MAX_UNSYNCED_DEAD_LETTERS {
            self.acknowledge_dead_letters()?;
        }
        Ok(())
    }

    /// Syncs the dead letters before it acknowledges them: a result can become a dead letter twice,
    /// and is never lost.
    fn acknowledge_dead_letters(&mut self) -> Result<(), SpoolError> {
        if self.unacknowledged.is_empty() {
            return Ok(());
        }
        self.dead_letters.sync()?;
        let keys = std::mem::take(&mut self.unacknowledged);
        self.segment.acknowledge(keys.iter().map(String::as_str))
    }

    fn finish(mut self, until: u64) -> Result<DeliveryStatus, SpoolError> {
        // Requests in flight are sent again by the next `callpath export --resume`.
        self.requests.abort_all();
        self.queue.clear();
        while self.next(until)?.is_some() {}
        self.acknowledge_dead_letters()?;
        self.status.pending = self.undelivered;
        if self.status.pending == 0 {
            self.status.cause = None;
            self.segment.remove()?;
        } else {
            self.status.stopped = self.stopped.is_some();
            self.status.cause = self.stopped.or(self.status.cause).or_else(|| self.platform.last_error());
        }
        Ok(self.status)
    }
}

/// Sends results until each has an outcome. A request that is too large or rejected is halved, so
/// that only the results at fault become dead letters.
async fn send_batch<T: Transport>(
    platform: Arc<Platform<T>>,
    results: Vec<SpooledResult>,
) -> Vec<(SpooledResult, ResultOutcome)> {
    let mut done = Vec::with_capacity(results.len());
    let mut parts = vec![results];
    let (mut batch_too_large, mut result_too_large, mut most_accepted) = (false, false, 0);
    while let Some(mut part) = parts.pop() {
        let sent = if part.is_empty() { continue } else { platform.send(&part).await };
        match sent {
            SendOutcome::TooLarge(_) if part.len() > 1 => batch_too_large = true,
            SendOutcome::TooLarge(_) => result_too_large = true,
            SendOutcome::Accepted => most_accepted = most_accepted.max(part.len()),
            _ => {}
        }
        match sent {
            SendOutcome::TooLarge(_) | SendOutcome::Rejected(_) if part.len() > 1 => {
                let rest = part.split_off(part.len() / 2);
                parts.extend([rest, part]);
            }
            SendOutcome::Accepted => done.extend(part.into_iter().map(|result| (result, ResultOutcome::Accepted))),
            SendOutcome::TooLarge(reason) | SendOutcome::Rejected(reason) => {
                done.extend(part.into_iter().map(|result| (result, ResultOutcome::DeadLetter(reason.clone()))));
            }
            SendOutcome::Retry(cause) => {
                done.extend(part.into_iter().map(|result| (result, ResultOutcome::Retry(cause.clone()))));
            }
            SendOutcome::Stopped(cause) => {
                let rest = parts.drain(..).flatten();
                let unsent = part.into_iter().chain(rest);
                done.extend(unsent.map(|result| (result, ResultOutcome::Stopped(cause.clone()))));
            }
        }
    }
    // A single result that is too large says nothing about the size of batches.
    if batch_too_large && !result_too_large && most_accepted > 0 {
        platform.limit_batch(most_accepted);
    }
    done
}

//! The results of one segment, delivered.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::aside::SetAside;
use super::platform::{Platform, Sent};
use super::segment::{Grown, Item, Segment, SegmentReader, SpoolError, SpoolLine};
use super::tally::Delivered;
use crate::remote::client::Transport;

/// How often what was spooled is made to survive the machine's end.
const SYNC: Duration = Duration::from_secs(1);

/// So many results are set aside before their file is synced.
const PARKED: usize = 256;

/// How long to go on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    /// So long after the last result was spooled.
    AfterClose(Duration),
    /// So long after the last result that was settled.
    WithoutProgress(Duration),
}

/// What became of a result.
enum Fate {
    Accepted,
    Aside(String),
    Later(String),
    Closed(String),
}

/// Delivers what a segment holds and will hold until it is closed. `grown` says how far it may be read; `file` is synced
/// every second while it grows. A segment of which nothing is left is removed.
///
/// It ends when everything is settled or the patience ends; when the platform takes nothing any more, as soon as the segment
/// is closed. What has not arrived stays.
pub(super) async fn deliver<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    segment: Segment,
    mut grown: watch::Receiver<Grown>,
    file: Option<File>,
    patience: Patience,
) -> Result<Delivered, SpoolError> {
    let mut work = Work::new(platform.clone(), segment)?;
    let mut sync = tokio::time::interval(SYNC);
    sync.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut synced, mut closed_at) = (0, None);
    loop {
        let now = *grown.borrow_and_update();
        if now.closed {
            closed_at.get_or_insert_with(Instant::now);
        }
        work.fill(now)?;
        if work.jobs.is_empty() && now.closed && (work.is_stopped() || work.is_dry()) {
            break;
        }
        let deadline = match patience {
            Patience::AfterClose(time) => closed_at.map(|at| at + time),
            Patience::WithoutProgress(time) => Some(work.progress + time),
        };
        tokio::select! {
            Some(done) = work.jobs.join_next(), if !work.jobs.is_empty() => {
                // A job that panicked has settled nothing.
                let fates = done.unwrap_or_default();
                work.settle(fates)?;
            }
            changed = grown.changed(), if !now.closed => {
                if changed.is_err() {
                    // The writer has gone without a word: there will be no more.
                    grown = watch::channel(Grown { closed: true, ..now }).1;
                }
            }
            _ = sync.tick(), if file.is_some() && !now.closed && now.bytes > synced => {
                synced = now.bytes;
                if let Some(file) = file.as_ref().and_then(|file| file.try_clone().ok()) {
                    // The end of the run syncs once more and says what is wrong.
                    tokio::task::spawn_blocking(move || file.sync_data());
                }
            }
            () = until(deadline) => break,
        }
    }
    work.finish(grown.borrow().bytes)
}

/// Counts what a segment holds, and sends nothing. A segment of which nothing is left is removed.
pub(super) fn count<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    segment: Segment,
) -> Result<Delivered, SpoolError> {
    let work = Work::new(platform.clone(), segment)?;
    let bytes = work.reader.length();
    work.finish(bytes)
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

struct Work<T> {
    platform: Arc<Platform<T>>,
    segment: Segment,
    reader: SegmentReader,
    aside: SetAside,
    queue: VecDeque<Item>,
    /// Did not arrive, and are sent again when there is nothing else to send.
    waiting: VecDeque<Item>,
    jobs: JoinSet<Vec<(Item, Fate)>>,
    /// The reader is at the end of what may be read.
    at_end: bool,
    delivered: Delivered,
    /// Keys of results that were set aside and are not settled yet.
    parked: Vec<String>,
    /// Results that were read and have not arrived.
    open: u64,
    stopped: Option<String>,
    progress: Instant,
}

impl<T: Transport + 'static> Work<T> {
    fn new(platform: Arc<Platform<T>>, segment: Segment) -> Result<Self, SpoolError> {
        let folder = segment.path().parent().unwrap_or(segment.path());
        Ok(Self {
            aside: SetAside::new(folder),
            reader: segment.reader()?,
            platform,
            segment,
            queue: VecDeque::new(),
            waiting: VecDeque::new(),
            jobs: JoinSet::new(),
            at_end: false,
            delivered: Delivered::default(),
            parked: Vec::new(),
            open: 0,
            stopped: None,
            progress: Instant::now(),
        })
    }

    fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Nothing is left to be sent now.
    fn is_dry(&self) -> bool {
        self.queue.is_empty() && self.waiting.is_empty() && self.at_end
    }

    /// Begins as many requests as may be under way.
    fn fill(&mut self, grown: Grown) -> Result<(), SpoolError> {
        while !self.is_stopped() && self.jobs.len() < self.platform.settings().in_flight {
            let batch = self.platform.batch();
            self.read(batch, grown.bytes)?;
            // A batch that is not full waits for more while others are under way.
            if self.queue.is_empty() {
                // Others had their turn.
                self.queue.extend(self.waiting.drain(..batch.min(self.waiting.len())));
            }
            if self.queue.is_empty() || (self.queue.len() < batch && !grown.closed && !self.jobs.is_empty()) {
                return Ok(());
            }
            let items: Vec<Item> = self.queue.drain(..batch.min(self.queue.len())).collect();
            self.jobs.spawn(job(self.platform.clone(), items));
        }
        Ok(())
    }

    /// Reads until there is a batch, or nothing more.
    fn read(&mut self, batch: usize, until: u64) -> Result<(), SpoolError> {
        while self.queue.len() < batch {
            match self.next(until)? {
                Some(item) => self.queue.push_back(item),
                None => break,
            }
        }
        Ok(())
    }

    /// The next result that has not arrived.
    fn next(&mut self, until: u64) -> Result<Option<Item>, SpoolError> {
        loop {
            let line = self.reader.next(until)?;
            self.at_end = line.is_none();
            match line {
                None => return Ok(None),
                Some(SpoolLine::Item(item)) if self.segment.is_acked(&item.key) => {}
                Some(SpoolLine::Item(item)) => {
                    self.open += 1;
                    return Ok(Some(item));
                }
                Some(SpoolLine::Damaged { key, .. }) if self.segment.is_acked(&key) => {}
                Some(SpoolLine::Damaged { key, bytes }) => {
                    self.aside.add_damaged(&bytes)?;
                    self.parked.push(key);
                    self.delivered.aside += 1;
                    self.delivered.refusal.get_or_insert_with(|| "the spool is damaged".to_owned());
                }
            }
        }
    }

    fn settle(&mut self, fates: Vec<(Item, Fate)>) -> Result<(), SpoolError> {
        let mut settled = Vec::new();
        for (item, fate) in fates {
            match fate {
                Fate::Accepted => {
                    self.delivered.delivered += 1;
                    settled.push(item.key);
                }
                Fate::Aside(reason) => {
                    self.aside.add(&item, &reason)?;
                    self.delivered.aside += 1;
                    self.delivered.refusal.get_or_insert(reason);
                    self.progress = Instant::now();
                    self.open = self.open.saturating_sub(1);
                    self.parked.push(item.key);
                }
                Fate::Later(cause) => {
                    self.delivered.cause = Some(cause);
                    self.waiting.push_back(item);
                }
                Fate::Closed(cause) => {
                    self.stopped.get_or_insert(cause);
                }
            }
        }
        if !settled.is_empty() {
            self.open = self.open.saturating_sub(settled.len() as u64);
            self.progress = Instant::now();
            self.segment.acknowledge(settled.iter().map(String::as_str))?;
        }
        if self.parked.len() >= PARKED { self.park() } else { Ok(()) }
    }

    /// Makes what was set aside safe there, and then gone from here: a result may be set aside twice, and is never lost.
    fn park(&mut self) -> Result<(), SpoolError> {
        if self.parked.is_empty() {
            return Ok(());
        }
        self.aside.sync()?;
        let parked = std::mem::take(&mut self.parked);
        self.segment.acknowledge(parked.iter().map(String::as_str))
    }

    fn finish(mut self, until: u64) -> Result<Delivered, SpoolError> {
        // What is still under way is sent again by whoever resumes.
        self.jobs.abort_all();
        self.queue.clear();
        while self.next(until)?.is_some() {}
        self.park()?;
        self.delivered.pending = self.open;
        if self.delivered.pending == 0 {
            self.delivered.cause = None;
            self.segment.remove()?;
        } else {
            self.delivered.closed = self.stopped.is_some();
            self.delivered.cause = self.stopped.or(self.delivered.cause).or_else(|| self.platform.trouble());
        }
        Ok(self.delivered)
    }
}

/// Sends results until each has its fate. A request that is too large, or that is refused, is cut in halves, so that what is
/// set aside is what is at fault.
async fn job<T: Transport>(platform: Arc<Platform<T>>, items: Vec<Item>) -> Vec<(Item, Fate)> {
    let mut done = Vec::with_capacity(items.len());
    let mut parts = vec![items];
    let (mut too_many, mut one_too_large, mut most) = (false, false, 0);
    while let Some(mut part) = parts.pop() {
        let sent = if part.is_empty() { continue } else { platform.send(&part).await };
        match sent {
            Sent::TooLarge(_) if part.len() > 1 => too_many = true,
            Sent::TooLarge(_) => one_too_large = true,
            Sent::Accepted => most = most.max(part.len()),
            _ => {}
        }
        match sent {
            Sent::TooLarge(_) | Sent::Refused(_) if part.len() > 1 => {
                let rest = part.split_off(part.len() / 2);
                parts.extend([rest, part]);
            }
            Sent::Accepted => done.extend(part.into_iter().map(|item| (item, Fate::Accepted))),
            Sent::TooLarge(reason) | Sent::Refused(reason) => {
                done.extend(part.into_iter().map(|item| (item, Fate::Aside(reason.clone()))));
            }
            Sent::Later(cause) => done.extend(part.into_iter().map(|item| (item, Fate::Later(cause.clone())))),
            Sent::Closed(cause) => {
                let rest = parts.drain(..).flatten();
                done.extend(part.into_iter().chain(rest).map(|item| (item, Fate::Closed(cause.clone()))));
            }
        }
    }
    // Where a single result was at fault nothing is known about numbers.
    if too_many && !one_too_large && most > 0 {
        platform.shrink(most);
    }
    done
}

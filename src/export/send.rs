//! Exports outside of a run: of a record, and of what waits in a spool.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::aside::SetAside;
use super::deliver::{Patience, count, deliver};
use super::payload::RunHead;
use super::platform::Platform;
use super::reporter::item;
use super::segment::{Grown, Item, Segment, SpoolError};
use super::spool::segments;
use super::tally::Delivered;
use crate::record::{RunRecord, record_run_id};
use crate::remote::client::Transport;

/// What was found in a spool beside what was delivered.
#[derive(Debug, Default)]
pub(crate) struct Resumed {
    /// What became of the results.
    pub delivered: Delivered,
    /// Segments that another process works on.
    pub busy: usize,
    /// What is wrong with segments that cannot be used.
    pub broken: Vec<SpoolError>,
}

/// Spools all results of a recorded run and delivers them. It gives up when none is settled for as long as `patience`.
pub async fn send_record<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    record: &RunRecord,
    patience: Duration,
) -> Result<Delivered, SpoolError> {
    let settings = platform.settings();
    let run = RunHead {
        run_id: record_run_id(record),
        started: record.wall.started.clone(),
        target: record.header.target.clone(),
    };
    let items: Vec<Item> =
        record.scenarios.iter().filter_map(|scenario| item(&run, scenario, settings.details)).collect();
    let segment = Segment::create_whole(&settings.spool, &items)?;
    drop(items);
    flush(platform, segment, patience).await
}

/// Delivers what waits in the spool, one segment after the other; those that another process works on are left to it.
/// `again` brings back what was set aside before.
pub(crate) async fn resume<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    patience: Duration,
    again: bool,
) -> Result<Resumed, SpoolError> {
    let folder = &platform.settings().spool;
    if again {
        SetAside::new(folder).take(|items| Segment::create_whole(folder, items).map(drop))?;
    }
    let mut resumed = Resumed::default();
    for path in segments(folder)? {
        let outcome = match Segment::open(&path) {
            Ok(None) => {
                resumed.busy += 1;
                continue;
            }
            // A platform that takes nothing is not asked again; what waits is counted.
            Ok(Some(segment)) if resumed.delivered.closed => count(platform, segment),
            Ok(Some(segment)) => flush(platform, segment, patience).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(delivered) => resumed.delivered.add(delivered),
            Err(error) => resumed.broken.push(error),
        }
    }
    Ok(resumed)
}

async fn flush<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    segment: Segment,
    patience: Duration,
) -> Result<Delivered, SpoolError> {
    let bytes = segment.reader()?.length();
    let (_, grown) = watch::channel(Grown { bytes, closed: true });
    deliver(platform, segment, grown, None, Patience::WithoutProgress(patience)).await
}

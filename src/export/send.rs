//! Exports outside of a run: a record, and the results that wait in a spool.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::dead_letters::DeadLetterFile;
use super::deliver::{DeliveryDeadline, count, deliver};
use super::payload::RunHead;
use super::platform::Platform;
use super::reporter::spooled_result;
use super::segment::{Segment, SegmentState, SpoolError, SpooledResult};
use super::spool::list_segments;
use super::status::DeliveryStatus;
use crate::record::{RunRecord, record_run_id};
use crate::remote::client::Transport;

/// The result of resuming an export.
#[derive(Debug, Default)]
pub(crate) struct Resumed {
    /// Delivery status. Its dead letters are all that the file holds, also those of earlier
    /// exports.
    pub status: DeliveryStatus,
    /// Number of segments that other processes have locked.
    pub locked: usize,
    /// Errors of segments that cannot be used.
    pub broken: Vec<SpoolError>,
}

/// Spools all results of a recorded run and delivers them. Gives up after `timeout` without
/// progress.
pub async fn send_record<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    record: &RunRecord,
    timeout: Duration,
) -> Result<DeliveryStatus, SpoolError> {
    let settings = platform.settings();
    let run = RunHead {
        run_id: record_run_id(record),
        started: record.wall.started.clone(),
        target: record.header.target.clone(),
    };
    let results: Vec<SpooledResult> =
        record.scenarios.iter().filter_map(|scenario| spooled_result(&run, scenario, settings.details)).collect();
    let segment = Segment::create_whole(&settings.spool, &results)?;
    drop(results);
    deliver_segment(platform, segment, timeout).await
}

/// Delivers the results that wait in the spool, one segment after the other. Skips segments that
/// other processes have locked. With `retry_dead_letters` it spools the dead letters first.
pub(crate) async fn resume<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    timeout: Duration,
    retry_dead_letters: bool,
) -> Result<Resumed, SpoolError> {
    let folder = &platform.settings().spool;
    let dead_letters = DeadLetterFile::migrate(folder)?;
    if retry_dead_letters {
        dead_letters.restore(|results| Segment::create_whole(folder, results).map(drop))?;
    }
    let mut resumed = Resumed::default();
    for path in list_segments(folder)? {
        let outcome = match Segment::open(&path) {
            Ok(None) => {
                resumed.locked += 1;
                continue;
            }
            // Once the export has stopped, the rest is counted and not sent.
            Ok(Some(segment)) if resumed.status.stopped => count(platform, segment),
            Ok(Some(segment)) => deliver_segment(platform, segment, timeout).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(status) => resumed.status.add(status),
            Err(error) => resumed.broken.push(error),
        }
    }
    resumed.status.dead_letters = dead_letters.count()?;
    Ok(resumed)
}

async fn deliver_segment<T: Transport + 'static>(
    platform: &Arc<Platform<T>>,
    segment: Segment,
    timeout: Duration,
) -> Result<DeliveryStatus, SpoolError> {
    let bytes = segment.reader()?.length();
    let (_, state) = watch::channel(SegmentState { bytes, closed: true });
    deliver(platform, segment, state, None, DeliveryDeadline::WithoutProgress(timeout)).await
}

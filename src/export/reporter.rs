//! Results go to the spool as they happen, and from there to the platform while the run goes on.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::body::Bytes;

use super::deliver::{Patience, deliver};
use super::payload::{RunHead, payload};
use super::platform::Platform;
use super::segment::{Item, Segment, SegmentWriter, SpoolError};
use super::settings::ExportSettings;
use super::tally::Delivered;
use crate::record::{Event, EventKind, ScenarioRecord};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Spools the results of a run.
pub(crate) struct SpoolReport {
    name: String,
    details: bool,
    writer: Option<SegmentWriter>,
    run: RunHead,
}

/// The delivery of a run's results, which goes on beside it.
#[derive(Debug)]
pub(crate) struct Delivery {
    name: String,
    thread: JoinHandle<Result<Delivered, String>>,
}

/// Opens the spool and begins to deliver what comes into it. The delivery ends `after` the run at the latest.
///
/// # Errors
/// When the spool cannot be written.
pub(crate) fn start(settings: ExportSettings, after: Duration) -> Result<(SpoolReport, Delivery), SpoolError> {
    let (segment, writer) = Segment::create(&settings.spool)?;
    let (grown, file) = (writer.grown(), writer.handle()?);
    let name = settings.name.clone();
    let details = settings.details;
    // A thread of its own: neither the calls nor the other reports ever wait for the platform.
    let thread = std::thread::Builder::new().name("export".into()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot start the delivery: {error}"))?;
        let delivered = runtime.block_on(async {
            let platform = Platform::new(settings).map_err(|error| error.to_string())?;
            let delivered = deliver(&Arc::new(platform), segment, grown, Some(file), Patience::AfterClose(after)).await;
            delivered.map_err(|error| error.to_string())
        });
        // The system may look up a host's name for minutes, and cannot be told to stop.
        runtime.shutdown_background();
        delivered
    });
    let thread = thread.map_err(|error| SpoolError::Io { path: "export".into(), error })?;
    let reporter =
        SpoolReport { name: format!("export '{name}'"), details, writer: Some(writer), run: RunHead::default() };
    Ok((reporter, Delivery { name, thread }))
}

/// A result as it is spooled; none for a scenario that was skipped.
pub(super) fn item(run: &RunHead, scenario: &ScenarioRecord, details: bool) -> Option<Item> {
    let (key, payload) = payload(run, scenario, details)?;
    // A payload holds texts and finite numbers: nothing that JSON cannot say.
    let payload = Bytes::from(serde_json::to_vec(&payload).unwrap_or_default());
    Some(Item { key, payload })
}

impl Reporter for SpoolReport {
    fn name(&self) -> &str {
        &self.name
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { run_id, header, started, .. } => {
                self.run = RunHead { run_id: run_id.clone(), started: started.clone(), target: header.target.clone() };
            }
            EventKind::ScenarioFinished { scenario, .. } => {
                if let (Some(writer), Some(item)) = (&mut self.writer, item(&self.run, scenario, self.details)) {
                    writer.append(&item).map_err(|error| ReportError(error.to_string()))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.writer.take().map_or(Ok(()), SegmentWriter::close).map_err(|error| ReportError(error.to_string()))
    }
}

impl Delivery {
    /// The export's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the end of the delivery, which comes in bounded time once the reporter has finished or is gone.
    ///
    /// # Errors
    /// When it could not even begin, or the spool failed; the results are in the spool as far as it took them.
    pub(crate) fn wait(self) -> Result<Delivered, String> {
        self.thread
            .join()
            .unwrap_or_else(|_| Err("callpath has a defect: the delivery ended without a word".to_owned()))
    }
}

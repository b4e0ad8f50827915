//! Spools the results of a run as they occur and delivers them while the run goes on.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::body::Bytes;

use super::deliver::{DeliveryDeadline, deliver};
use super::payload::{RunHead, build_payload};
use super::platform::Platform;
use super::segment::{Segment, SegmentWriter, SpoolError, SpooledResult};
use super::settings::ExportSettings;
use super::status::DeliveryStatus;
use crate::record::{Event, EventKind, ScenarioRecord};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Spools the results of a run.
pub(crate) struct SpoolReport {
    name: String,
    details: bool,
    writer: Option<SegmentWriter>,
    run: RunHead,
}

/// The delivery of a run's results, on a thread of its own.
#[derive(Debug)]
pub(crate) struct Delivery {
    name: String,
    thread: JoinHandle<Result<DeliveryStatus, String>>,
}

/// Opens the spool and starts to deliver its results. The delivery ends `after` the end of the run
/// at the latest.
///
/// # Errors
/// When the spool cannot be written.
pub(crate) fn start(settings: ExportSettings, after: Duration) -> Result<(SpoolReport, Delivery), SpoolError> {
    let (segment, writer) = Segment::create(&settings.spool)?;
    let (state, file) = (writer.state(), writer.handle()?);
    let name = settings.name.clone();
    let details = settings.details;
    // A thread of its own, so that neither calls nor other reports wait for the platform.
    let thread = std::thread::Builder::new().name("export".into()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot start the delivery: {error}"))?;
        let status = runtime.block_on(async {
            let platform = Platform::new(settings).map_err(|error| error.to_string())?;
            let status =
                deliver(&Arc::new(platform), segment, state, Some(file), DeliveryDeadline::AfterClose(after)).await;
            status.map_err(|error| error.to_string())
        });
        // The system may resolve a host name for minutes, which cannot be cancelled.
        runtime.shutdown_background();
        status
    });
    let thread = thread.map_err(|error| SpoolError::Io { path: "export".into(), error })?;
    let reporter =
        SpoolReport { name: format!("export '{name}'"), details, writer: Some(writer), run: RunHead::default() };
    Ok((reporter, Delivery { name, thread }))
}

/// Builds the result for the spool; none for a scenario that made no call.
#[expect(clippy::expect_used, reason = "a payload holds texts and numbers, all of which JSON can represent")]
pub(super) fn spooled_result(run: &RunHead, scenario: &ScenarioRecord, details: bool) -> Option<SpooledResult> {
    let (key, payload) = build_payload(run, scenario, details)?;
    let payload = Bytes::from(serde_json::to_vec(&payload).expect("a payload is valid JSON"));
    Some(SpooledResult { key, payload })
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
                if let (Some(writer), Some(result)) =
                    (&mut self.writer, spooled_result(&self.run, scenario, self.details))
                {
                    writer.append(&result).map_err(|error| ReportError(error.to_string()))?;
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
    /// The name of the export.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the end of the delivery, which comes in bounded time after the reporter is
    /// finished or dropped.
    ///
    /// # Errors
    /// When the delivery could not start or the spool failed. Results that were spooled stay there.
    pub(crate) fn wait(self) -> Result<DeliveryStatus, String> {
        self.thread.join().unwrap_or_else(|_| Err("callpath has a defect: the delivery panicked".to_owned()))
    }
}

//! The journal: every event as it happens, one JSON object a line.

use std::io::Write;
use std::time::{Duration, Instant};

use super::{ReportFile, ReportPath};
use crate::record::{Event, EventKind, Totals};
use crate::runner::{Json, Order, ReportError, Reporter};

/// How old a line may become before it is written, as soon as something else happens.
const MAX_AGE: Duration = Duration::from_millis(200);

/// Appends every event to a file. What was written stays readable if the process dies.
pub(crate) struct Journal {
    path: ReportPath,
    /// Opened with the run's start.
    file: Option<ReportFile>,
    line: Vec<u8>,
    /// The totals as JSON, and of which: most events leave them as they were.
    totals: (Totals, Vec<u8>),
    flushed: Instant,
}

impl Journal {
    /// A journal in this file; the one of the run before is replaced.
    pub(crate) fn new(path: impl Into<ReportPath>) -> Self {
        let mut totals = (Totals::default(), Vec::new());
        write_json(&mut totals.1, &totals.0);
        Self { path: path.into(), file: None, line: Vec::new(), totals, flushed: Instant::now() }
    }

    /// Serialises the event as serde would, from parts that are serialised already.
    fn serialize(&mut self, event: &Event, scenario: Option<&str>) {
        if self.totals.0 != event.totals {
            let (totals, text) = &mut self.totals;
            *totals = event.totals;
            text.clear();
            write_json(text, totals);
        }
        self.line.clear();
        let mut begin = |kind: &str| {
            self.line.extend_from_slice(b"{\"at_us\":");
            // Writing into memory cannot fail.
            let _ = write!(self.line, "{}", event.at_us);
            self.line.extend_from_slice(b",\"totals\":");
            self.line.extend_from_slice(&self.totals.1);
            self.line.extend_from_slice(b",\"event\":\"");
            self.line.extend_from_slice(kind.as_bytes());
        };
        match (&event.kind, scenario) {
            (EventKind::ScenarioStarted { id }, _) => {
                begin("scenario-started\",\"id\":");
                write_json(&mut self.line, id);
                self.line.push(b'}');
            }
            (EventKind::ScenarioFinished { index, .. }, Some(scenario)) => {
                begin("scenario-finished\",\"index\":");
                let _ = write!(self.line, "{index}");
                self.line.extend_from_slice(b",\"scenario\":");
                self.line.extend_from_slice(scenario.as_bytes());
                self.line.push(b'}');
            }
            _ => write_json(&mut self.line, event),
        }
        self.line.push(b'\n');
    }
}

fn write_json(into: &mut Vec<u8>, value: &impl serde::Serialize) {
    // Events and totals hold nothing that JSON cannot say, and writing into memory cannot fail.
    let _ = serde_json::to_writer(into, value);
}

impl Reporter for Journal {
    fn name(&self) -> &str {
        self.path.name()
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, event: &Event, scenario: Option<&Json>) -> Result<(), ReportError> {
        self.serialize(event, scenario.map(|json| json.as_str()));
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(ReportFile::create_in_place(&self.path)?),
        };
        file.write(&self.line)?;
        if self.flushed.elapsed() >= MAX_AGE {
            self.flushed = Instant::now();
            file.flush()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.file.take().map_or(Ok(()), ReportFile::complete)
    }
}

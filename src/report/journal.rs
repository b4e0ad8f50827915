//! The journal: every event as it happens, one JSON object a line.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::FileHash;
use super::background::{BUFFER, Background};
use super::file::create_folder;
use crate::record::{Event, EventKind, Totals};
use crate::runner::{Json, Order, ReportError, Reporter};

/// How old a line may become before it is written, as soon as something else happens.
const AGE: Duration = Duration::from_millis(200);

/// Appends every event to a file. What was written stays readable if the process dies.
pub(crate) struct Journal {
    name: String,
    path: PathBuf,
    hash: Option<FileHash>,
    /// Opened with the run's start.
    file: Option<Background>,
    buffer: Vec<u8>,
    /// The totals as JSON, and of which: most events leave them as they were.
    totals: (Totals, Vec<u8>),
    flushed: Instant,
}

impl Journal {
    /// A journal in this file; the one of the run before is replaced.
    pub(crate) fn new(path: &Path) -> Self {
        let mut totals = (Totals::default(), Vec::new());
        write_json(&mut totals.1, &totals.0);
        Self {
            name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            path: path.to_owned(),
            hash: None,
            file: None,
            buffer: Vec::new(),
            totals,
            flushed: Instant::now(),
        }
    }

    /// With the hash of its file.
    #[must_use]
    pub(crate) fn hashed(mut self, hash: &FileHash) -> Self {
        self.hash = Some(hash.clone());
        self
    }

    fn open(&mut self) -> Result<(), ReportError> {
        create_folder(self.path.parent())?;
        let file = File::create(&self.path).and_then(|file| Background::new(file, self.hash.is_some()));
        let file = file.map_err(|error| ReportError::io(&self.path, &error))?;
        self.buffer = file.buffer();
        self.file = Some(file);
        Ok(())
    }

    /// The same text as the event's own serialisation, made of parts that are there already.
    fn line(&mut self, event: &Event, scenario: Option<&str>) {
        if self.totals.0 != event.totals {
            let (totals, text) = &mut self.totals;
            *totals = event.totals;
            text.clear();
            write_json(text, totals);
        }
        let mut begin = |kind: &str| {
            self.buffer.extend_from_slice(b"{\"at_us\":");
            // Writing into memory cannot fail.
            let _ = write!(self.buffer, "{}", event.at_us);
            self.buffer.extend_from_slice(b",\"totals\":");
            self.buffer.extend_from_slice(&self.totals.1);
            self.buffer.extend_from_slice(b",\"event\":\"");
            self.buffer.extend_from_slice(kind.as_bytes());
        };
        match (&event.kind, scenario) {
            (EventKind::ScenarioStarted { id }, _) => {
                begin("scenario-started\",\"id\":");
                write_json(&mut self.buffer, id);
                self.buffer.push(b'}');
            }
            (EventKind::ScenarioFinished { index, .. }, Some(scenario)) => {
                begin("scenario-finished\",\"index\":");
                let _ = write!(self.buffer, "{index}");
                self.buffer.extend_from_slice(b",\"scenario\":");
                self.buffer.extend_from_slice(scenario.as_bytes());
                self.buffer.push(b'}');
            }
            _ => write_json(&mut self.buffer, event),
        }
        self.buffer.push(b'\n');
    }

    fn flush(&mut self) -> Result<(), ReportError> {
        self.flushed = Instant::now();
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write(&mut self.buffer));
        written.map_err(|error| ReportError::io(&self.path, &error))
    }
}

fn write_json(into: &mut Vec<u8>, value: &impl serde::Serialize) {
    // Events and totals hold nothing that JSON cannot say, and writing into memory cannot fail.
    let _ = serde_json::to_writer(into, value);
}

impl Reporter for Journal {
    fn name(&self) -> &str {
        &self.name
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, event: &Event, scenario: Option<&Json>) -> Result<(), ReportError> {
        if self.file.is_none() {
            self.open()?;
        }
        self.line(event, scenario.map(|json| json.as_str()));
        if self.buffer.len() >= BUFFER || self.flushed.elapsed() >= AGE {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.flush()?;
        let ended = self.file.take().map_or(Ok(None), |mut file| file.end());
        let sum = ended.map_err(|error| ReportError::io(&self.path, &error))?;
        if let (Some(hash), Some(sum)) = (&self.hash, sum) {
            hash.set(sum);
        }
        Ok(())
    }
}

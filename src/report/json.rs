//! `run.json`: the run record.

use serde::Serialize;

use super::{ReportFile, ReportPath};
use crate::record::{Event, EventKind, RUN_VERSION, RejectedRecord, RunHeader, RunRecord};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Writes the run record scenario by scenario, so that a run of any length needs little memory.
pub(crate) struct JsonReport {
    path: ReportPath,
    /// Opened with the run's start.
    file: Option<ReportFile>,
    header: RunHeader,
    rejected: Vec<RejectedRecord>,
    scenarios: u64,
}

impl JsonReport {
    /// A run record in this file.
    pub(crate) fn new(path: impl Into<ReportPath>) -> Self {
        Self { path: path.into(), file: None, header: RunHeader::default(), rejected: Vec::new(), scenarios: 0 }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        self.file.as_mut().map_or(Ok(()), |file| file.write(bytes))
    }

    /// Writes what stands before the scenarios, unless it was written already.
    fn open(&mut self) -> Result<(), ReportError> {
        if self.scenarios > 0 {
            return Ok(());
        }
        let (head, _) = around_scenarios(&RunRecord {
            version: RUN_VERSION,
            header: self.header.clone(),
            rejected: self.rejected.clone(),
            ..RunRecord::default()
        })?;
        self.write(head.as_bytes())
    }

    fn close(&mut self, summary: &RunRecord) -> Result<(), ReportError> {
        self.open()?;
        let (_, tail) = around_scenarios(summary)?;
        if self.scenarios > 0 {
            self.write(b"\n")?;
        }
        self.write(tail.as_bytes())?;
        self.write(b"\n")
    }
}

/// The JSON of a record without scenarios, as what stands before the first one and after the last. The same serialisation
/// makes both, so that no field of the record can be left out of the file.
fn around_scenarios(record: &RunRecord) -> Result<(String, String), ReportError> {
    const OPEN: &str = "\"scenarios\":[";
    let json = json(record)?;
    // Quotes within texts are escaped, and no other field of this name holds a list: it is found once.
    let place = json.find(OPEN).map(|place| place + OPEN.len());
    let parts = place.and_then(|place| json.split_at_checked(place));
    parts
        .map(|(head, tail)| (head.to_owned(), tail.to_owned()))
        .ok_or_else(|| ReportError("cannot write the record as JSON: it has no list of scenarios".to_owned()))
}

fn json(value: &impl Serialize) -> Result<String, ReportError> {
    serde_json::to_string(value).map_err(|error| ReportError(format!("cannot write the record as JSON: {error}")))
}

impl Reporter for JsonReport {
    fn name(&self) -> &str {
        self.path.name()
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, scenario: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { header, .. } => {
                self.file = Some(ReportFile::create(&self.path)?);
                self.header = RunHeader::clone(header);
            }
            EventKind::FileRejected { file, suite, diagnostics } => self.rejected.push(RejectedRecord {
                file: file.clone(),
                suite: suite.clone(),
                diagnostics: diagnostics.clone(),
            }),
            EventKind::ScenarioFinished { scenario: record, .. } => {
                self.open()?;
                self.write(if self.scenarios > 0 { b",\n".as_slice() } else { b"\n" })?;
                self.scenarios += 1;
                match scenario {
                    Some(json) => self.write(json.as_bytes())?,
                    None => self.write(json(&**record)?.as_bytes())?,
                }
            }
            EventKind::RunFinished { summary } => self.close(summary)?,
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.file.take().map_or(Ok(()), ReportFile::complete)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{StopReason, parse};
    use crate::runner::retell;

    /// Records with every field of a run: version 1 wrote them, so that they are read first.
    const STORED: [&[u8]; 2] = [
        include_bytes!("../../tests/fixtures/records-v1/max-fail.json"),
        include_bytes!("../../tests/fixtures/records-v1/unusable.json"),
    ];

    fn written(record: &RunRecord) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let (_, failures) = retell(record.clone(), vec![Box::new(JsonReport::new(&path))]);
        assert!(failures.is_empty(), "{failures:?}");
        std::fs::read_to_string(path).unwrap()
    }

    proptest! {
        #[test]
        fn a_record_read_back_is_the_one_that_was_written(
            stored in 0_usize..2, scenarios in 0_usize..5, texts in proptest::collection::vec(any::<String>(), 0..3),
        ) {
            let mut record = parse(STORED[stored]).unwrap();
            record.scenarios.truncate(scenarios);
            record.header.filters = texts.clone();
            // Texts that look like the list in the file must not be taken for it.
            record.header.paths = vec!["\"scenarios\":[".to_owned()];
            record.header.files.insert("scenarios".to_owned(), "[".to_owned());
            record.rejected =
                texts.iter().map(|text| RejectedRecord { file: text.clone(), suite: text.clone(), diagnostics: Vec::new() }).collect();
            record.stopped = texts.into_iter().next().map(|reason| StopReason::Unusable { reason });
            let json = written(&record);
            prop_assert_eq!(&parse(json.as_bytes()).unwrap(), &record);
            // And as serde writes it in one piece, but for the line breaks.
            prop_assert_eq!(json.replace('\n', ""), serde_json::to_string(&record).unwrap());
        }
    }
}

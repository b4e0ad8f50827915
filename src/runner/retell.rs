//! A run that is over, told to reporters once more.

use std::sync::Arc;

use super::reporter::{Order, ReportFailure, Reporter};
use super::reporters::Reporters;
use crate::record::{EVENT_VERSION, Event, EventKind, RunRecord, SuiteHead, Totals, Verdict};

/// Tells the reporters of the run that this record is of, as the run did: what they write is what they wrote then.
///
/// Only what is not in a record is not told: when each scenario began, in which order they finished, and attempts that
/// were tried again (their reasons are in the scenarios).
pub(crate) fn retell(record: RunRecord, reporters: Vec<Box<dyn Reporter>>) -> (RunRecord, Vec<ReportFailure>) {
    let mut record = record;
    let scenarios = std::mem::take(&mut record.scenarios);
    let mut teller = Teller { reporters: Reporters::new(reporters), totals: Totals::default(), at_us: 0 };
    let heads = record.suites.iter().map(|suite| SuiteHead {
        suite: suite.suite.as_str().into(),
        name: suite.name.clone(),
        file: suite.file.as_str().into(),
    });
    teller.tell(EventKind::RunStarted {
        version: EVENT_VERSION,
        run_id: record.wall.run_id.clone(),
        header: Box::new(record.header.clone()),
        planned: scenarios.len() as u64,
        jobs: record.wall.jobs,
        started: record.wall.started.clone(),
        suites: heads.collect(),
    });
    for rejected in &record.rejected {
        teller.totals.add_rejected();
        teller.tell(EventKind::FileRejected {
            file: rejected.file.clone(),
            suite: rejected.suite.clone(),
            diagnostics: rejected.diagnostics.clone(),
        });
    }
    let mut stopped = record.stopped.clone();
    for (index, scenario) in (0..).zip(scenarios) {
        // The first that was not run because the run was to end.
        if scenario.verdict == Verdict::Skipped
            && let Some(reason) = stopped.take_if(|reason| reason.is_reason_of(&scenario))
        {
            teller.tell(EventKind::Stopping { reason });
        }
        teller.totals.add(&scenario);
        let (start, duration) = (scenario.wall.start_us, scenario.wall.duration_us);
        teller.at_us = teller.at_us.max(start.saturating_add(duration));
        teller.tell(EventKind::ScenarioFinished { index, scenario: Arc::new(scenario) });
    }
    teller.totals = record.totals;
    teller.at_us = record.wall.duration_us;
    let last = teller.tell(EventKind::RunFinished { summary: Box::new(record.clone()) });
    (record, teller.reporters.finish(&last))
}

struct Teller {
    reporters: Reporters,
    totals: Totals,
    at_us: u64,
}

impl Teller {
    fn tell(&mut self, kind: EventKind) -> Event {
        let event = Event { at_us: self.at_us, totals: self.totals, kind };
        match event.kind {
            // In a record both orders are the plan's.
            EventKind::ScenarioFinished { .. } => {
                for order in [Order::Completion, Order::Plan] {
                    self.reporters.tell(&event, None, Some(order));
                }
            }
            _ => self.reporters.tell(&event, None, None),
        }
        event
    }
}

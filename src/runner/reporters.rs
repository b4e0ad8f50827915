//! The reporters of a run: those that fail are dropped, and the others hear of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::attempt::panic_message;
use super::reporter::{Json, Order, ReportError, ReportFailure, Reporter};
use crate::record::{Event, EventKind};

/// Reporters that still work, and what became of the others.
pub(super) struct Reporters {
    list: Vec<Box<dyn Reporter>>,
    failures: Vec<ReportFailure>,
}

impl Reporters {
    pub(super) fn new(list: Vec<Box<dyn Reporter>>) -> Self {
        Self { list, failures: Vec::new() }
    }

    /// Tells the reporters of this order, or all.
    pub(super) fn tell(&mut self, event: &Event, json: Option<&Json>, order: Option<Order>) {
        let mut index = 0;
        while let Some(reporter) = self.list.get_mut(index) {
            if order.is_some_and(|order| reporter.order() != order) {
                index += 1;
                continue;
            }
            match protected(|| reporter.event(event, json)) {
                Ok(()) => index += 1,
                Err(error) => {
                    let name = self.list.remove(index).name().to_owned();
                    self.failed(name, error, event);
                }
            }
        }
    }

    /// Finishes all reports; `last` is the last event that was told.
    pub(super) fn finish(mut self, last: &Event) -> Vec<ReportFailure> {
        // One after the other, so that a report that cannot be finished is told to those that come after it.
        while !self.list.is_empty() {
            let mut reporter = self.list.remove(0);
            if let Err(error) = protected(|| reporter.finish()) {
                self.failed(reporter.name().to_owned(), error, last);
            }
        }
        self.failures
    }

    fn failed(&mut self, reporter: String, error: ReportError, before: &Event) {
        self.failures.push(ReportFailure { reporter: reporter.clone(), message: error.0.clone() });
        let kind = EventKind::ReporterFailed { reporter, message: error.0 };
        self.tell(&Event { at_us: before.at_us, totals: before.totals, kind }, None, None);
    }
}

/// A reporter's answer; a panic is one, too.
fn protected(call: impl FnOnce() -> Result<(), ReportError>) -> Result<(), ReportError> {
    // A reporter that panicked is dropped without being used again.
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(ReportError(format!("callpath has a defect: {}", panic_message(&*panic)))))
}

//! The one thread that counts, orders and tells the reporters.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Semaphore, mpsc};

use super::attempt::panic_message;
use super::plan::Plan;
use super::reporter::{Order, ReportError, ReportFailure, Reporter};
use crate::record::{
    EVENT_VERSION, Event, EventKind, RUN_VERSION, RunHeader, RunRecord, RunWall, ScenarioRecord, Scores, SlowestList,
    Tally, Totals,
};
use crate::score::Coverage;
use crate::target::RequestCounts;

/// Messages that are taken from the queue at once.
const BATCH: usize = 256;

/// What workers tell.
pub(super) enum Message {
    Started {
        index: usize,
    },
    Retried {
        index: usize,
        attempt: u32,
        reason: String,
    },
    Stopping {
        reason: String,
    },
    Finished {
        index: usize,
        record: Arc<ScenarioRecord>,
        json: String,
    },
    Covered(Coverage),
    /// All have finished; what the target sent for them.
    Sent {
        requests: Option<RequestCounts>,
    },
}

/// Counts, orders and tells the reporters.
pub(super) struct Delivery {
    plan: Arc<Plan>,
    header: RunHeader,
    jobs: u32,
    started: String,
    start: Instant,
    reporters: Vec<Box<dyn Reporter>>,
    failures: Vec<ReportFailure>,
    /// In the order in which scenarios finish: what events carry.
    running: Totals,
    /// In the plan's order: what the record carries.
    tally: Tally,
    slowest: SlowestList,
    coverage: Coverage,
    stopped: Option<String>,
    requests: Option<RequestCounts>,
    /// Finished scenarios from the place `next` on that wait for an earlier one.
    held: VecDeque<Option<(Event, String)>>,
    next: usize,
    ahead: Arc<Semaphore>,
}

impl Delivery {
    pub(super) fn new(
        plan: &Arc<Plan>,
        header: RunHeader,
        jobs: u32,
        reporters: Vec<Box<dyn Reporter>>,
        start: Instant,
        ahead: Arc<Semaphore>,
    ) -> Self {
        Self {
            plan: plan.clone(),
            header,
            jobs,
            started: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            start,
            reporters,
            failures: Vec::new(),
            running: Totals::default(),
            tally: Tally::new(&plan.suites),
            slowest: SlowestList::default(),
            coverage: Coverage::new(),
            stopped: None,
            requests: None,
            held: VecDeque::new(),
            next: 0,
            ahead,
        }
    }

    /// Works until all senders are gone.
    pub(super) fn run(mut self, mut messages: mpsc::Receiver<Message>) -> (RunRecord, Vec<ReportFailure>) {
        self.begin();
        let mut batch = Vec::with_capacity(BATCH);
        while messages.blocking_recv_many(&mut batch, BATCH) > 0 {
            for message in batch.drain(..) {
                self.message(message);
            }
        }
        self.end()
    }

    fn begin(&mut self) {
        self.emit(EventKind::RunStarted {
            version: EVENT_VERSION,
            header: self.header.clone(),
            planned: self.plan.scenarios.len() as u64,
            jobs: self.jobs,
            started: self.started.clone(),
            suites: self.plan.suites.clone(),
        });
        let plan = self.plan.clone();
        for rejected in &plan.rejected {
            self.tally.add_rejected(rejected);
            self.running.add_rejected();
            self.emit(EventKind::FileRejected {
                file: rejected.file.clone(),
                suite: rejected.suite.clone(),
                diagnostics: rejected.diagnostics.clone(),
            });
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Started { index } => {
                let id = self.id(index);
                self.emit(EventKind::ScenarioStarted { id });
            }
            Message::Retried { index, attempt, reason } => {
                let id = self.id(index);
                self.emit(EventKind::ScenarioRetried { id, attempt, reason });
            }
            Message::Stopping { reason } => {
                self.stopped = Some(reason.clone());
                self.emit(EventKind::Stopping { reason });
            }
            Message::Finished { index, record, json } => self.finished(index, record, json),
            Message::Covered(coverage) => self.coverage.merge(coverage),
            Message::Sent { requests } => self.requests = requests,
        }
    }

    fn id(&self, index: usize) -> String {
        self.plan.scenarios.get(index).map(|planned| planned.id.clone()).unwrap_or_default()
    }

    fn finished(&mut self, index: usize, record: Arc<ScenarioRecord>, json: String) {
        self.running.add(&record);
        let event = self.event(EventKind::ScenarioFinished { index: index as u64, scenario: record });
        self.tell(&event, Some(&json), Some(Order::Completion));
        let place = index - self.next;
        if self.held.len() <= place {
            self.held.resize_with(place + 1, || None);
        }
        self.held[place] = Some((event, json));
        while let Some(Some((event, json))) = self.held.pop_front_if(|first| first.is_some()) {
            self.next += 1;
            self.ahead.add_permits(1);
            if let EventKind::ScenarioFinished { scenario, .. } = &event.kind {
                self.tally.add(scenario);
                self.slowest.add(scenario);
            }
            self.tell(&event, Some(&json), Some(Order::Plan));
        }
    }

    fn end(mut self) -> (RunRecord, Vec<ReportFailure>) {
        let tally = std::mem::take(&mut self.tally);
        let assist = tally.assist();
        let (suites, flows, totals) = tally.finish();
        // The sums in the plan's order: the same as before but for the last bits of sums of ratios.
        self.running = totals;
        let planned = self.plan.scenarios.iter();
        let planned = planned.filter_map(|planned| Some((&*planned.id, planned.simulation()?)));
        let planned = planned.map(|(id, call)| (id, &call.program, &call.request));
        let (coverage, decisions) = std::mem::take(&mut self.coverage).finish(planned);
        let record = RunRecord {
            version: RUN_VERSION,
            header: std::mem::take(&mut self.header),
            rejected: self.plan.rejected.clone(),
            scenarios: Vec::new(),
            suites,
            flows,
            totals,
            scores: Scores::of(&totals),
            coverage: Some(coverage).filter(|coverage| !coverage.flows.is_empty()),
            decisions: Some(decisions).filter(|decisions| !decisions.flows.is_empty()),
            assist,
            gates: Vec::new(),
            stopped: self.stopped.take(),
            wall: RunWall {
                started: self.started.clone(),
                duration_us: self.start.elapsed().as_micros() as u64,
                jobs: self.jobs,
                slowest: std::mem::take(&mut self.slowest).finish(),
                requests: self.requests.take(),
            },
        }
        .judged();
        self.emit(EventKind::RunFinished { summary: Box::new(record.clone()) });
        // One after the other, so that a report that cannot be finished is told to those that come after it.
        while !self.reporters.is_empty() {
            let mut reporter = self.reporters.remove(0);
            if let Err(error) = protected(|| reporter.finish()) {
                self.failed(reporter.name().to_owned(), error);
            }
        }
        (record, self.failures)
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { at_us: self.start.elapsed().as_micros() as u64, totals: self.running, kind }
    }

    fn emit(&mut self, kind: EventKind) {
        let event = self.event(kind);
        self.tell(&event, None, None);
    }

    /// Tells the reporters of this order, or all; those that fail are dropped, and the others hear of it.
    fn tell(&mut self, event: &Event, json: Option<&str>, order: Option<Order>) {
        let mut index = 0;
        while let Some(reporter) = self.reporters.get_mut(index) {
            if order.is_some_and(|order| reporter.order() != order) {
                index += 1;
                continue;
            }
            match protected(|| reporter.event(event, json)) {
                Ok(()) => index += 1,
                Err(error) => {
                    let name = self.reporters.remove(index).name().to_owned();
                    self.failed(name, error);
                }
            }
        }
    }

    fn failed(&mut self, reporter: String, error: ReportError) {
        self.failures.push(ReportFailure { reporter: reporter.clone(), message: error.0.clone() });
        self.emit(EventKind::ReporterFailed { reporter, message: error.0 });
    }
}

/// A reporter's answer; a panic is one, too.
fn protected(call: impl FnOnce() -> Result<(), ReportError>) -> Result<(), ReportError> {
    // A reporter that panicked is dropped without being used again.
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(ReportError(format!("callpath has a defect: {}", panic_message(&*panic)))))
}

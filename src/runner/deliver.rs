//! The one thread that counts, orders and tells the reporters.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Semaphore, mpsc};

use super::plan::Plan;
use super::programs::Programs;
use super::reporter::{Json, Order, ReportFailure, Reporter};
use super::reporters::Reporters;
use crate::record::{
    EVENT_VERSION, Event, EventKind, RUN_VERSION, RunHeader, RunRecord, RunWall, ScenarioRecord, Scores, SlowestList,
    StopReason, Tally, Totals,
};
use crate::runner::targets::{RequestCounts, Simulation};
use crate::score::{Coverage, Covered, PlannedCall};

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
        reason: StopReason,
    },
    Finished {
        index: usize,
        record: Arc<ScenarioRecord>,
        json: Json,
    },
    Covered(Coverage),
    /// All have finished; what the target sent for them, and why it cannot be used, if it cannot.
    Sent {
        requests: Option<RequestCounts>,
        unusable: Option<String>,
    },
}

/// Counts, orders and tells the reporters.
pub(super) struct Delivery {
    plan: Arc<Plan>,
    programs: Arc<Programs>,
    header: RunHeader,
    jobs: u32,
    run_id: String,
    started: String,
    start: Instant,
    reporters: Reporters,
    /// In the order in which scenarios finish: what events carry.
    running: Totals,
    /// In the plan's order: what the record carries.
    tally: Tally,
    slowest: SlowestList,
    coverage: Coverage,
    stopped: Option<StopReason>,
    requests: Option<RequestCounts>,
    /// Finished scenarios from the place `next` on that wait for an earlier one.
    held: VecDeque<Option<(Event, Json)>>,
    next: usize,
    ahead: Arc<Semaphore>,
}

impl Delivery {
    pub(super) fn new(
        (plan, programs): (&Arc<Plan>, &Arc<Programs>),
        header: RunHeader,
        jobs: u32,
        reporters: Vec<Box<dyn Reporter>>,
        start: Instant,
        ahead: Arc<Semaphore>,
    ) -> Self {
        Self {
            plan: plan.clone(),
            programs: programs.clone(),
            header,
            jobs,
            run_id: uuid::Uuid::now_v7().to_string(),
            started: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            start,
            reporters: Reporters::new(reporters),
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
            run_id: self.run_id.clone(),
            header: Box::new(self.header.clone()),
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
            Message::Sent { requests, unusable } => {
                self.requests = requests;
                // Where no scenario was left to be skipped, nothing announced it.
                self.stopped = self.stopped.take().or(unusable.map(|reason| StopReason::Unusable { reason }));
            }
        }
    }

    fn id(&self, index: usize) -> String {
        self.plan.scenarios.get(index).map(|planned| planned.id.to_string()).unwrap_or_default()
    }

    fn finished(&mut self, index: usize, record: Arc<ScenarioRecord>, json: Json) {
        self.running.add(&record);
        let event = self.event(EventKind::ScenarioFinished { index: index as u64, scenario: record });
        self.reporters.tell(&event, Some(&json), Some(Order::Completion));
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
            self.reporters.tell(&event, Some(&json), Some(Order::Plan));
        }
    }

    fn end(mut self) -> (RunRecord, Vec<ReportFailure>) {
        // The run is over: what follows is reporting.
        let duration_us = self.start.elapsed().as_micros() as u64;
        let tally = std::mem::take(&mut self.tally);
        let assist = tally.assist();
        let (mut suites, flows, totals) = tally.finish();
        // The sums in the plan's order: the same as before but for the last bits of sums of ratios.
        self.running = totals;
        let plan = self.plan.clone();
        let programs = self.programs.clone();
        let planned = plan.scenarios.iter().filter_map(|planned| {
            let Simulation { program, request } = planned.simulation()?;
            Some(PlannedCall { suite: planned.suite, id: &planned.id, program: programs.walked(program), request })
        });
        let Covered { coverage, decisions, suites: of_suites } = std::mem::take(&mut self.coverage).finish(planned);
        // The suites of the plan come first, in its order.
        suites.iter_mut().zip(of_suites).for_each(|(suite, kinds)| suite.coverage = kinds);
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
                run_id: std::mem::take(&mut self.run_id),
                started: self.started.clone(),
                duration_us,
                jobs: self.jobs,
                slowest: std::mem::take(&mut self.slowest).finish(),
                requests: self.requests.take(),
            },
        }
        .judged();
        let last = self.emit(EventKind::RunFinished { summary: Box::new(record.clone()) });
        (record, self.reporters.finish(&last))
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { at_us: self.start.elapsed().as_micros() as u64, totals: self.running, kind }
    }

    fn emit(&mut self, kind: EventKind) -> Event {
        let event = self.event(kind);
        self.reporters.tell(&event, None, None);
        event
    }
}

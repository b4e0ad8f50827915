//! Many scenarios at once.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::deliver::{Delivery, Message};
use super::plan::Plan;
use super::programs::Programs;
use super::reporter::{ReportFailure, Reporter};
use super::scenario::{Means, Tries, run_scenario, skipped};
use super::stop::Stop;
use super::threads;
use crate::record::{GateSpec, RunHeader, RunRecord, ScenarioRecord, StopReason, Verdict};
use crate::runner::targets::Target;
use crate::score::Coverage;
use crate::simulator::Searcher;
use crate::suite::gate::Gate;

/// How far the scenarios that run may be ahead of the oldest one that has not finished. It bounds what is held back for
/// reports in the plan's order, and is wide enough that one slow scenario does not hold up the others.
const AHEAD: usize = 8_192;
/// Messages between the workers and the reporters' thread; beyond them the workers wait.
const QUEUE: usize = 1_024;

/// How a run is carried out.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Scenarios at once.
    pub jobs: NonZeroUsize,
    /// Wall time for one attempt of a scenario that sets none.
    pub timeout: Duration,
    /// How often a failed attempt is tried again in a scenario that does not say.
    pub retries: u32,
    /// How often each scenario is run.
    pub repeat: u32,
    /// No scenario begins after so many failed or could not be run.
    pub max_fail: Option<u64>,
    /// The run's seed, for the record: requests carry their own.
    pub seed: u64,
    /// Paths as given on the command line, for the record.
    pub paths: Vec<String>,
    /// Errors and warnings of the flow analysis, for the record.
    pub structural_defects: Option<u64>,
    /// Gates over all scenarios; those of suites are in the plan.
    pub gates: Vec<Gate>,
}

impl Default for RunOptions {
    /// One scenario per processor, 30 s each, once, to the end.
    fn default() -> Self {
        Self {
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            timeout: Duration::from_secs(30),
            retries: 0,
            repeat: 1,
            max_fail: None,
            seed: 0,
            paths: Vec::new(),
            structural_defects: None,
            gates: Vec::new(),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// The run record without its scenarios, which are in the reports.
    pub record: RunRecord,
    /// Reports that could not be written.
    pub report_failures: Vec<ReportFailure>,
}

impl RunOutcome {
    /// Why the target cannot be used, where that ended the run.
    pub(crate) fn unusable(&self) -> Option<&str> {
        match &self.record.stopped {
            Some(StopReason::Unusable { reason }) => Some(reason),
            _ => None,
        }
    }
}

struct Shared<T> {
    plan: Arc<Plan>,
    target: Arc<T>,
    tries: Tries,
    /// What is found out about a flow serves every call through it.
    searcher: Searcher,
    programs: Arc<Programs>,
    max_fail: u64,
    stop: Stop,
    start: Instant,
    next: AtomicUsize,
    failures: AtomicU64,
    announced: AtomicBool,
    ahead: Arc<Semaphore>,
}

/// Runs a plan on a target and tells the reporters. It ends when every report is finished.
///
/// Every scenario of the plan gets a record. It must be called within a tokio runtime with timers.
pub async fn run<T: Target + 'static>(
    plan: Plan,
    target: Arc<T>,
    options: &RunOptions,
    reporters: Vec<Box<dyn Reporter>>,
    stop: &Stop,
) -> RunOutcome {
    let start = Instant::now();
    let jobs = options.jobs.get().min(plan.scenarios.len().max(1));
    let (programs, definitions) = tokio::select! {
        biased;
        () = stop.interrupted() => Default::default(),
        asked = Programs::ask(&*target, &plan) => asked,
    };
    let programs = Arc::new(programs);
    let header = RunHeader {
        callpath: env!("CARGO_PKG_VERSION").to_owned(),
        target: target.name().to_owned(),
        seed: options.seed,
        repeat: options.repeat.max(1),
        paths: options.paths.clone(),
        filters: plan.filters.clone(),
        files: plan.files.clone(),
        deselected: plan.deselected,
        shard: plan.shard,
        structural_defects: options.structural_defects,
        definitions,
        gates: options.gates.iter().map(|&gate| GateSpec::new(gate, None)).chain(plan.gates.iter().cloned()).collect(),
    };
    let plan = Arc::new(plan);
    let ahead = Arc::new(Semaphore::new(AHEAD));
    let delivery =
        Delivery::new((&plan, &programs), header, options.jobs.get() as u32, reporters, start, ahead.clone());
    let (sender, receiver) = mpsc::channel(QUEUE);
    let (done, delivered) = tokio::sync::oneshot::channel();
    // A thread of its own, not a blocking task of the runtime: reporters block on files for the whole run.
    let thread = std::thread::spawn(move || {
        let outcome = delivery.run(receiver);
        // The other side waits for it for as long as this run lives.
        let _ = done.send(outcome);
    });
    let shared = Arc::new(Shared {
        plan,
        target,
        tries: Tries { timeout: options.timeout, retries: options.retries, repeat: options.repeat.max(1) },
        searcher: Searcher::new(),
        programs,
        max_fail: options.max_fail.unwrap_or(u64::MAX),
        stop: stop.clone(),
        start,
        next: AtomicUsize::new(0),
        failures: AtomicU64::new(0),
        announced: AtomicBool::new(false),
        ahead,
    });
    let worker = || work(shared.clone(), sender.clone());
    if shared.target.is_compute_bound() {
        threads::run(jobs, worker).await;
    } else {
        let mut workers: JoinSet<()> = (0..jobs).map(|_| worker()).collect();
        while let Some(joined) = workers.join_next().await {
            if let Err(error) = joined
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
    let unusable = match stop.reason() {
        Some(StopReason::Unusable { reason }) => Some(reason),
        _ => None,
    };
    let requests = shared.target.requests();
    // A reporters' thread that is gone is found out just below.
    let _ = sender.send(Message::Sent { requests, unusable }).await;
    drop(sender);
    // Closes connections while the reports are finished.
    drop(shared);
    let Ok((record, report_failures)) = delivered.await else {
        // The thread ended without an answer, so it panicked; reporters cannot make it (see `Delivery`).
        match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => unreachable!("the thread sends its answer before it ends"),
        }
    };
    RunOutcome { record, report_failures }
}

/// Takes the next scenario until there is none left, and tells at its end what its calls came to.
async fn work<T: Target>(shared: Arc<Shared<T>>, events: mpsc::Sender<Message>) {
    let mut coverage = Coverage::new();
    take_all(&shared, &events, &mut coverage).await;
    // Without the reporters' thread nobody wants to know.
    let _ = events.send(Message::Covered(coverage)).await;
}

async fn take_all<T: Target>(shared: &Shared<T>, events: &mpsc::Sender<Message>, coverage: &mut Coverage) {
    let mut hint = 1_024;
    loop {
        // The permit comes before the index: so the oldest scenario under way always has one, and the reporters' thread
        // gives it back when that one has been delivered.
        let Ok(permit) = shared.ahead.acquire().await else { return };
        let index = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(planned) = shared.plan.scenarios.get(index) else { return };
        permit.forget();
        let skip = &planned.handling().skip;
        let record = if let Some(reason) = skip {
            skipped(&shared.plan, planned, reason.clone())
        } else if let Some(reason) = shared.stop.reason() {
            skipped(&shared.plan, planned, reason.to_string())
        } else {
            if events.send(Message::Started { index }).await.is_err() {
                return;
            }
            let Shared { target, plan, tries, searcher, programs, stop, start, .. } = shared;
            let means = Means { tries: *tries, searcher, programs, coverage };
            run_scenario(&**target, (plan, index, planned), means, stop, *start, events).await
        };
        if matches!(record.verdict, Verdict::Failed | Verdict::Error)
            && shared.failures.fetch_add(1, Ordering::Relaxed) + 1 >= shared.max_fail
        {
            shared.stop.set(StopReason::MaxFail);
        }
        // A target may skip a scenario too, for a reason that is no one else's.
        let ended = shared.stop.reason().filter(|reason| skip.is_none() && reason.is_reason_of(&record));
        if let Some(reason) = shared.announcement(ended, &record)
            && events.send(Message::Stopping { reason }).await.is_err()
        {
            return;
        }
        if events.send(finished(index, record, &mut hint)).await.is_err() {
            return;
        }
    }
}

/// The record and its JSON; `hint` is the length of the previous JSON, the best guess for this one.
#[expect(clippy::expect_used, reason = "a record holds texts, finite numbers and lists of them: JSON, and so UTF-8")]
fn finished(index: usize, record: ScenarioRecord, hint: &mut usize) -> Message {
    let mut json = Vec::with_capacity(*hint + *hint / 8);
    serde_json::to_writer(&mut json, &record).expect("a record is valid JSON");
    let json = String::from_utf8(json).expect("JSON is UTF-8");
    *hint = json.len();
    Message::Finished { index, record: Arc::new(record), json: Arc::new(json) }
}

impl<T> Shared<T> {
    /// The reason to announce: for the first scenario that is skipped because the run ends. A run whose last scenario
    /// was the reason to stop was not stopped.
    fn announcement(&self, ended: Option<StopReason>, record: &ScenarioRecord) -> Option<StopReason> {
        let skipped = ended.filter(|_| record.verdict == Verdict::Skipped);
        skipped.filter(|_| !self.announced.swap(true, Ordering::Relaxed))
    }
}

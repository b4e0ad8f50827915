use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::testing::*;
use super::*;
use crate::record::{Event, EventKind, RunRecord, ScenarioRecord, StopReason, Totals, Verdict, replay};
use crate::report::{Journal, JsonReport};
use crate::suite::Scenario;

/// Keeps every event.
#[derive(Clone)]
struct Recorder {
    order: Order,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Recorder {
    fn new(order: Order) -> Self {
        Self { order, events: Arc::default() }
    }

    fn scenarios(&self) -> Vec<(u64, Arc<ScenarioRecord>)> {
        let events = self.events.lock().unwrap();
        let finished = events.iter().filter_map(|event| match &event.kind {
            EventKind::ScenarioFinished { index, scenario } => Some((*index, scenario.clone())),
            _ => None,
        });
        finished.collect()
    }

    /// One line for each scenario: name, verdict, reason.
    fn verdicts(&self) -> String {
        let line = |(_, scenario): &(u64, Arc<ScenarioRecord>)| {
            let why = scenario.why().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{} {}{why}\n", scenario.name, scenario.verdict.word())
        };
        self.scenarios().iter().map(line).collect()
    }

    /// The events in short.
    fn kinds(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        let kinds = events.iter().map(|event| match &event.kind {
            EventKind::RunStarted { planned, .. } => format!("run-started {planned}"),
            EventKind::FileRejected { file, .. } => format!("file-rejected {file}"),
            EventKind::ScenarioStarted { id } => format!("started {id}"),
            EventKind::ScenarioRetried { id, attempt, .. } => format!("retried {id} after attempt {attempt}"),
            EventKind::ScenarioFinished { scenario, .. } => format!("finished {}", scenario.id),
            EventKind::Stopping { reason } => format!("stopping {reason}"),
            EventKind::ReporterFailed { reporter, message } => format!("reporter-failed {reporter}: {message}"),
            EventKind::RunFinished { .. } => "run-finished".to_owned(),
        });
        kinds.collect()
    }
}

impl Reporter for Recorder {
    fn name(&self) -> &str {
        "recorder"
    }

    fn order(&self) -> Order {
        self.order
    }

    fn event(&mut self, event: &Event, json: Option<&Json>) -> Result<(), ReportError> {
        if let EventKind::ScenarioFinished { scenario, .. } = &event.kind {
            assert_eq!(json.map(|json| json.as_str()), Some(serde_json::to_string(&**scenario).unwrap().as_str()));
        }
        self.events.lock().unwrap().push(event.clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        Ok(())
    }
}

fn jobs(jobs: usize) -> RunOptions {
    RunOptions { jobs: NonZeroUsize::new(jobs).unwrap(), ..RunOptions::default() }
}

/// Runs specs of one suite and gives what was recorded in the plan's order.
async fn verdicts(specs: Vec<Spec>, options: RunOptions) -> (Recorder, RunOutcome, Arc<Mock>) {
    let (plan, mock) = bench(vec![("main", specs)], vec![]);
    let recorder = Recorder::new(Order::Plan);
    let outcome = run(plan, mock.clone(), &options, vec![Box::new(recorder.clone())], &Stop::new()).await;
    (recorder, outcome, mock)
}

#[tokio::test]
async fn every_end_of_a_call_has_its_verdict() {
    let specs = vec![
        spec("good", [GOOD]),
        spec("bad", [BAD]),
        Spec { outcome: None, path: &[], hours: None, ..spec("round in circles", [Act::Fail("livelock at 'menu'")]) },
        Spec {
            outcome: Some("failed"),
            path: &[],
            hours: None,
            ..spec("expected to fail", [Act::Fail("livelock at 'menu'")])
        },
        spec("unstubbed", [Act::Unstubbed]),
        spec("refused", [Act::Refuse("the flow 'x' is not published")]),
        spec("defect", [Act::Panic]),
        Spec { skip: Some("waits for the new prompt"), ..spec("skipped", [GOOD]) },
    ];
    let (recorder, outcome, mock) = verdicts(specs, jobs(3)).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    good passed
    bad failed: the outcome: expected transferred, taken voicemail
    round in circles failed: the call failed: livelock at 'menu'
    expected to fail passed
    unstubbed error: no stub answers for 'balance', which node 'balance' asks; write for example 'stubs: { balance: success }'
    refused error: the flow 'x' is not published
    defect error: callpath has a defect, the simulation panicked: index out of bounds
    skipped skipped: waits for the new prompt
    ");
    assert_eq!(mock.attempts(7), 0);
    let Totals { scenarios, passed, failed, error, skipped, flaky, .. } = outcome.record.totals;
    assert_eq!([scenarios, passed, failed, error, skipped, flaky], [8, 2, 2, 3, 1, 0]);
    assert_eq!((&outcome.record.stopped, outcome.unusable()), (&None, None));
}

#[tokio::test]
async fn the_record_tells_the_call_and_masks_secrets() {
    let walk = Act::Walk("welcome.next hours.open tier.silver balance.success tell.next bye", "completed");
    let (recorder, ..) = verdicts(vec![spec("lookup", [walk])], jobs(1)).await;
    let (_, record) = &recorder.scenarios()[0];
    let json = serde_json::to_value(record.trace.as_ref().unwrap()).unwrap();
    assert_eq!(json["variables"], serde_json::json!({"tier": "gold", "pin": "[secret]", "balance": 120.5}));
    assert_eq!(
        json["lookups"],
        serde_json::json!([{
            "service": "balance", "node": "balance", "inputs": {"account": "0123", "pin": "[secret]"},
            "outcome": "success",
        }])
    );
    assert_eq!(
        json["steps"][0],
        serde_json::json!({
            "node": "welcome", "type": "play", "outcome": "next", "at_ms": 0, "duration_ms": 1000,
            "prompts": [{"text": "Welcome.", "heard_ms": 400, "interrupted": true}],
        })
    );
    assert!(!json.to_string().contains("4321"));
    assert_eq!((&*record.flow, &*record.flow_version, record.line), ("bank", "7", 3));
}

#[tokio::test]
async fn a_retry_that_passes_makes_it_flaky() {
    let specs = vec![
        spec("second", [BAD, GOOD]),
        spec("never", [BAD]),
        spec("errors, then passes", [Act::Refuse("busy"), Act::Refuse("busy"), GOOD]),
        Spec { retries: Some(0), ..spec("must not", [BAD, GOOD]) },
    ];
    let (recorder, _, mock) = verdicts(specs, RunOptions { retries: 2, ..jobs(1) }).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    second flaky: 1 of 2 attempts did not pass, the first: the outcome: expected transferred, taken voicemail
    never failed: the outcome: expected transferred, taken voicemail
    errors, then passes flaky: 2 of 3 attempts did not pass, the first: busy
    must not failed: the outcome: expected transferred, taken voicemail
    ");
    assert_eq!([0, 1, 2, 3].map(|scenario| mock.attempts(scenario)), [2, 3, 3, 1]);
    let attempts = |index: usize| recorder.scenarios()[index].1.attempts.iter().map(|a| a.verdict).collect::<Vec<_>>();
    assert_eq!(attempts(0), [Verdict::Failed, Verdict::Passed]);
    assert_eq!(attempts(1), [Verdict::Failed; 3]);
    assert_eq!(attempts(3), [], "one attempt needs no list");
    let retried: Vec<String> = recorder.kinds().into_iter().filter(|kind| kind.starts_with("retried")).collect();
    assert_eq!(retried[..2], ["retried main::second after attempt 1", "retried main::never after attempt 1"]);
    assert_eq!(retried.len(), 5);
}

#[tokio::test]
async fn repeats_that_differ_make_it_flaky() {
    let specs = vec![
        spec("always", [GOOD]),
        spec("never", [BAD]),
        spec("sometimes", [GOOD, BAD, GOOD]),
        spec("broken", [Act::Refuse("down")]),
        spec("broken once", [BAD, Act::Refuse("down"), BAD]),
    ];
    let (recorder, outcome, mock) = verdicts(specs, RunOptions { repeat: 3, ..jobs(2) }).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    always passed
    never failed: the outcome: expected transferred, taken voicemail
    sometimes flaky: 1 of 3 attempts did not pass, the first: the outcome: expected transferred, taken voicemail
    broken error: down
    broken once failed: the outcome: expected transferred, taken voicemail
    ");
    assert_eq!(mock.attempts(0), 3);
    assert_eq!(outcome.record.header.repeat, 3);
    assert_eq!(outcome.record.totals.scenarios, 5, "a repeat is not a scenario");
}

#[tokio::test]
async fn after_enough_failures_nothing_begins() {
    let specs = (0..6).map(|index| spec(format!("s{index}"), [if index % 2 == 0 { BAD } else { GOOD }])).collect();
    let (recorder, outcome, mock) = verdicts(specs, RunOptions { max_fail: Some(2), ..jobs(1) }).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    s0 failed: the outcome: expected transferred, taken voicemail
    s1 passed
    s2 failed: the outcome: expected transferred, taken voicemail
    s3 skipped: max-fail
    s4 skipped: max-fail
    s5 skipped: max-fail
    ");
    assert_eq!((mock.attempts(3), outcome.record.stopped), (0, Some(StopReason::MaxFail)));
    assert_eq!(recorder.kinds().iter().filter(|kind| kind.starts_with("stopping")).count(), 1);
}

#[tokio::test]
async fn a_run_whose_last_scenario_was_one_too_many_was_not_stopped() {
    let (_, outcome, _) = verdicts(vec![spec("only", [BAD])], RunOptions { max_fail: Some(1), ..jobs(1) }).await;
    assert_eq!(outcome.record.stopped, None);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_an_error() {
    let specs = vec![
        spec("quick", [Act::After(29_999, Box::new(GOOD))]),
        spec("slow", [Act::After(30_001, Box::new(GOOD))]),
        Spec { timeout_ms: Some(1_500), ..spec("impatient", [Act::After(2_000, Box::new(GOOD))]) },
        Spec { retries: Some(1), ..spec("slow once", [Act::Hang, GOOD]) },
    ];
    let (recorder, ..) = verdicts(specs, jobs(4)).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    quick passed
    slow error: no result within 30 s
    impatient error: no result within 1500 ms
    slow once flaky: 1 of 2 attempts did not pass, the first: no result within 30 s
    ");
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_cancels_what_runs_and_skips_the_rest() {
    let specs = vec![spec("done", [GOOD]), spec("a", [Act::Hang]), spec("b", [Act::Hang]), spec("rest", [GOOD])];
    let (plan, mock) = bench(vec![("main", specs)], vec![]);
    let recorder = Recorder::new(Order::Plan);
    let stop = Stop::new();
    let (watched, handle) = (mock.clone(), stop.clone());
    tokio::spawn(async move {
        watched.hanging.acquire_many(2).await.unwrap().forget();
        handle.interrupt();
        handle.interrupt();
    });
    let options = RunOptions { timeout: Duration::from_secs(1_000_000), ..jobs(2) };
    let outcome = run(plan, mock.clone(), &options, vec![Box::new(recorder.clone())], &stop).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    done passed
    a skipped: interrupted
    b skipped: interrupted
    rest skipped: interrupted
    ");
    assert_eq!(outcome.record.stopped, Some(StopReason::Interrupted));
    assert_eq!(mock.attempts(3), 0);
    assert_eq!(recorder.kinds().last().map(String::as_str), Some("run-finished"));
}

#[tokio::test]
async fn a_target_that_cannot_be_used_ends_the_run() {
    let specs = vec![spec("good", [GOOD]), spec("first", [Act::Unusable("no route to host")]), spec("rest", [GOOD])];
    let (recorder, outcome, mock) = verdicts(specs, jobs(1)).await;
    insta::assert_snapshot!(recorder.verdicts(), @r"
    good passed
    first error: no route to host
    rest skipped: no route to host
    ");
    assert_eq!(outcome.unusable(), Some("no route to host"));
    assert_eq!(mock.attempts(2), 0);
}

/// Fails with the event of this number, or panics.
struct Failing {
    after: usize,
    panics: bool,
}

impl Reporter for Failing {
    fn name(&self) -> &str {
        "junit.xml"
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, _: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        if self.after > 0 {
            self.after -= 1;
            return Ok(());
        }
        assert!(!self.panics, "out of ideas");
        Err(ReportError("no space left".to_owned()))
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        Err(ReportError("cannot be moved".to_owned()))
    }
}

#[tokio::test]
async fn a_reporter_that_fails_does_not_stop_the_others() {
    for (after, panics, message) in [
        (0, false, "no space left"),
        (3, false, "no space left"),
        (3, true, "callpath has a defect: out of ideas"),
        (usize::MAX, false, "cannot be moved"),
    ] {
        let (plan, mock) = bench(vec![("main", vec![spec("a", [GOOD]), spec("b", [BAD])])], vec![]);
        let recorder = Recorder::new(Order::Plan);
        let reporters: Vec<Box<dyn Reporter>> = vec![Box::new(Failing { after, panics }), Box::new(recorder.clone())];
        let outcome = run(plan, mock, &jobs(1), reporters, &Stop::new()).await;
        let failure = ReportFailure { reporter: "junit.xml".to_owned(), message: message.to_owned() };
        assert_eq!(outcome.report_failures, [failure]);
        assert_eq!(recorder.scenarios().len(), 2);
        assert_eq!((outcome.record.totals.passed, outcome.record.totals.failed), (1, 1));
        let told = recorder.kinds().into_iter().filter(|kind| kind.starts_with("reporter-failed")).collect::<Vec<_>>();
        assert_eq!(told, [format!("reporter-failed junit.xml: {message}")]);
    }
}

#[tokio::test]
async fn filters_leave_the_rest_out_and_say_how_many() {
    let specs = || vec![Spec { tags: vec!["bank", "slow"], ..spec("a", [GOOD]) }, spec("b", [GOOD]), spec("c", [GOOD])];
    let ids = |tags: &[&str], patterns: &[&str]| {
        let selection = Selection::new(tags, patterns).unwrap();
        let (plan, _) = select(vec![("z", specs()), ("a/b", specs())], vec![], &selection);
        assert_eq!(plan.deselected as usize + plan.scenarios.len(), 6);
        let suites: Vec<&str> = plan.suites.iter().map(|suite| &*suite.suite).collect();
        let ids: Vec<&str> = plan.scenarios.iter().map(|scenario| &*scenario.id).collect();
        let belongs = |planned: &Scenario| planned.id.starts_with(&format!("{}::", suites[planned.suite]));
        assert!(plan.scenarios.iter().all(belongs));
        ids.join(" ")
    };
    assert_eq!(ids(&[], &[]), "a/b::a a/b::b a/b::c z::a z::b z::c");
    assert_eq!(ids(&["slow"], &[]), "a/b::a z::a");
    assert_eq!(ids(&["bank", "not slow"], &["z::", "*::c"]), "a/b::c z::b z::c");
    assert_eq!(ids(&[], &["nothing"]), "");
}

fn report_files(folder: &Path) -> Vec<Box<dyn Reporter>> {
    vec![Box::new(JsonReport::new(&folder.join("run.json"))), Box::new(Journal::new(&folder.join("events.jsonl")))]
}

fn mixed() -> Vec<(&'static str, Vec<Spec>)> {
    vec![
        ("main", vec![spec("good", [GOOD]), spec("bad", [BAD]), spec("flaky", [BAD, GOOD])]),
        (
            "deep/other",
            vec![
                spec("defect", [Act::Panic]),
                Spec { skip: Some("later"), ..spec("skipped", [GOOD]) },
                spec("\u{1b}[31mred\0", [GOOD]),
            ],
        ),
    ]
}

#[tokio::test]
async fn the_journal_holds_each_event_as_its_own_json() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, mock) = bench(mixed(), vec![broken_file()]);
    let recorder = Recorder::new(Order::Completion);
    let mut reporters = report_files(folder.path());
    reporters.push(Box::new(recorder.clone()));
    run(plan, mock, &RunOptions { retries: 1, ..jobs(2) }, reporters, &Stop::new()).await;
    let journal = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let expected: String =
        recorder.events.lock().unwrap().iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect();
    assert_eq!(journal, expected);
}

#[tokio::test]
async fn a_journal_read_back_is_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, mock) = bench(mixed(), vec![broken_file()]);
    run(plan, mock, &RunOptions { retries: 1, ..jobs(4) }, report_files(folder.path()), &Stop::new()).await;
    let record = read_record(&folder.path().join("run.json"));
    let journal = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    assert_eq!(replay(journal.lines()).unwrap(), record);
    assert_eq!(
        serde_json::to_string(&replay(journal.lines()).unwrap()).unwrap(),
        serde_json::to_string(&record).unwrap()
    );

    // Cut anywhere it still yields a record, of those scenarios that were written whole.
    for cut in (0..journal.len()).step_by(97).filter(|&cut| journal.is_char_boundary(cut)) {
        let part = &journal[..cut];
        match replay(part.lines()) {
            Ok(cut) => {
                assert!(cut.scenarios.iter().all(|scenario| record.scenarios.contains(scenario)));
                assert_eq!(cut.totals, recount(&cut));
                assert!(cut.suites.iter().zip(&record.suites).all(|(cut, whole)| cut.name == whole.name));
            }
            Err(error) => assert!(part.lines().count() <= 1, "{error}"),
        }
    }
    let lines: Vec<&str> = journal.lines().collect();
    let last = lines.iter().rposition(|line| line.contains("\"scenario-finished\"")).unwrap();
    let cut = replay(&lines[..=last]).unwrap();
    assert_eq!((&cut.stopped, cut.scenarios.len()), (&Some(StopReason::Interrupted), 6));
    let mut whole = without_wall(record);
    whole.stopped = Some(StopReason::Interrupted);
    let mut counted = cut.clone();
    super::recount(&mut counted, &bench(mixed(), vec![broken_file()]).0).unwrap();
    assert_eq!(without_wall(counted), whole, "counted from the traces it is what the run itself counted");
    let tables = whole.decisions.iter().flat_map(|decisions| &decisions.flows).flat_map(|flow| &flow.nodes);
    let rows = tables.flat_map(|node| &node.rows).map(|row| row.count);
    assert_eq!(rows.sum::<u64>(), whole.totals.decisions, "the tables count what the accuracy counts");
    // They are counted at the end, with the flows at hand.
    assert!(whole.coverage.take().is_some() && whole.decisions.take().is_some());
    let of_suites = whole.suites.iter_mut().map(|suite| std::mem::take(&mut suite.coverage));
    assert!(of_suites.filter(|kinds| !kinds.is_empty()).count() == 2);
    assert_eq!(without_wall(cut), whole);

    assert!(replay(["{}", "{}"]).unwrap_err().to_string().starts_with("line 1 of the journal is not an event"));
    assert_eq!(replay([""; 0]).unwrap_err().to_string(), "the journal does not begin with the start of a run");
}

#[tokio::test]
async fn what_is_written_validates_against_the_published_schemas() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, mock) = bench(mixed(), vec![broken_file()]);
    let options = RunOptions { retries: 1, max_fail: Some(2), ..jobs(1) };
    run(plan, mock, &options, report_files(folder.path()), &Stop::new()).await;
    let check = |schema: schemars::Schema, json: &serde_json::Value| {
        let validator = jsonschema::draft7::new(schema.as_value()).unwrap();
        let errors: Vec<String> = validator.iter_errors(json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(!validator.is_valid(&serde_json::json!({"event": "unheard-of"})));
    };
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    check(crate::record::run_schema(), &serde_json::from_str(&read("run.json")).unwrap());
    for line in read("events.jsonl").lines() {
        check(crate::record::event_schema(), &serde_json::from_str(line).unwrap());
    }
}

#[tokio::test]
async fn a_journal_on_a_full_disk_is_reported_and_the_run_goes_on() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (plan, mock) = bench(mixed(), vec![]);
    let mut reporters = report_files(folder.path());
    reporters.push(Box::new(Journal::new(Path::new("/dev/full"))));
    let outcome = run(plan, mock, &jobs(2), reporters, &Stop::new()).await;
    let [failure] = &outcome.report_failures[..] else { panic!("{:?}", outcome.report_failures) };
    assert!(failure.message.starts_with("cannot write '/dev/full': No space left on device"), "{}", failure.message);
    assert_eq!(read_record(&folder.path().join("run.json")).scenarios.len(), 6);
}

fn recount(record: &RunRecord) -> Totals {
    let mut totals = Totals::default();
    record.rejected.iter().for_each(|_| totals.add_rejected());
    record.scenarios.iter().for_each(|scenario| totals.add(scenario));
    totals
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(GOOD),
        2 => Just(BAD),
        1 => Just(Act::Unstubbed),
        1 => Just(Act::Refuse("no")),
        1 => (0_u64..50).prop_map(|ms| Act::After(ms, Box::new(GOOD))),
        1 => (0_u64..50).prop_map(|ms| Act::After(ms, Box::new(BAD))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_record_does_not_depend_on_the_concurrency(
        suites in proptest::collection::vec(proptest::collection::vec(proptest::collection::vec(act(), 1..3), 0..12), 1..4),
        many in 2_usize..65,
        retries in 0_u32..2,
    ) {
        let paths = ["b", "a/x", "c"];
        let specs = || suites.iter().enumerate().map(|(index, scenarios)| {
            let specs = scenarios.iter().enumerate().map(|(n, acts)| spec(format!("s{n}"), acts.clone())).collect();
            (paths[index], specs)
        }).collect::<Vec<_>>();
        let run_with = |count: usize| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let folder = tempfile::tempdir().unwrap();
            let (plan, mock) = bench(specs(), vec![broken_file()]);
            let recorder = Recorder::new(Order::Plan);
            let mut reporters = report_files(folder.path());
            reporters.push(Box::new(recorder.clone()));
            let options = RunOptions { retries, ..jobs(count) };
            let planned: Vec<Box<str>> = plan.scenarios.iter().map(|planned| planned.id.clone()).collect();
            let outcome = runtime.block_on(run(plan, mock, &options, reporters, &Stop::new()));
            (planned, recorder, outcome, read_record(&folder.path().join("run.json")))
        };
        let (planned, recorder, outcome, one) = run_with(1);
        let (_, _, _, other) = run_with(many);
        let text = |record: &RunRecord| serde_json::to_string(&without_wall(record.clone())).unwrap();
        prop_assert_eq!(text(&one), text(&other));
        prop_assert_eq!(one.totals, recount(&one));
        prop_assert_eq!(one.totals, outcome.record.totals);
        prop_assert!(planned.iter().map(|id| &**id).eq(one.scenarios.iter().map(|scenario| &*scenario.id)));
        prop_assert!(recorder.scenarios().iter().enumerate().all(|(place, (index, _))| place as u64 == *index));
        let by_suite: u64 = one.suites.iter().map(|suite| suite.totals.scenarios).sum();
        prop_assert_eq!(by_suite + 1, one.totals.scenarios);
        let by_flow: u64 = one.flows.iter().map(|flow| flow.totals.decisions_right).sum();
        prop_assert_eq!(by_flow, one.totals.decisions_right);
        let running = recorder.events.lock().unwrap();
        prop_assert_eq!(running.last().map(|event| event.totals.scenarios), Some(one.totals.scenarios));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_loses_the_reports_but_not_the_result() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("callpath-report");
    std::fs::write(&taken, "a file").unwrap();
    let (plan, mock) = bench(mixed(), vec![]);
    let outcome = run(plan, mock, &jobs(2), report_files(&taken), &Stop::new()).await;
    let names: Vec<&str> = outcome.report_failures.iter().map(|failure| failure.reporter.as_str()).collect();
    assert_eq!(names, ["run.json", "events.jsonl"]);
    let message = &outcome.report_failures[0].message;
    assert!(message.starts_with("cannot create the folder '") && message.contains("callpath-report"), "{message}");
    assert_eq!(outcome.record.totals.scenarios, 6);
}

#[tokio::test(start_paused = true)]
async fn one_slow_scenario_holds_back_reports_in_order_but_not_for_ever() {
    // More scenarios than may run ahead of the slow one.
    let count = 9_000;
    let mut specs = vec![spec("slow", [Act::After(5_000, Box::new(GOOD))])];
    specs.extend((1..count).map(|index| spec(format!("s{index}"), [GOOD])));
    let (recorder, outcome, _) = verdicts(specs, jobs(2)).await;
    assert_eq!(outcome.record.totals.passed, count);
    assert!(recorder.scenarios().iter().enumerate().all(|(place, (index, _))| place as u64 == *index));
}

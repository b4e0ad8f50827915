//! Processes that are killed at random points: no result is lost, and none has two faces.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use callpath::internal::record::{Event, EventKind, RunRecord, correlation, result_key};
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::support::{Sandbox, TINY_FLOW};

/// Kills, unless `CALLPATH_KILLS` says another number.
const KILLS: usize = 20;
/// Scenarios of a run.
const SCENARIOS: usize = 225;

/// A platform with troubles of its own; it keeps every payload that it took, by its correlation id.
#[derive(Clone, Default)]
struct Platform {
    taken: Arc<Mutex<BTreeMap<String, Vec<Value>>>>,
    chance: Chance,
}

/// Random numbers; the system's scheduling makes the points of the kills random in any case.
#[derive(Clone, Default)]
struct Chance(Arc<Mutex<u64>>);

impl Chance {
    fn below(&self, bound: u64) -> u64 {
        let mut count = self.0.lock().expect("the lock");
        *count += 1;
        RandomState::new().hash_one(*count) % bound
    }
}

impl Respond for Platform {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        match self.chance.below(20) {
            0 => return ResponseTemplate::new(500),
            1 => return ResponseTemplate::new(503),
            _ => {}
        }
        let body: Value = serde_json::from_slice(&request.body).expect("only whole payloads arrive");
        let payloads = body.as_array().cloned().unwrap_or_else(|| vec![body]);
        let mut taken = self.taken.lock().expect("the lock");
        for payload in payloads {
            let id = payload["auditCorrelation"].as_str().expect("an id").to_owned();
            taken.entry(id).or_default().push(payload);
        }
        // It took them, and the answer comes late or not at all.
        match self.chance.below(20) {
            0 => ResponseTemplate::new(502),
            1 => ResponseTemplate::new(201).set_delay(Duration::from_millis(50)),
            _ => ResponseTemplate::new(201),
        }
    }
}

fn project(url: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    let axis = (0..15).map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
    sandbox.write(
        "suites/many.yaml",
        format!(
            "suite: many\nflow: flows/tiny.yaml\nscenarios:\n  - name: \"${{a}} ${{b}}\"\n    \
             matrix: {{ a: [{axis}], b: [{axis}] }}\n    dtmf: [\"1\"]\n    expect: {{ ends_at: done }}\n"
        ),
    );
    let export = |name: &str, batch: u32| {
        format!("[export.{name}]\nurl = '{url}/'\nbatch = {batch}\nbackoff-base = '2ms'\nbackoff-cap = '20ms'\n")
    };
    sandbox.write("callpath.toml", export("one", 1) + &export("many", 7));
    sandbox
}

/// The correlation ids of the results that a journal, whole or cut short, tells of.
fn told(journal: &Path) -> BTreeSet<String> {
    let text = std::fs::read(journal).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut run = String::new();
    let mut ids = BTreeSet::new();
    for event in text.lines().filter_map(|line| serde_json::from_str::<Event>(line).ok()) {
        match event.kind {
            EventKind::RunStarted { run_id, .. } => run = run_id,
            EventKind::ScenarioFinished { scenario, .. } => {
                ids.insert(correlation(&result_key(&run, &scenario)));
            }
            _ => {}
        }
    }
    ids
}

fn has_segments(spool: &Path) -> bool {
    let entries = std::fs::read_dir(spool).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.path().extension().is_some_and(|ending| ending == "spool"))
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_are_killed_lose_no_result() {
    let platform = Platform::default();
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(platform.clone()).mount(&server).await;
    let sandbox = project(&server.uri());
    // A record to be exported, whose command is killed too.
    assert_eq!(sandbox.run(&["run", "--quiet", "--report-dir", "record"]).code, 0);
    let record: RunRecord = serde_json::from_str(&sandbox.read("record/run.json")).expect("a record");
    let ids = record.scenarios.iter().map(|scenario| correlation(&result_key(&record.wall.run_id, scenario)));
    let recorded: BTreeSet<String> = ids.collect();
    assert_eq!(recorded.len(), SCENARIOS);

    let kills = std::env::var("CALLPATH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let (mut hit, mut reports, mut longest) = (0, Vec::new(), 300);
    for round in 0..kills {
        let name = if platform.chance.below(2) == 0 { "one" } else { "many" };
        let folder = format!("reports-{round}");
        let arguments = match platform.chance.below(4) {
            0 | 1 => {
                reports.push(folder.clone());
                vec!["run", "--quiet", "--report-dir", &folder, "--export", name, "--export-timeout", "1m"]
            }
            2 => vec!["export", "record/run.json", "--to", name],
            _ => vec!["export", "--resume"],
        };
        let mut child = sandbox
            .command()
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        tokio::time::sleep(Duration::from_millis(platform.chance.below(longest))).await;
        // A process that was quicker makes the next ones be killed earlier.
        match child.try_wait().expect("it can be asked") {
            None => hit += 1,
            Some(_) => longest = (longest * 3 / 4).max(40),
        }
        child.kill().expect("it is killed");
        child.wait().expect("it has ended");
    }
    assert!(hit * 3 > kills, "only {hit} of {kills} processes lived when they were killed");

    // The user's part: what was not even spooled is exported again, and the rest resumed.
    assert_eq!(sandbox.run(&["export", "record/run.json", "--to", "one"]).code, 0);
    let resumed = sandbox.run(&["export", "--resume"]);
    assert_eq!(resumed.code, 0, "{resumed:?}");

    let taken = platform.taken.lock().expect("the lock").clone();
    let mut spooled = recorded;
    for folder in &reports {
        spooled.extend(told(&sandbox.path(folder).join("events.jsonl")));
    }
    let arrived: BTreeSet<String> = taken.keys().cloned().collect();
    let lost: Vec<&String> = spooled.difference(&arrived).collect();
    assert!(lost.is_empty(), "{} of {} results are lost: {lost:?}", lost.len(), spooled.len());
    for (id, payloads) in &taken {
        assert!(payloads.iter().all(|payload| payload == &payloads[0]), "{id} has two faces: {payloads:?}");
    }
    // Nobody invents results: at most all those of the record and of the runs.
    assert!(arrived.len() <= SCENARIOS * (reports.len() + 1));
    for name in ["one", "many"] {
        let spool = sandbox.path("callpath-spool").join(name);
        assert!(!has_segments(&spool), "something is left in {}", spool.display());
        assert!(!spool.join("dead-letters.jsonl").exists());
    }
    let sent: usize = taken.values().map(Vec::len).sum();
    println!(
        "{kills} kills, {hit} of living processes: {} results arrived, {sent} times in all, none lost",
        arrived.len()
    );
}

//! A target that does as it is told, and suites made by hand, for the tests of the runner and of the reports.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Plan, Selection};
use crate::flow::{Program, Value};
use crate::record::{RunRecord, ScenarioRecord};
use crate::runner::targets::{Simulation, Target, TargetError};
use crate::simulator::{Fault, LookupCall, Request, Spoken, Step, Trace, Variable, WallLimit};
use crate::source::diagnostics::{Diagnostic, Source, Span};
use crate::suite::{
    CallWork, DecisionExpectation, Expectations, Loaded, PathItem, Placed, Rejected, Scenario, ScenarioRunSettings,
    Suite, Work,
};

/// A bank without keys: the scenarios' calls are told to the target.
const FLOW: &str = "
flow: bank
version: '7'
start: welcome
schedules: { branch: { zone: UTC, weekly: { mon-sun: ['09:00-17:00'] } } }
variables: { tier: gold }
nodes:
  welcome: { type: play, prompts: ['Welcome.'], next: hours }
  hours: { type: hours, schedule: branch, on: { open: tier, closed: voicemail, holiday: voicemail } }
  tier: { type: switch, on_value: tier, cases: { gold: agent, silver: balance }, on: { default: voicemail } }
  balance: { type: lookup, on: { success: tell, not_found: agent, failure: agent, timeout: agent } }
  tell: { type: play, prompts: ['That is all.'], next: bye }
  agent: { type: transfer, number: '100', on: { busy: voicemail, no_answer: voicemail, failed: voicemail } }
  voicemail: { type: end, disposition: voicemail }
  bye: { type: end }
";

/// What the target does with one attempt.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A call through these nodes `name.outcome`, ending so.
    Walk(&'static str, &'static str),
    /// A call that the engine ended as failed, with this message.
    Fail(&'static str),
    /// A lookup without a stub.
    Unstubbed,
    /// No trace, for this reason.
    Refuse(&'static str),
    /// Nothing can be simulated any more.
    Unusable(&'static str),
    /// A defect.
    Panic,
    /// Waits so many ms, then does as told.
    After(u64, Box<Act>),
    /// Waits for ever, after it told the test.
    Hang,
}

/// The end of a call that passes the default scenario.
pub(crate) const GOOD: Act = Act::Walk("welcome.next hours.open tier.gold agent.connected", "transferred");
/// The end of a call that does not.
pub(crate) const BAD: Act = Act::Walk("welcome.next hours.closed voicemail", "voicemail");

/// A scenario.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) name: String,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) description: Option<&'static str>,
    pub(crate) properties: Vec<(&'static str, &'static str)>,
    pub(crate) skip: Option<&'static str>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) retries: Option<u32>,
    /// Expected: the outcome, the path, the outcome of `hours`.
    pub(crate) outcome: Option<&'static str>,
    pub(crate) path: &'static [&'static str],
    pub(crate) hours: Option<&'static str>,
    /// By attempt; the last one for all further ones.
    pub(crate) acts: Vec<Act>,
}

/// A scenario that expects [`GOOD`].
pub(crate) fn spec(name: impl Into<String>, acts: impl IntoIterator<Item = Act>) -> Spec {
    Spec {
        name: name.into(),
        tags: vec!["bank"],
        description: None,
        properties: Vec::new(),
        skip: None,
        timeout_ms: None,
        retries: None,
        outcome: Some("transferred"),
        path: &["welcome", "hours", "tier", "agent"],
        hours: Some("open"),
        acts: acts.into_iter().collect(),
    }
}

/// The target.
pub(crate) struct Mock {
    program: Arc<Program>,
    acts: HashMap<u64, Vec<Act>>,
    seen: Mutex<HashMap<u64, usize>>,
    /// Calls that hang now.
    pub(crate) hanging: tokio::sync::Semaphore,
}

/// A plan of these suites and a target that knows them.
pub(crate) fn bench(suites: Vec<(&str, Vec<Spec>)>, rejected: Vec<Rejected>) -> (Plan, Arc<Mock>) {
    select(suites, rejected, &Selection::default())
}

/// The same with a selection.
pub(crate) fn select(
    suites: Vec<(&str, Vec<Spec>)>,
    rejected: Vec<Rejected>,
    selection: &Selection,
) -> (Plan, Arc<Mock>) {
    let program = program();
    let mut acts = HashMap::new();
    let suites = suites.into_iter().map(|(path, specs)| suite(path, specs, &program, &mut acts)).collect();
    let mock = Mock { program, acts, seen: Mutex::default(), hanging: tokio::sync::Semaphore::new(0) };
    let loaded = Loaded { suites, rejected, ..Loaded::default() };
    (Plan::new(loaded, selection), Arc::new(mock))
}

fn program() -> Arc<Program> {
    Program::parse(&[FLOW]).unwrap_or_else(|diagnostics| {
        panic!(
            "{}",
            diagnostics.iter().map(|d| crate::source::diagnostics::render(d, Default::default())).collect::<String>()
        )
    })
}

fn suite(path: &str, specs: Vec<Spec>, program: &Arc<Program>, acts: &mut HashMap<u64, Vec<Act>>) -> Suite {
    let mut text = format!("suite: {path}\nscenarios:\n");
    let lines: Vec<usize> = specs
        .iter()
        .map(|spec| {
            let start = text.len();
            text += &format!("  - name: {:?}\n    expect:\n", spec.name);
            text += &spec.outcome.map(|outcome| format!("      outcome: {outcome}\n")).unwrap_or_default();
            text += &format!("      path: [{}]\n", spec.path.join(", "));
            text += &spec.hours.map(|hours| format!("      decisions: {{ hours: {hours} }}\n")).unwrap_or_default();
            start
        })
        .collect();
    let source = Source::new(format!("suites/{path}.yaml"), text);
    let scenarios = specs
        .into_iter()
        .zip(lines)
        .map(|(spec, start)| {
            let seed = acts.len() as u64;
            acts.insert(seed, spec.acts.clone());
            Scenario {
                id: format!("{path}::{}", spec.name).into(),
                span: Span::new(start + 4, start + 8),
                cell_bytes: 0,
                suite: 0,
                tags: spec.tags.iter().map(|&tag| tag.into()).collect(),
                description: spec.description.map(Into::into),
                properties: (!spec.properties.is_empty()).then(|| {
                    Arc::new(spec.properties.iter().map(|&(name, text)| (name.into(), text.into())).collect())
                }),
                line: source.position(start as u32 + 4).line,
                end_line: source.position(start as u32 + 4).line,
                work: Work::Call(Box::new(CallWork {
                    simulation: Simulation {
                        program: program.clone(),
                        request: Request { seed, ..Request::default() },
                    },
                    expect: Arc::new(expectations(&spec, &source, start, program)),
                })),
                handling: ScenarioRunSettings {
                    skip: spec.skip.map(str::to_owned),
                    timeout_ms: spec.timeout_ms,
                    retries: spec.retries,
                }
                .boxed(),
            }
        })
        .collect();
    Suite {
        file: source.path().to_owned(),
        path: path.to_owned(),
        name: format!("Suite {path}"),
        scenarios,
        gates: Vec::new(),
    }
}

fn expectations(spec: &Spec, source: &Arc<Source>, start: usize, program: &Program) -> Expectations {
    let place = |key: &str, length: usize| {
        let start = start + source.text()[start..].find(key).unwrap() + key.len();
        Span::new(start, start + length)
    };
    let node = |name: &str| program.table.find(name).unwrap_or_else(|| panic!("no node {name}"));
    let placed = |span, value| Placed { value, source: source.clone(), span };
    let outcome = |node: u32, name: &str| {
        let names = &program.table.nodes[node as usize].outcomes;
        names.iter().position(|known| **known == *name).unwrap_or_else(|| panic!("no outcome {name}")) as u16
    };
    Expectations {
        outcome: spec.outcome.map(|outcome| Placed {
            value: outcome.into(),
            source: source.clone(),
            span: place("outcome: ", outcome.len()),
        }),
        path: (!spec.path.is_empty()).then(|| {
            let item = |name: &&str| match *name {
                "..." => PathItem::AnyMany,
                name => PathItem::Nodes(vec![node(name)]),
            };
            let items = spec.path.iter().map(item).collect();
            Placed { value: items, source: source.clone(), span: place("path: ", spec.path.join(", ").len() + 2) }
        }),
        decisions: spec
            .hours
            .map(|hours| DecisionExpectation {
                node: node("hours"),
                outcomes: vec![Some(placed(place("{ hours: ", hours.len()), outcome(node("hours"), hours)))],
            })
            .into_iter()
            .collect(),
        ..Expectations::default()
    }
}

impl Mock {
    /// How many attempts there were at the scenario that was the k-th to be made.
    pub(crate) fn attempts(&self, scenario: u64) -> usize {
        self.seen.lock().unwrap().get(&scenario).copied().unwrap_or(0)
    }

    async fn play(&self, act: &Act) -> Result<Trace, TargetError> {
        match act {
            Act::Walk(walked, outcome) => Ok(self.trace(walked, outcome)),
            Act::Fail(message) => {
                Ok(Trace { failure: Some((*message).to_owned()), ..self.trace("welcome.next", "failed") })
            }
            Act::Unstubbed => {
                let fault = Fault::Unstubbed { service: "balance".into(), node: "balance".into() };
                Ok(Trace { fault: Some(fault), ..self.trace("welcome.next hours.open tier.silver balance", "failed") })
            }
            Act::Refuse(message) => Err(TargetError::Call((*message).to_owned())),
            Act::Unusable(message) => Err(TargetError::Unusable((*message).to_owned())),
            Act::Panic => panic!("index out of bounds"),
            Act::After(ms, act) => {
                tokio::time::sleep(Duration::from_millis(*ms)).await;
                Box::pin(self.play(act)).await
            }
            Act::Hang => {
                self.hanging.add_permits(1);
                std::future::pending().await
            }
        }
    }

    fn trace(&self, walked: &str, outcome: &str) -> Trace {
        let table = &self.program.table;
        let steps = walked.split_whitespace().enumerate().map(|(index, step)| {
            let (name, outcome) = step.split_once('.').map_or((step, None), |(name, outcome)| (name, Some(outcome)));
            let node = table.find(name).unwrap_or_else(|| panic!("no node {name}"));
            let outcomes = &table.nodes[node as usize].outcomes;
            let outcome = outcome.map(|outcome| outcomes.iter().position(|known| **known == *outcome).unwrap() as u16);
            Step { node, outcome, at_ms: index as u64 * 1000, duration_ms: 1000, input: None, message: None }
        });
        let steps: Vec<Step> = steps.collect();
        let lookup = steps.iter().position(|step| table.nodes[step.node as usize].kind == "lookup");
        Trace {
            table: table.clone(),
            duration_ms: steps.len() as u64 * 1000,
            variables: vec![
                Variable { name: "tier".into(), value: "gold".into(), secret: false },
                Variable { name: "pin".into(), value: "4321".into(), secret: true },
                Variable { name: "balance".into(), value: Value::Decimal(120.5), secret: false },
            ],
            outcome: outcome.into(),
            failure: None,
            fault: None,
            lookups: lookup
                .map(|step| LookupCall {
                    step: step as u32,
                    service: "balance".into(),
                    inputs: vec![("account".into(), "0123".into()), ("pin".into(), "[secret]".into())],
                    outcome: "success".into(),
                })
                .into_iter()
                .collect(),
            prompts: vec![Spoken { step: 0, text: "Welcome.".into(), heard_ms: 400, interrupted: true }],
            keypresses: 2,
            prompt_ms: 400,
            unused_items: 0,
            unused_keys: 0,
            events: Vec::new(),
            steps,
        }
    }
}

impl Target for Mock {
    fn name(&self) -> &str {
        "mock"
    }

    async fn simulate(&self, simulation: &Simulation, _: WallLimit<'_>) -> Result<Trace, TargetError> {
        let seed = simulation.request.seed;
        let attempt = {
            let mut seen = self.seen.lock().unwrap();
            let count = seen.entry(seed).or_default();
            *count += 1;
            *count - 1
        };
        let acts = &self.acts[&seed];
        self.play(acts.get(attempt).or(acts.last()).unwrap_or(&GOOD)).await
    }
}

/// A file that could not be used.
pub(crate) fn broken_file() -> Rejected {
    let source = Source::new("suites/odd.yaml", "suite: odd\nscenarois: []\n");
    let diagnostic = Diagnostic::error("suite/unknown-key", &source, Span::new(11, 20), "unknown key 'scenarois'")
        .help("did you mean 'scenarios'?");
    Rejected { path: source.path().to_owned(), suite: "odd".to_owned(), diagnostics: vec![diagnostic] }
}

/// A run record from its file.
pub(crate) fn read_record(path: &Path) -> RunRecord {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Everything that depends on the clock or on the concurrency made equal.
pub(crate) fn without_wall(mut record: RunRecord) -> RunRecord {
    record.wall = Default::default();
    record.scenarios.iter_mut().for_each(|scenario: &mut ScenarioRecord| scenario.wall = Default::default());
    record
}

//! Hand-counted tables, and a model that counts by names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::{Coverage, CoverageKind, CoverageRecord, FlowCoverage, PlannedCall};
use crate::flow::Program;
use crate::simulator::tests::dump::{keys, program, request};
use crate::simulator::tests::generate::{Dice, any_program, any_request};
use crate::simulator::{Answer, Answers, Request, Stubs, Trace, simulate};

/// The coverage of calls by their requests, and whether each passed.
fn covered(program: &Arc<Program>, calls: &[(Request, bool)]) -> CoverageRecord {
    let mut coverage = Coverage::new();
    for (request, passed) in calls {
        coverage.add(0, program, &simulate(program, request), *passed, &[]);
    }
    finish(coverage, program, calls.first().map(|(request, _)| request))
}

fn finish(coverage: Coverage, program: &Arc<Program>, request: Option<&Request>) -> CoverageRecord {
    let nobody = Request::default();
    let request = request.unwrap_or(&nobody);
    coverage.finish(std::iter::once(PlannedCall { suite: 0, id: "suite::call", program, request })).coverage
}

fn table(flow: &FlowCoverage) -> String {
    let kind = |(kind, count): (&CoverageKind, &super::result::CoverageCount)| {
        format!("{} {} {} of {}", kind.name(), count.covered, count.passed, count.of)
    };
    flow.kinds.iter().map(kind).collect::<Vec<_>>().join("\n")
}

fn missing(flow: &FlowCoverage) -> String {
    let line = |item: &super::MissingItem| {
        let hint = item.hint.as_ref().map_or(String::new(), |hint| format!("  <- {hint}"));
        format!("{} {} {}:{}{hint}", item.kind.name(), item.item, item.line, item.column.unwrap_or_default())
    };
    flow.missing.iter().map(line).collect::<Vec<_>>().join("\n")
}

const SHOP: &str = r##"flow: shop
start: hello
variables: { pin: null, tier: silver }
schedules: { day: { zone: America/New_York, weekly: { mon-fri: ["09:00-17:00"] } } }
nodes:
  hello: { type: play, prompts: [Hello], next: door }
  door: { type: hours, schedule: day, on: { open: menu, closed: bye, holiday: bye } }
  menu:
    type: menu
    prompts: [Press]
    choices: { "1": pin, "2": bye, "3": level }
    on: { max_attempts: desk }
  pin: { type: collect, prompts: [PIN], variable: pin, secret: true, min: 4, max: 4, on: { ok: stock, max_attempts: bye } }
  stock: { type: lookup, service: stock, on: { success: again, not_found: bye } }
  level: { type: switch, on_value: tier, cases: { gold: desk, silver: bye }, on: { default: bye } }
  again: { type: jump, to: menu }
  desk: { type: queue, queue: desk, on: { closed: bye } }
  bye: { type: end }
  attic: { type: play, prompts: [Nobody], next: bye }
"##;

fn shop(items: &str) -> Request {
    let answer = Answer { outcome: "success".into(), outputs: Vec::new(), latency_ms: None, message: None };
    let answers = vec![("stock".into(), Answers { list: vec![answer] })];
    Request {
        keypad: keys(items),
        clock: crate::simulator::tests::dump::clock("2026-03-02T10:00:00"),
        stubs: Arc::new(Stubs { answers, queues: Vec::new() }),
        ..Request::default()
    }
}

#[test]
fn a_small_flow_counted_by_hand() {
    let program = program(&[SHOP]);
    let record = covered(&program, &[(shop("1 4321 2"), true), (shop("9 3"), false)]);
    // Nodes: all but the attic, which no edge leads to: 9; desk is missing. Outcomes: hello 1; door
    // open, closed (its schedule has no holiday, and no emergency): 2; menu 1, 2, 3, no_input,
    // no_match, max_attempts: 6; pin ok, no_input, invalid, max_attempts: 4; stock success,
    // not_found, failure, timeout: 4; level gold, silver, default: 3; desk all but error: 5. 25; a
    // jump has none. DecisionOutcome: hello, open, menu 1, 2, 3, no_match, ok, success, silver.
    // Edges: hello 1, door 2, menu 4, pin 2, stock 2, level 3, again 1, desk 1: 16. Walked: hello,
    // open, menu 1, 2, 3, ok, success, again, silver. Pairs: into door 1 x 2, menu 2 x 4, pin 1 x
    // 2, stock 1 x 2, again 1 x 1, level 1 x 3, desk 2 x 1: 20. Walked: hello open, open 1, 1 ok,
    // ok success, success again, again 2 by the one that passed; 3 silver by the other, whose
    // no_match before it is no edge.
    insta::assert_snapshot!(table(&record.flows[0]), @r"
    nodes 8 7 of 9
    outcomes 9 6 of 25
    edges 9 7 of 16
    edge_pairs 7 6 of 20
    ends 1 1 of 2
    switch_cases 1 0 of 3
    lookup_outcomes 1 1 of 4
    clock_classes 1 1 of 2
    ");
    assert_eq!(record.totals, record.flows[0].kinds);
    insta::assert_snapshot!(missing(&record.flows[0]), @r#"
    outcomes door: closed 7:65
    outcomes menu: no_input 8:3  <- dtmf: [] with the rest of 'suite::call'
    outcomes menu: max_attempts 12:25  <- dtmf: [] with the rest of 'suite::call'
    outcomes pin: no_input 13:3  <- dtmf: ["1"] with the rest of 'suite::call'
    outcomes pin: invalid 13:3  <- dtmf: ["1", "•"] with the rest of 'suite::call'
    outcomes pin: max_attempts 13:117  <- dtmf: ["1"] with the rest of 'suite::call'
    outcomes stock: not_found 14:75
    outcomes stock: failure 14:3
    outcomes stock: timeout 14:3
    outcomes level: gold 15:57
    outcomes level: default 15:93
    nodes desk 17:3  <- dtmf: [] with the rest of 'suite::call'
    "#);
}

#[test]
fn visits_and_outcomes_are_counted() {
    let program = program(&[SHOP]);
    let record = covered(&program, &[(shop("1 4321 2"), true), (shop("9 3"), false)]);
    let nodes: BTreeMap<&str, u64> = record.flows[0].nodes.iter().map(|node| (&*node.node, node.visits)).collect();
    assert_eq!((nodes["hello"], nodes["menu"], nodes["pin"], nodes["attic"]), (2, 4, 1, 0));
    let menu = record.flows[0].nodes.iter().find(|node| node.node == "menu").unwrap();
    let outcomes: Vec<String> = menu
        .outcomes
        .iter()
        .map(|outcome| {
            let to = outcome.to.as_deref().unwrap_or("-");
            format!("{} {to} {} {}/{}", outcome.outcome, outcome.counts, outcome.walked, outcome.taken)
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            "1 pin true 1/1",
            "2 bye true 1/1",
            "3 level true 1/1",
            "no_input - true 0/0",
            "no_match - true 0/1",
            "max_attempts desk true 0/0",
            "error - false 0/0"
        ]
    );
    assert!(!record.flows[0].nodes.last().unwrap().reachable);
}

#[test]
fn an_example_flow_counted_by_hand() {
    let text = include_str!("../../../suites/flows/airline/baggage.yaml");
    let program = program(&[text]);
    let record = covered(&program, &[(request("1234567890"), true)]);
    // No stub answers for the lookup: the call ends there, in an error. Outcomes: tag ok, no_input,
    // invalid, max_attempts: 4 (nothing cancels); trace 5; say_place 1; desk 5: its `connected`
    // hands the call over, which makes it an end beside `desk_shut` and `done`. Pairs: into trace 1
    // x 5, desk 4 x 4, say_place 2 x 1.
    insta::assert_snapshot!(table(&record.flows[0]), @r"
    nodes 2 2 of 6
    outcomes 1 1 of 15
    edges 1 1 of 12
    edge_pairs 0 0 of 23
    ends 0 0 of 3
    lookup_outcomes 0 0 of 5
    ");
}

#[test]
fn a_subflow_of_two_entries_is_one_flow() {
    let inner = "flow: ask\nstart: q\nnodes:\n  q: { type: menu, prompts: [x], choices: { \"1\": yes, \"2\": no } }\n  yes: { type: return }\n  no: { type: return, name: no }\n";
    let outer = |id: &str| {
        format!(
            "flow: {id}\nstart: a\nnodes:\n  a: {{ type: subflow, flow: ask, returns: [no], on: {{ completed: b, no: a }} }}\n  b: {{ type: end }}\n"
        )
    };
    let programs = ["one", "two"].map(|id| program(&[&outer(id), inner]));
    let mut coverage = Coverage::new();
    let mut nobody = Vec::new();
    for (program, items) in programs.iter().zip(["1", "2 1"]) {
        coverage.add(0, program, &simulate(program, &request(items)), true, &[]);
        nobody.push((program, request("")));
    }
    let planned = nobody.iter().map(|(program, request)| PlannedCall { suite: 0, id: "s::c", program, request });
    let record = coverage.finish(planned).coverage;
    let names: Vec<(&str, String)> = record.flows.iter().map(|flow| (&*flow.flow, table(flow))).collect();
    assert_eq!(names.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["ask", "one", "two"]);
    // The menu's two choices, no_input, no_match and max_attempts; both returns are ends.
    assert_eq!(names[0].1, "nodes 3 3 of 3\noutcomes 2 2 of 5\nedges 2 2 of 2\nends 2 2 of 2");
    // The call left the subflow node by `no` and came back to it: the pair (no, completed). (no,
    // no) is missing.
    assert_eq!(names[2].1, "nodes 2 2 of 2\noutcomes 2 2 of 2\nedges 2 2 of 2\nedge_pairs 1 1 of 2\nends 1 1 of 1");
}

#[test]
fn hints_are_inputs_that_cover_the_gap() {
    let text = "flow: tea\nstart: menu\nnodes:\n  menu: { type: menu, prompts: [x], choices: { \"1\": kind, \"2\": bye } }\n  kind: { type: menu, prompts: [x], choices: { \"7\": bye, \"8\": number } }\n  number: { type: collect, prompts: [x], min: 3, max: 3, on: { ok: bye } }\n  bye: { type: end }\n";
    let program = program(&[text]);
    let record = covered(&program, &[(request("2 456"), true)]);
    insta::assert_snapshot!(missing(&record.flows[0]), @r#"
    outcomes menu: 1 4:53  <- dtmf: ["1"] with the rest of 'suite::call'
    outcomes menu: no_input 4:3  <- dtmf: [] with the rest of 'suite::call'
    outcomes menu: no_match 4:3  <- dtmf: ["0"] with the rest of 'suite::call'
    outcomes menu: max_attempts 4:3  <- dtmf: [] with the rest of 'suite::call'
    nodes kind 5:3  <- dtmf: ["1"] with the rest of 'suite::call'
    nodes number 6:3  <- dtmf: ["1", "8"] with the rest of 'suite::call'
    "#);
    // A call with the input of a hint covers its item.
    for (items, node) in [("1", "kind"), ("1 8", "number")] {
        let trace = simulate(&program, &request(items));
        assert!(trace.steps.iter().any(|step| trace.node_name(step) == node));
    }
}

#[test]
fn data_of_callers_is_masked_where_flows_collect_secrets() {
    let program = program(&[SHOP]);
    let record = covered(&program, &[(shop("2 4321"), true)]);
    let text = serde_json::to_string(&record).unwrap();
    assert!(text.contains("••••") && !text.contains("4321"), "{text}");
}

#[test]
fn a_trace_of_another_version_is_counted_by_names() {
    let other = SHOP
        .replace("  hello:", "  before: { type: play, prompts: [x], next: hello }\n  hello:")
        .replace("start: hello", "start: before");
    let (old, new) = (program(&[SHOP]), program(&[&other]));
    let mut coverage = Coverage::new();
    coverage.add(0, &old, &simulate(&new, &shop("1 4321 2")), true, &[]);
    let drifted = finish(coverage, &old, None);
    let same = covered(&old, &[(shop("1 4321 2"), true)]);
    assert_eq!(drifted.totals, same.totals);
    // Indices that neither version has.
    let mut trace = simulate(&old, &shop("2"));
    trace.steps[0].node = 9_999;
    trace.steps[1].outcome = Some(77);
    let mut coverage = Coverage::new();
    coverage.add(0, &old, &trace, true, &[]);
    coverage.add(0, &new, &trace, true, &[]);
    assert_eq!(finish(coverage, &old, None).totals[&CoverageKind::Nodes].covered, 3);
}

/// What calls covered, by names: nodes, outcomes, and edges and pairs of edges between nodes that
/// call no flow.
#[derive(Debug, Default, PartialEq)]
struct Naive {
    nodes: BTreeSet<String>,
    outcomes: BTreeSet<(String, String)>,
    edges: BTreeSet<(String, String)>,
}

impl Naive {
    fn add(&mut self, trace: &Trace) {
        let name = |index: usize| trace.steps.get(index).map(|step| trace.table.nodes[step.node as usize].clone());
        for (index, step) in trace.steps.iter().enumerate() {
            let node = name(index).unwrap();
            self.nodes.insert(node.name.to_string());
            let Some(outcome) = step.outcome else { continue };
            let taken = (node.name.to_string(), node.outcomes[outcome as usize].to_string());
            self.outcomes.insert(taken.clone());
            let next = trace.steps.get(index + 1).map(|step| step.node);
            if node.kind != "subflow" && next.is_some() && node.targets[outcome as usize] == next {
                self.edges.insert(taken);
            }
        }
    }

    fn from_record(record: &CoverageRecord) -> Self {
        let mut naive = Self::default();
        for flow in &record.flows {
            let prefix = if flow.flow == "main" { String::new() } else { format!("{}/", flow.flow) };
            for node in &flow.nodes {
                let name = format!("{prefix}{}", node.node);
                if node.visits > 0 {
                    naive.nodes.insert(name.clone());
                }
                let jump = node.kind == "jump";
                for outcome in node.outcomes.iter().filter(|_| !jump) {
                    let taken = (name.clone(), outcome.outcome.clone());
                    if outcome.taken > 0 {
                        naive.outcomes.insert(taken.clone());
                    }
                    if outcome.walked > 0 && node.kind != "subflow" {
                        naive.edges.insert(taken);
                    }
                }
            }
        }
        naive
    }
}

proptest! {
    #[test]
    fn counts_are_those_of_sets_of_names(seed in any::<u64>()) {
        let dice = &mut Dice::new(seed);
        let program = any_program(dice);
        let calls: Vec<(Request, bool)> = (0..6).map(|_| (any_request(dice), dice.chance(50))).collect();
        let (mut all, mut passed) = (Naive::default(), Coverage::new());
        let mut halves = [Coverage::new(), Coverage::new()];
        for (index, (request, good)) in calls.iter().enumerate() {
            let trace = simulate(&program, request);
            all.add(&trace);
            halves[index % 2].add(0, &program, &trace, *good, &[]);
            if *good {
                passed.add(0, &program, &trace, true, &[]);
            }
        }
        let record = covered(&program, &calls);
        prop_assert_eq!(&Naive::from_record(&record), &all);
        // In two parts, in the other order.
        let [one, mut two] = halves;
        two.merge(one);
        prop_assert_eq!(&finish(two, &program, Some(&calls[0].0)), &record);
        let passed = finish(passed, &program, None);
        for flow in &record.flows {
            let only = passed.flows.iter().find(|only| only.flow == flow.flow);
            for (kind, count) in &flow.kinds {
                prop_assert!(count.passed <= count.covered && count.covered <= count.of && count.of > 0);
                let alone = only.and_then(|only| only.kinds.get(kind)).map_or(0, |count| count.covered);
                prop_assert_eq!(count.passed, alone, "{:?}", kind);
            }
            let count = |kind| flow.kinds.get(&kind).map_or((0, 0), |count| (count.covered, count.of));
            let reachable = flow.nodes.iter().filter(|node| node.reachable).count() as u64;
            let visited = flow.nodes.iter().filter(|node| node.visits > 0).count() as u64;
            prop_assert_eq!(count(CoverageKind::Nodes), (visited, reachable));
            let missing = flow.missing.iter().filter(|item| item.kind == CoverageKind::Nodes).count() as u64;
            prop_assert_eq!(missing, reachable - visited);
            let (covered, of) = count(CoverageKind::EdgePairs);
            let edges = count(CoverageKind::Edges);
            prop_assert!(covered <= edges.0 * edges.0 && of <= edges.1 * edges.1);
        }
    }

    #[test]
    fn each_suite_is_counted_as_if_it_ran_alone(seed in any::<u64>()) {
        let dice = &mut Dice::new(seed);
        let programs = [any_program(dice), any_program(dice)];
        let mut calls: Vec<(usize, usize, Request, bool)> = (0..12)
            .map(|_| (dice.below(3) as usize, dice.below(2) as usize, any_request(dice), dice.chance(50)))
            .collect();
        calls.sort_by_key(|(suite, ..)| *suite);
        let counted = |calls: &[&(usize, usize, Request, bool)]| {
            let mut coverage = Coverage::new();
            for (suite, program, request, passed) in calls {
                coverage.add(*suite, &programs[*program], &simulate(&programs[*program], request), *passed, &[]);
            }
            coverage
        };
        let finish = |coverage: Coverage, only: Option<usize>| {
            let list = calls.iter().filter(|(suite, ..)| only.is_none_or(|only| only == *suite));
            coverage.finish(list.map(|(suite, program, request, _)| {
                PlannedCall { suite: *suite, id: "s::c", program: &programs[*program], request }
            }))
        };
        // Two workers run them in turn.
        let half = |which: usize| counted(&calls.iter().skip(which).step_by(2).collect::<Vec<_>>());
        let mut both = half(1);
        both.merge(half(0));
        let all = finish(both, None);
        prop_assert_eq!(&finish(counted(&calls.iter().collect::<Vec<_>>()), None), &all);
        for (suite, kinds) in all.suites.iter().enumerate() {
            let own: Vec<_> = calls.iter().filter(|(own, ..)| *own == suite).collect();
            let alone = finish(counted(&own), Some(suite));
            prop_assert_eq!(kinds, &alone.coverage.totals, "suite {}", suite);
        }
    }

    #[test]
    fn pairs_are_edges_one_after_the_other(seed in any::<u64>()) {
        // Without subflows and jumps, what was walked can be read off the nodes alone.
        let dice = &mut Dice::new(seed);
        let nodes = 2 + dice.below(6);
        let mut text = String::from("flow: main\nstart: n0\nnodes:\n");
        for node in 0..nodes {
            let (one, two) = (dice.below(nodes), dice.below(nodes));
            text += &format!(
                "  n{node}: {{ type: menu, prompts: [x], max_attempts: 2, choices: {{ \"1\": n{one}, \"2\": n{two}, \"3\": n{one} }}, on: {{ max_attempts: bye }} }}\n"
            );
        }
        text += "  bye: { type: end }\n";
        let program = program(&[&text]);
        let items: Vec<&str> = (0..dice.below(30)).map(|_| dice.one(&["1", "2", "3", "7", "-"])).collect();
        let request = request(&items.join(" "));
        let trace = simulate(&program, &request);
        let edge = |index: usize| {
            let (step, next) = (trace.steps.get(index)?, trace.steps.get(index + 1)?);
            let outcome = step.outcome?;
            let wired = trace.table.nodes[step.node as usize].targets[outcome as usize] == Some(next.node);
            wired.then_some((step.node, outcome))
        };
        let pairs: BTreeSet<_> =
            (0..trace.steps.len()).filter_map(|index| Some((edge(index)?, edge(index + 1)?))).collect();
        let record = covered(&program, &[(request, true)]);
        let counted = record.totals.get(&CoverageKind::EdgePairs).map_or(0, |count| count.covered);
        prop_assert_eq!(counted, pairs.len() as u64);
    }
}

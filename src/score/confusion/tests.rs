use std::sync::Arc;

use super::*;
use crate::flow::Program;
use crate::simulator::tests::dump::{program, request};
use crate::simulator::{Trace, simulate};

const FLOW: &str = "flow: main
start: a
nodes:
  a: { type: menu, prompts: [x], choices: { \"1\": b, \"2\": bye } }
  b: { type: menu, prompts: [x], choices: { \"1\": bye, \"2\": bye } }
  bye: { type: end }
";

fn decision(program: &Program, node: &str, expected: &str, taken: &str) -> ScoredDecision {
    let node = program.table.find(node).unwrap();
    let outcomes = &program.table.nodes[node as usize].outcomes;
    let index = |name: &str| outcomes.iter().position(|known| **known == *name).unwrap() as u16;
    let taken = match taken {
        "never" => DecisionOutcome::NeverReached,
        "ended" => DecisionOutcome::Ended,
        name => DecisionOutcome::Outcome(index(name)),
    };
    ScoredDecision { node, expected: index(expected), taken }
}

fn counted(program: &Arc<Program>, trace: &Trace, list: &[(&str, &str, &str, usize)]) -> DecisionsRecord {
    let mut halves = [ConfusionTable::default(), ConfusionTable::default()];
    for (node, expected, taken, times) in list {
        for half in 0..*times {
            halves[half % 2].add(&program.table, trace, &[decision(program, node, expected, taken)]);
        }
    }
    let [mut table, other] = halves;
    table.merge(other);
    build_record(vec![(program.clone(), table)])
}

#[test]
fn a_table_has_a_row_for_each_outcome_expected() {
    let program = program(&[FLOW]);
    let trace = simulate(&program, &request("1"));
    let record = counted(
        &program,
        &trace,
        &[("a", "1", "1", 6), ("a", "1", "2", 3), ("b", "2", "never", 2), ("a", "2", "2", 1), ("a", "1", "ended", 1)],
    );
    let rows: Vec<String> = record.flows[0]
        .nodes
        .iter()
        .flat_map(|node| node.rows.iter().map(move |row| (node, row)))
        .map(|(node, row)| {
            let taken: Vec<String> = row.taken.iter().map(|(outcome, count)| format!("{outcome}={count}")).collect();
            let super::result::ConfusionRow { expected, count, never_reached, ended, .. } = row;
            format!(
                "{}:{} {expected} x{count} [{}] never {never_reached} ended {ended}",
                node.node,
                node.line,
                taken.join(" ")
            )
        })
        .collect();
    assert_eq!(
        rows,
        ["a:4 1 x10 [1=6 2=3] never 0 ended 1", "a:4 2 x1 [2=1] never 0 ended 0", "b:5 2 x2 [] never 2 ended 0"]
    );
    let worst: Vec<_> = record
        .worst
        .iter()
        .map(|wrong| (&*wrong.node, &*wrong.expected, wrong.taken.as_deref(), wrong.never_reached, wrong.count))
        .collect();
    assert_eq!(
        worst,
        [("a", "1", Some("2"), false, 3), ("b", "2", None, true, 2), ("a", "1", None, false, 1)],
        "what cost the most comes first"
    );
    assert!((record.worst[0].cost - 3.0 / 13.0).abs() < 1e-12);
}

#[test]
fn ten_of_many_are_the_worst() {
    let nodes: String = (0..12)
        .map(|node| format!("  n{node}: {{ type: menu, prompts: [x], choices: {{ \"1\": bye, \"2\": bye }} }}\n"))
        .collect();
    let program = program(&[&format!("flow: main\nstart: n0\nnodes:\n{nodes}  bye: {{ type: end }}\n")]);
    let trace = simulate(&program, &request("1"));
    let names: Vec<String> = (0..12).map(|node| format!("n{node}")).collect();
    let list: Vec<_> = names.iter().zip(1..).map(|(name, times)| (&**name, "1", "2", times)).collect();
    let record = counted(&program, &trace, &list);
    let counts: Vec<u64> = record.worst.iter().map(|wrong| wrong.count).collect();
    assert_eq!(counts, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    assert_eq!(record.worst[0].node, "n11");
}

#[test]
fn another_version_of_the_flow_is_read_by_names() {
    let (old, new) = (
        program(&[FLOW]),
        program(&[&FLOW.replace("start: a\nnodes:", "start: z\nnodes:\n  z: { type: play, prompts: [x], next: a }")]),
    );
    let trace = simulate(&new, &request("1"));
    let mut table = ConfusionTable::default();
    table.add(
        &old.table,
        &trace,
        &[decision(&new, "b", "1", "2"), ScoredDecision { node: 999, expected: 9, taken: DecisionOutcome::Ended }],
    );
    let record = build_record(vec![(old, table)]);
    assert_eq!((&*record.worst[0].node, record.worst[0].line, record.worst.len()), ("b", 5, 1));
}

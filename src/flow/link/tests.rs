//! Flows that name each other.

use insta::assert_snapshot;

use super::*;
use crate::flow::read::tests::rendered;

fn mistakes(texts: &[&str]) -> String {
    rendered(&Program::parse(texts).expect_err("a mistake"))
}

const MAIN: &str = "flow: main
start: verify
variables: { tries: 0 }
nodes:
  verify:
    type: subflow
    flow: verify
    in: { length: tries + 4 }
    out: { code: entered }
    returns: [refused]
    on: { completed: leave, refused: bye, error: bye }
  leave: { type: jump, flow: desk }
  bye: { type: end, disposition: sent_away }
";

const VERIFY: &str = "flow: verify
start: ask
variables: { length: 4 }
nodes:
  ask: { type: collect, variable: entered, secret: true, on: { ok: copy, max_attempts: refuse } }
  copy: { type: set, set: { twice: entered + entered }, next: done }
  done: { type: return }
  refuse: { type: return, name: refused }
";

const DESK: &str = "flow: desk
start: find
nodes:
  find: { type: lookup, service: agents, inputs: { code: code }, on: { success: ring, error: ring } }
  ring: { type: transfer, number: '100', on: { connected: news, busy: news } }
  news: { type: wait, event: payment, on: { elapsed: flip, event: flip } }
  flip: { type: random, weights: { a: { weight: 1, to: news_too }, b: { weight: 1, to: gone } } }
  news_too: { type: wait, duration: 1s, on: { elapsed: gone } }
  gone: { type: return, name: gone }
";

#[test]
fn names_become_indices() {
    let program = Program::parse(&[MAIN, VERIFY, DESK]).expect("a program");
    assert_eq!(program.first_node, [0, 3, 7]);
    assert_eq!(program.calls[0], [Some(1), Some(2), None]);
    let names: Vec<&str> = program.table.nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names[..5], ["verify", "leave", "bye", "verify/ask", "verify/copy"]);
    for (index, name) in (0..).zip(&names) {
        assert_eq!(program.table.find(name), Some(index));
        let (flow, node) = program.node(index);
        assert!(**name == *node.id.value || **name == format!("{}/{}", flow.id.value, node.id.value));
    }
    assert_eq!(program.table.find("ask"), None, "a node of a subflow goes by its flow's name");
    let ask = &program.table.nodes[3];
    assert_eq!((ask.kind, ask.input, ask.decision), ("collect", true, true));
    assert_eq!(ask.outcomes.iter().map(|name| &**name).collect::<Vec<_>>()[..2], ["ok", "no_input"]);
}

#[test]
fn what_a_suite_may_ask_for() {
    let program = Program::parse(&[MAIN, VERIFY, DESK]).expect("a program");
    let list = |names: &[Name]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    assert_eq!(
        list(program.dispositions()),
        ["completed", "transferred", "hung_up", "abandoned", "failed", "sent_away", "gone"]
    );
    assert_eq!(list(&program.asked().services), ["agents"]);
    assert_eq!(list(&program.asked().events), ["payment"]);
    assert_eq!(list(&program.asked().nodes), ["desk/find", "desk/ring", "desk/news", "desk/flip"]);
    assert_eq!(program.variables().map(|name| name.to_string()).collect::<Vec<_>>(), ["tries", "code"]);
}

#[test]
fn secrets_follow_subflows_and_jumps() {
    let program = Program::parse(&[MAIN, VERIFY, DESK]).expect("a program");
    let secret = |flow: usize, name: &str| program.secret[flow][program.flows[flow].slots.get(name).expect("a slot")];
    assert!(secret(1, "entered") && secret(1, "twice") && !secret(1, "length"));
    assert!(secret(0, "code"), "taken out of the subflow");
    assert!(!program.flows[0].secret[program.flows[0].slots.get("code").expect("a slot")], "not known to it alone");
    assert!(!secret(0, "tries"));
    assert!(secret(2, "code"), "carried by the jump");
}

#[test]
fn a_flow_may_call_itself() {
    let flow = "flow: f\nstart: a\nnodes: { a: { type: subflow, flow: f } }\n";
    assert_eq!(Program::parse(&[flow]).expect("a program").calls, [[Some(0)]]);
}

#[test]
fn two_flows_of_one_id() {
    assert_snapshot!(mistakes(&["flow: f\nstart: a\nnodes: { a: { type: end } }\n"; 2]), @r#"
error[flow/duplicate-flow]: two flows have the id 'f'
 --> flow-2.yaml:1:7
  |
1 | flow: f
  |       ^ the second flow
  |
 ::: flow-1.yaml:1:7
  |
1 | flow: f
  |       - the first flow
  |
  = help: give one of them another id
"#);
}

#[test]
fn flows_that_are_not_there() {
    let main =
        "flow: main\nstart: a\nnodes:\n  a: { type: subflow, flow: verfy }\n  b: { type: jump, flow: elsewhere }\n";
    assert_snapshot!(mistakes(&[main, VERIFY]), @r#"
error[flow/unknown-flow]: unknown flow 'verfy'
 --> flow-1.yaml:4:29
  |
4 |   a: { type: subflow, flow: verfy }
  |                             ^^^^^
  |
help: did you mean 'verify'?
  |
4 |   a: { type: subflow, flow: verify }
  |                                +
error[flow/unknown-flow]: unknown flow 'elsewhere'
 --> flow-1.yaml:5:26
  |
5 |   b: { type: jump, flow: elsewhere }
  |                          ^^^^^^^^^
  |
  = help: add its file to 'subflows'
"#);
}

#[test]
fn variables_and_returns_that_do_not_fit() {
    let main = "flow: main
start: a
nodes:
  a:
    type: subflow
    flow: verify
    in: { lenght: '4', entered: '5' }
    out: { mine: entred }
    returns: [refusd]
";
    assert_snapshot!(mistakes(&[main, VERIFY]), @r#"
error[flow/unknown-parameter]: flow 'verify' declares no variable 'lenght'
 --> flow-1.yaml:7:11
  |
7 |     in: { lenght: '4', entered: '5' }
  |           ^^^^^^
  |
help: did you mean 'length'?
  |
7 -     in: { lenght: '4', entered: '5' }
7 +     in: { length: '4', entered: '5' }
  |
error[flow/unknown-parameter]: flow 'verify' declares no variable 'entered'
 --> flow-1.yaml:7:24
  |
7 |     in: { lenght: '4', entered: '5' }
  |                        ^^^^^^^
  |
  = help: declare it under 'variables' of flow 'verify'
error[flow/unknown-parameter]: flow 'verify' has no variable 'entred'
 --> flow-1.yaml:8:18
  |
8 |     out: { mine: entred }
  |                  ^^^^^^
  |
help: did you mean 'entered'?
  |
8 |     out: { mine: entered }
  |                     +
error[flow/unlisted-return]: flow 'verify' returns 'refused', which 'a' does not list
 --> flow-1.yaml:6:11
  |
6 |     flow: verify
  |           ^^^^^^
  |
 ::: flow-2.yaml:8:3
  |
8 |   refuse: { type: return, name: refused }
  |   ------ it returns here
  |
  = help: add 'returns: [refused]' and an edge for it
warning[flow/unknown-return]: flow 'verify' never returns 'refusd'
 --> flow-1.yaml:4:3
  |
4 |   a:
  |   ^
  |
  = help: did you mean 'refused'?
"#);
}

#[test]
fn what_a_flow_jumps_to_returns_in_its_place() {
    let main = "flow: main\nstart: a\nnodes:\n  a: { type: subflow, flow: hub }\n";
    let hub = "flow: hub\nstart: a\nnodes:\n  a: { type: jump, flow: verify }\n";
    assert_snapshot!(mistakes(&[main, hub, VERIFY]), @r#"
error[flow/unlisted-return]: flow 'hub' returns 'refused', which 'a' does not list
 --> flow-1.yaml:4:29
  |
4 |   a: { type: subflow, flow: hub }
  |                             ^^^
  |
 ::: flow-3.yaml:8:3
  |
8 |   refuse: { type: return, name: refused }
  |   ------ it returns here
  |
  = help: add 'returns: [refused]' and an edge for it
"#);
}

//! Subflows, jumps and returns.

use std::sync::Arc;

use super::dump::{program, request, run, walk};
use crate::flow::{Name, Value};
use crate::simulator::Request;

#[test]
fn a_subflow_has_variables_of_its_own() {
    let program = program(&[
        r#"
flow: main
start: first
variables: { account: "1", result: none, secretly: 0 }
nodes:
  first: { type: subflow, flow: verify, in: { id: "account + '0'" }, out: { result: answer }, returns: [refused], on: { completed: second, refused: bye } }
  second: { type: subflow, flow: verify, in: { id: "'20'" }, out: { result: answer }, returns: [refused], on: { completed: bye, refused: bye } }
  bye: { type: end }
"#,
        r#"
flow: verify
start: check
variables: { id: null, answer: null, count: 0 }
nodes:
  check: { type: set, set: { answer: "id + '!'", count: "count + 1" }, next: ok }
  ok: { type: decision, if: "id == '20' and count == 1", on: { true: no, false: back } }
  back: { type: return }
  no: { type: return, name: refused }
"#,
    ]);
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 first -> completed
    0 +0 verify/check -> next
    0 +0 verify/ok -> false
    0 +0 verify/back
    0 +0 second -> refused
    0 +0 verify/check -> next
    0 +0 verify/ok -> true
    0 +0 verify/no
    0 +0 bye
    completed 0
    keys 0 used, 0 unused
    account = '1'
    result = '20!'
    secretly = 0
    ");
}

#[test]
fn a_mistake_in_a_subflow_is_an_error_of_its_node() {
    let inner = "flow: inner\nstart: bad\nvariables: { n: 0 }\nnodes:\n  bad: { type: set, set: { n: 1 / n }, next: back }\n  back: { type: return }\n";
    let main = |on: &str| {
        format!(
            "flow: main\nstart: sub\nnodes:\n  sub: {{ type: subflow, flow: inner, on: {{ completed: bye{on} }} }}\n  bye: {{ type: end }}\n  oops: {{ type: end, disposition: oops }}\n"
        )
    };
    insta::assert_snapshot!(run(&program(&[&main(", error: oops"), inner]), &request("")), @r"
    0 +0 sub -> error (at 'inner/bad': division by zero in '1 / n')
    0 +0 inner/bad -> error (division by zero in '1 / n')
    0 +0 oops
    oops 0
    keys 0 used, 0 unused
    ");
    insta::assert_snapshot!(run(&program(&[&main(""), inner]), &request("")), @r"
    0 +0 sub -> error (at 'inner/bad': division by zero in '1 / n')
    0 +0 inner/bad -> error (division by zero in '1 / n')
    failed 0 (error at 'inner/bad': division by zero in '1 / n')
    keys 0 used, 0 unused
    ");
}

#[test]
fn an_end_in_a_subflow_ends_the_call_and_a_return_in_the_first_flow_too() {
    let both = program(&[
        "flow: main\nstart: sub\nnodes:\n  sub: { type: subflow, flow: inner, on: { completed: bye } }\n  bye: { type: return, name: done }\n",
        "flow: inner\nstart: main\nnodes:\n  main: { type: menu, prompts: [x], choices: { \"1\": back, \"2\": over } }\n  back: { type: return }\n  over: { type: end, disposition: over }\n",
    ]);
    insta::assert_snapshot!(walk(&both, "1"), @"sub:completed inner/main:1 inner/back bye = done");
    insta::assert_snapshot!(walk(&both, "2"), @"sub inner/main:2 inner/over = over");
}

#[test]
fn a_jump_takes_variables_of_the_same_name_along() {
    let program = program(&[
        "flow: main\nstart: a\nvariables: { language: en, own: 1 }\nnodes:\n  a: { type: set, set: { language: \"'es'\", own: 2 }, next: go }\n  go: { type: jump, flow: other }\n",
        "flow: other\nstart: b\nvariables: { language: fr, extra: 5, tier: none }\nnodes:\n  b: { type: set, set: { extra: extra + 1 }, next: back }\n  back: { type: decision, if: \"language == 'es'\", on: { true: end, false: end } }\n  end: { type: end }\n",
    ]);
    let variables = Arc::from([(Name::from("tier"), Value::from("gold")), (Name::from("beside"), Value::Integer(9))]);
    insta::assert_snapshot!(run(&program, &Request { variables, ..Request::default() }), @r"
    0 +0 a -> next
    0 +0 go
    0 +0 other/b -> next
    0 +0 other/back -> true
    0 +0 other/end
    completed 0
    keys 0 used, 0 unused
    language = 'es'
    own = 2
    extra = 6
    tier = 'gold'
    beside = 9
    ");
}

#[test]
fn a_jump_in_a_subflow_comes_back_to_the_caller() {
    let program = program(&[
        "flow: main\nstart: sub\nvariables: { got: null }\nnodes:\n  sub: { type: subflow, flow: one, out: { got: value }, on: { completed: hop } }\n  hop: { type: jump, to: bye }\n  bye: { type: end }\n",
        "flow: one\nstart: go\nvariables: { value: 1 }\nnodes:\n  go: { type: jump, flow: two }\n",
        "flow: two\nstart: back\nvariables: { value: 2 }\nnodes:\n  back: { type: return }\n",
    ]);
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 sub -> completed
    0 +0 one/go
    0 +0 two/back
    0 +0 hop
    0 +0 bye
    completed 0
    keys 0 used, 0 unused
    got = 1
    ");
}

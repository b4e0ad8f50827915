//! Digits of a secret entry are nowhere in a trace but in their variable.

use std::sync::Arc;

use super::dump::{program, request, run, stubs};
use crate::simulator::{Request, simulate};

const MAIN: &str = r##"
flow: main
start: pin
variables: { pin: null, copy: null, number: 0, checked: false }
events: { on_error: sorry }
nodes:
  pin: { type: collect, prompts: ["Your code"], variable: pin, secret: true, min: 4, max: 4, on: { ok: take } }
  take: { type: set, set: { copy: "'x' + pin" }, next: say }
  say: { type: play, prompts: ["You keyed ${copy}, ${len(pin)} digits."], next: check }
  check: { type: lookup, inputs: { code: pin, fixed: "1" }, on: { success: sub } }
  sub: { type: subflow, flow: inner, in: { given: copy }, out: { copy: given }, on: { completed: dial } }
  dial: { type: transfer, number: "${pin}${copy}", on: { invalid: broken } }
  broken: { type: set, set: { number: "pin + 1" }, next: sorry }
  sorry: { type: end, disposition: sorry }
"##;

const INNER: &str = r#"
flow: inner
start: tell
variables: { given: null }
nodes:
  tell: { type: play, prompts: ["Inside ${given}"], next: bad }
  bad: { type: decision, if: "given == '1'", on: { true: back, false: back } }
  back: { type: return }
"#;

#[test]
fn they_are_masked() {
    let program = program(&[MAIN, INNER]);
    let request = Request { stubs: Arc::new(stubs("check: success")), ..request("- 73# 7391") };
    insta::assert_snapshot!(run(&program, &request), @r#"
    0 +5800 pin -> no_input
        "Your code" 800
    5800 +2300 pin [•••] -> invalid
        "Your code" 800
    8100 +2550 pin [••••] -> ok
        "Your code" 800
    10650 +0 take -> next
    10650 +2000 say -> next
        "You keyed [secret], [secret] digits." 2000
    12650 +0 check -> success
        check(code='[secret]', fixed=1) = success
    12650 +0 sub -> completed
    12650 +800 inner/tell -> next
        "Inside [secret]" 800
    13450 +0 inner/bad -> false
    13450 +0 inner/back
    13450 +0 dial -> invalid ('[secret][secret]' is not a number that can be dialled)
    13450 +0 broken -> error (cannot apply '+' to 'pin' (text) and 1 (integer))
    13450 +0 sorry
    sorry 13450
    keys 7 used, 0 unused
    pin = [secret]
    copy = [secret]
    number = [secret]
    checked = false
    "#);
    let mut trace = simulate(&program, &request);
    trace.variables.retain(|variable| !variable.secret);
    assert!(
        !format!("{:?}", (&trace.steps, &trace.prompts, &trace.lookups, &trace.failure, &trace.variables))
            .contains("7391")
    );
}

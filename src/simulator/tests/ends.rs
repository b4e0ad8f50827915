//! "How a call ends" of docs/flows.md.

use super::dump::{flow, request, run};

#[test]
fn by_the_disposition_of_its_end() {
    let program = flow("start: x\nnodes:\n  x: { type: end, disposition: sold, prompts: [bye] }\n");
    insta::assert_snapshot!(run(&program, &request("1 2")), @r#"
    0 +400 x
        "bye" 400
    sold 400
    keys 0 used, 0 unused, 2 items unused
    "#);
}

#[test]
fn as_transferred() {
    let program = flow("start: x\nnodes:\n  x: { type: transfer, number: \"100\" }\n");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +3000 x -> connected
    transferred 3000
    keys 0 used, 0 unused
    ");
}

#[test]
fn as_failed_when_an_input_is_never_given() {
    let program = flow(
        "start: x\nnodes:\n  x: { type: menu, prompts: [x], max_attempts: 1, choices: { \"1\": y } }\n  y: { type: end }\n",
    );
    insta::assert_snapshot!(run(&program, &request("")), @r#"
    0 +5400 x -> max_attempts
        "x" 400
    failed 5400 (stuck at 'x': outcome 'max_attempts' leads nowhere)
    keys 0 used, 0 unused
    "#);
}

#[test]
fn a_mistake_in_the_last_prompt_is_an_error_nobody_handled() {
    let program = flow("start: x\nnodes:\n  x: { type: end, prompts: [{ asset: nowhere }] }\n");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 x (recording 'nowhere' is neither among the flow's assets nor the scenario's media)
    failed 0 (error at 'x': recording 'nowhere' is neither among the flow's assets nor the scenario's media)
    keys 0 used, 0 unused
    ");
}

//! Each node type and its outcomes.

use super::dump::{flow, request, run};

#[test]
fn a_first_line() {
    let program = flow(
        r#"
start: welcome
variables: { tries: 0 }
nodes:
  welcome: { type: play, prompts: ["Welcome to Acme."], next: main }
  main:
    type: menu
    prompts: ["Press 1 or 2."]
    choices: { "1": check, "2": bye }
    variable: chosen
  check: { type: decision, if: "tries < 1", on: { true: again, false: bye } }
  again: { type: set, set: { tries: "tries + 1" }, next: main }
  bye: { type: end, prompts: ["Good bye."] }
"#,
    );
    insta::assert_snapshot!(run(&program, &request("1 2")), @r#"
    0 +1200 welcome -> next
        "Welcome to Acme." 1200
    1200 +2600 main [1] -> 1
        "Press 1 or 2." 1600
    3800 +0 check -> true
    3800 +0 again -> next
    3800 +2600 main [2] -> 2
        "Press 1 or 2." 1600
    6400 +800 bye
        "Good bye." 800
    completed 7200
    keys 2 used, 0 unused
    tries = 1
    chosen = '2'
    "#);
}

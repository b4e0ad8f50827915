//! `callpath graph`.

use crate::support::{Sandbox, TINY_FLOW, TINY_SUITE};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    sandbox.write("suites/tiny.yaml", TINY_SUITE);
    sandbox
}

#[test]
fn a_flow_as_text() {
    let sandbox = sandbox();
    let ran = sandbox.run(&["graph", "suites/flows/tiny.yaml", "--format", "mermaid"]);
    insta::assert_snapshot!(ran.stdout, @r#"
    flowchart LR
      n0[/"menu<br/>menu"/]
      n1((("done<br/>end")))
      e0@{ shape: text, label: "start" } --> n0
      n0 -->|"1, max#95;attempts"| n1
    "#);
    let ran = sandbox.run(&["graph", "suites/flows/tiny.yaml", "--format", "dot"]);
    assert!(ran.stdout.contains("n0 -> n1 [label=\"1, max_attempts\"];"), "{}", ran.stdout);
}

#[test]
fn a_flow_as_a_picture_without_and_with_a_run() {
    let sandbox = sandbox();
    let ran = sandbox.run(&["graph", "suites/flows/tiny.yaml", "-o", "tiny.svg"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    let picture = sandbox.read("tiny.svg");
    let document = roxmltree::Document::parse(&picture).expect("well-formed XML");
    let label = document.root_element().attribute("aria-label");
    assert_eq!(label, Some("Flow tiny, 2 nodes"));
    assert!(!picture.contains("never</text>"), "nothing was counted");
    assert_eq!(sandbox.run(&["graph", "suites/flows/tiny.yaml"]).stdout, picture);

    assert_eq!(sandbox.run(&["run", "--quiet"]).code, 0);
    let ran = sandbox.run(&["graph", "suites/flows/tiny.yaml", "--run", "callpath-report/run.json"]);
    // The keys 1 and max_attempts lead to one node by one line; nobody kept silent or keyed something else.
    assert!(ran.stdout.contains("Flow tiny, 2 nodes, 0 never visited"), "{}", ran.stdout);
    assert!(ran.stdout.contains("no_input, no_match"), "{}", ran.stdout);
    assert!(ran.stdout.contains("never</text>"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let sandbox = sandbox();
    sandbox.write("suites/flows/other.yaml", TINY_FLOW.replace("flow: tiny", "flow: other"));
    sandbox.write("suites/flows/broken/flow.yaml", TINY_FLOW.replace("max_attempts: done", "max_attempts: dnoe"));
    assert_eq!(sandbox.run(&["run", "--quiet"]).code, 0);
    let failure = |arguments: &[&str]| {
        let ran = sandbox.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        ran.stderr
    };
    insta::assert_snapshot!(failure(&["graph", "suites/flows/nowhere.yaml"]), @"error: there is no file or folder 'suites/flows/nowhere.yaml'; did you mean 'suites/flows/other.yaml'?");
    let suite = failure(&["graph", "suites/tiny.yaml"]);
    assert!(suite.starts_with("error[flow/missing-key]: this is a suite, where a flow is wanted\n"), "{suite}");
    assert!(suite.ends_with("error: 'suites/tiny.yaml' cannot be drawn: it is not a valid flow\n"), "{suite}");
    let broken = failure(&["graph", "suites/flows/broken/flow.yaml", "--color", "never"]);
    assert!(broken.contains("did you mean 'done'?"), "{broken}");
    insta::assert_snapshot!(
        failure(&["graph", "suites/flows/other.yaml", "--run", "callpath-report/run.json"]),
        @"error: the run in 'callpath-report/run.json' has no coverage of flow 'other' in version '1'"
    );
    insta::assert_snapshot!(failure(&["graph", "suites/flows/tiny.yaml", "--run", "suites/tiny.yaml"]), @"error: 'suites/tiny.yaml' is not the run.json of a run: expected value at line 1 column 1");
    insta::assert_snapshot!(
        failure(&["graph", "suites/flows/tiny.yaml", "--run", "callpath-report"]),
        @"error: 'callpath-report' is a folder; write 'callpath-report/run.json'"
    );
    sandbox.write("suites/flows/broken/flow.yaml", "suite: none\n");
    insta::assert_snapshot!(failure(&["graph", "suites/flows"]), @"error: 'suites/flows' has several flows; name the file of one");
}

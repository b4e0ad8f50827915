//! Gates of the configuration, of flags and of suites, and what becomes of them in the reports.

use std::path::Path;

use crate::support::{Sandbox, TINY_FLOW, TINY_SUITE, timeless};

fn tiny() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", TINY_SUITE);
    sandbox
}

#[test]
fn a_missed_gate_is_exit_code_5_and_is_told_everywhere() {
    let sandbox = tiny();
    sandbox.write(
        "callpath.toml",
        "[gates]\ncheck-accuracy = \"100%\"\nkeypresses = 9\n[profile.strict.gates]\nkeypresses = 0\n",
    );
    sandbox.write("tiny.yaml", format!("{TINY_SUITE}gates: {{ joint_accuracy_low: 90%, duration: 1m }}\n"));
    let ran = sandbox.run(&["run", "tiny.yaml", "-p", "strict", "--gate", "path-fitness>=0.5", "--color", "never"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    insta::assert_snapshot!(timeless(&ran.stdout, Path::new("callpath-report")), @"
    suite  scenarios  passed  failed  accuracy  fitness  efficiency   nodes
    tiny           1       1       0         –        –      100.0%  100.0%

    flow   nodes  outcomes  edges    ends
    tiny  100.0%     25.0%  50.0%  100.0%

    joint accuracy  100.0% of the calls are right in every check (95 % interval 20.7% to 100.0%)
    decisions       –
    checks          100.0% held (1 of 1)
    path fitness    –
    efficiency      100.0%, the mean of 1 call
    effort          1.0 keys, 0.8 s of prompts, 0.0 retries, 1.8 s a call
    not covered     flows/tiny.yaml:4  menu: no_input
                    flows/tiny.yaml:4  menu: no_match
                    flows/tiny.yaml:4  menu: max_attempts
    gates           held    check-accuracy 100.0%, at least 100% is asked
                    missed  most keypresses 1, at most 0 is asked
                    missed  path-fitness was not measured, at least 50% is asked
                    missed  tiny: joint-accuracy-low 20.7%, at least 90% is asked
                    held    tiny: longest duration 1.8 s, at most 60 s is asked
    slowest         TIMES
    reports         REPORTS/report.html
                    REPORTS/run.json
                    REPORTS/junit.xml
                    REPORTS/coverage.xml
                    REPORTS/events.jsonl
                    REPORTS/audit.jsonl

    1 scenario: 1 passed in TIME, 3 gates missed
    ");
    let record = sandbox.json("callpath-report/run.json");
    insta::assert_snapshot!(serde_json::to_string_pretty(&record["gates"]).expect("JSON"), @r#"
    [
      {
        "held": true,
        "limit": 1.0,
        "measure": "check-accuracy",
        "measured": 1.0
      },
      {
        "held": false,
        "limit": 0.0,
        "measure": "keypresses",
        "measured": 1.0
      },
      {
        "held": false,
        "limit": 0.5,
        "measure": "path-fitness",
        "measured": null
      },
      {
        "held": false,
        "limit": 0.9,
        "measure": "joint-accuracy-low",
        "measured": 0.20654931437723745,
        "suite": "tiny"
      },
      {
        "held": true,
        "limit": 60.0,
        "measure": "duration",
        "measured": 1.8,
        "suite": "tiny"
      }
    ]
    "#);
    let junit = sandbox.read("callpath-report/junit.xml");
    let (_, gates) = junit.split_once("<testsuite name=\"gates\"").expect("the suite of gates");
    let stamp = regex::Regex::new("timestamp=\"[^\"]*\"").expect("a pattern");
    insta::assert_snapshot!(stamp.replace(gates, "timestamp=\"S\""), @r#"
     tests="5" failures="3" errors="0" skipped="0" time="0.000" timestamp="S">
    <testcase classname="gates" name="check-accuracy&gt;=1" time="0.000"/>
    <testcase classname="gates" name="keypresses&lt;=0" time="0.000"><failure message="most keypresses 1, at most 0 is asked" type="gate">most keypresses 1, at most 0 is asked</failure></testcase>
    <testcase classname="gates" name="path-fitness&gt;=0.5" time="0.000"><failure message="path-fitness was not measured, at least 50% is asked" type="gate">path-fitness was not measured, at least 50% is asked</failure></testcase>
    <testcase classname="gates" name="tiny: joint-accuracy-low&gt;=0.9" time="0.000"><failure message="tiny: joint-accuracy-low 20.7%, at least 90% is asked" type="gate">tiny: joint-accuracy-low 20.7%, at least 90% is asked</failure></testcase>
    <testcase classname="gates" name="tiny: duration&lt;=60s" time="0.000"/>
    </testsuite>
    </testsuites>
    "#);
}

#[test]
fn a_gate_that_holds_lets_the_run_pass_and_a_failed_scenario_is_graver() {
    let sandbox = tiny();
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml", "--gate", "check-accuracy>=100%"]).code, 0);
    sandbox.write("tiny.yaml", TINY_SUITE.replace("ends_at: done", "ends_at: menu"));
    let ran = sandbox.run(&["run", "-q", "tiny.yaml", "--gate", "check-accuracy>=100%"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.ends_with(", 1 gate missed\n"), "{}", ran.stdout);
}

#[test]
fn the_last_of_two_flags_on_one_measure_decides() {
    let sandbox = tiny();
    let gates = ["run", "-q", "tiny.yaml", "--gate", "keypresses<=0", "--gate", "keypresses<=1"];
    assert_eq!(sandbox.run(&gates).code, 0);
}

#[test]
fn mistakes_in_gates_have_their_place() {
    let sandbox = tiny();
    sandbox.write(
        "callpath.toml",
        "[gates]\nacuracy = 0.9\naccuracy = 95\ncoverage = { node = 1, edges = \"90%\" }\nefficiency = [1]\n",
    );
    let ran = sandbox.run(&["run", "tiny.yaml", "--color", "never"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @"
    error[config/invalid]: this is a list; it must be the limit of a gate, a number or a text
     --> callpath.toml:5:14
      |
    5 | efficiency = [1]
      |              ^^^
    error: the configuration 'callpath.toml' cannot be used
    ");
    sandbox.write(
        "callpath.toml",
        "[gates]\nacuracy = 0.9\naccuracy = 95\n\"coverage.edges\" = 1\ncoverage = { node = 1, edges = \"90%\" }\n[profile.x.gates]\nduration = 5\n",
    );
    let ran = sandbox.run(&["run", "tiny.yaml", "--color", "never"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error[config/gate]: there is no measure 'acuracy'
     --> callpath.toml:2:1
      |
    2 | acuracy = 0.9
      | ^^^^^^^
      |
      = help: did you mean 'accuracy'?

    error[config/gate]: a gate on 'accuracy' is a ratio of at most 1, not 95
     --> callpath.toml:3:12
      |
    3 | accuracy = 95
      |            ^^
      |
      = help: write '95%'

    error[config/gate]: the gate on 'coverage.edges' is defined twice
     --> callpath.toml:4:1
      |
    4 | "coverage.edges" = 1
      | ^^^^^^^^^^^^^^^^

    error[config/gate]: there is no measure 'coverage.node'
     --> callpath.toml:5:14
      |
    5 | coverage = { node = 1, edges = "90%" }
      |              ^^^^
      |
      = help: did you mean 'coverage.nodes'?

    error[config/gate]: expected a duration for 'duration': '5' has no unit
     --> callpath.toml:7:12
      |
    7 | duration = 5
      |            ^
    error: the configuration 'callpath.toml' cannot be used
    "#);
    sandbox.write("callpath.toml", "");
    sandbox.write(
        "tiny.yaml",
        format!("{TINY_SUITE}gates:\n  acuracy: 1\n  efficiency: 80\n  keypresses: 1\n  keypresses: 2\n  coverage:\n    nodes: 1\n"),
    );
    let ran = sandbox.run(&["run", "tiny.yaml", "--color", "never", "--quiet"]);
    assert_eq!(ran.code, 2);
    let ran = sandbox.run(&["validate", "tiny.yaml", "--color", "never"]);
    insta::assert_snapshot!(ran.stderr, @"
    error[suite/gate]: there is no measure 'acuracy'
     --> tiny.yaml:6:3
      |
    6 |   acuracy: 1
      |   ^^^^^^^
      |
      = help: did you mean 'accuracy'?

    error[suite/gate]: a gate on 'efficiency' is a ratio of at most 1, not 80
     --> tiny.yaml:7:15
      |
    7 |   efficiency: 80
      |               ^^
      |
      = help: write '80%'

    error[yaml/duplicate-key]: the key 'keypresses' is defined twice
     --> tiny.yaml:9:3
      |
    8 |   keypresses: 1
      |   ---------- first time
    9 |   keypresses: 2
      |   ^^^^^^^^^^ second time

    error[suite/gate]: 'coverage.nodes' is measured over the whole run, not for a suite
      --> tiny.yaml:11:5
       |
    11 |     nodes: 1
       |     ^^^^^
       |
       = help: write it under [gates] of callpath.toml, or with --gate

    4 errors in 1 file
    ");
    let ran = sandbox.run(&["run", "tiny.yaml", "--gate", "acuracy>=1", "--color", "never"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @"
    error: invalid value 'acuracy>=1' for '--gate <GATE>': there is no measure 'acuracy'; did you mean 'accuracy'?

    For more information, try '--help'.
    ");
}

#[test]
fn gates_of_a_base_are_inherited_measure_by_measure() {
    let sandbox = tiny();
    sandbox.write("base.yaml", "defaults: {}\ngates: { keypresses: 0, duration: 1h }\n");
    let suite = |gates: &str| format!("{TINY_SUITE}extends: base.yaml\n{gates}");
    sandbox.write("tiny.yaml", suite(""));
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml"]).code, 5);
    sandbox.write("tiny.yaml", suite("gates: { keypresses: 1 }\n"));
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml"]).code, 0);
    let gates = sandbox.json("callpath-report/run.json")["gates"].as_array().map(Vec::len);
    assert_eq!(gates, Some(2));
}

/// Today's number of defects as the limit lets no new one in.
#[test]
fn a_new_structural_defect_misses_its_gate() {
    let sandbox = tiny();
    let code = || sandbox.run(&["run", "tiny.yaml", "--quiet", "--gate", "structural-defects<=0"]).code;
    assert_eq!(code(), 0);
    sandbox.write("flows/tiny.yaml", format!("{TINY_FLOW}  lost: {{ type: play, prompts: [x], next: done }}\n"));
    assert_eq!(code(), 5);
    assert_eq!(sandbox.json("callpath-report/run.json")["header"]["structural_defects"], 1);
}

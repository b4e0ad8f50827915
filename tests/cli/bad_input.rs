//! What users, disks and foreign files do wrong: a clear message, the right exit code, no panic, nothing lost.

use std::process::Command;

use serde_json::Value;

use crate::support::{Ran, Sandbox, TINY_FLOW, TINY_SUITE};

/// A folder with the tiny flow and one suite.
fn tiny(suite: impl AsRef<[u8]>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    sandbox.write("suites/tiny.yaml", suite);
    sandbox
}

/// A suite with this scenario beside one that is right.
fn with_scenario(scenario: &str) -> Sandbox {
    tiny(format!("{TINY_SUITE}{scenario}"))
}

fn assert_rejected(sandbox: &Sandbox, expected: &[&str]) {
    let ran = sandbox.run(&["validate"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    for text in expected {
        assert!(ran.stderr.contains(text), "no {text:?} in:\n{}", ran.stderr);
    }
    no_panic(&ran);
    // A run reports the same file as an error case, and runs whatever else there is.
    sandbox.write("suites/sound.yaml", TINY_SUITE);
    let ran = sandbox.run(&["run", "--quiet"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    no_panic(&ran);
    let record = sandbox.json("callpath-report/run.json");
    assert_eq!(record["totals"]["passed"], 1, "{}", record["totals"]);
    assert_eq!(record["totals"]["error"], 1, "{}", record["totals"]);
    assert!(sandbox.read("callpath-report/junit.xml").contains("<error"));
}

fn no_panic(ran: &Ran) {
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn empty_file() {
    assert_rejected(&tiny(""), &["yaml/empty", "suites/tiny.yaml"]);
}

#[test]
fn binary_file() {
    assert_rejected(&tiny([0x7f, b'E', b'L', b'F', 0, 0, 1]), &["yaml/binary"]);
}

#[test]
fn not_utf8() {
    assert_rejected(&tiny(b"suite: caf\xe9\n"), &["yaml/not-utf8", "suites/tiny.yaml"]);
}

#[test]
fn fifty_megabytes() {
    let sandbox = tiny(TINY_SUITE);
    let line = b"# 0123456789 0123456789 0123456789 0123456789 0123456789 012\n";
    let mut text = TINY_SUITE.as_bytes().to_vec();
    while text.len() < 50 << 20 {
        text.extend_from_slice(line);
    }
    sandbox.write("suites/tiny.yaml", text);
    assert_rejected(&sandbox, &["yaml/too-large", "50.0 MiB", "32.0 MiB"]);
}

#[test]
fn deep_nesting() {
    assert_rejected(&tiny(format!("suite: {}\n", "[".repeat(200_000))), &["yaml/too-deep"]);
}

#[test]
fn alias_bomb() {
    let mut text = String::from("suite: bomb\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", [before.as_str(); 10].join(", "));
    }
    assert_rejected(&tiny(text), &["yaml/too-large"]);
}

#[test]
fn tabs_as_indentation() {
    assert_rejected(&tiny("suite: tabs\nscenarios:\n\t- name: x\n"), &["tab", "suites/tiny.yaml:3:1"]);
}

#[test]
fn line_breaks_and_byte_order_mark_of_other_systems() {
    let sandbox = tiny(format!("\u{feff}{}", TINY_SUITE.replace('\n', "\r\n")));
    let ran = sandbox.run(&["run", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let broken = sandbox.read("suites/tiny.yaml").replace("dtmf", "dtfm");
    sandbox.write("suites/tiny.yaml", broken);
    assert_rejected(&sandbox, &["unknown key 'dtfm'", "dtmf", "suites/tiny.yaml:4:26"]);
}

#[test]
fn million_cells() {
    let axis = |name: &str| format!("{name}: [{}]", (0..100).map(|n| n.to_string()).collect::<Vec<_>>().join(", "));
    let scenario = format!(
        "  - {{ name: \"${{a}} ${{b}} ${{c}}\", matrix: {{ {}, {}, {} }}, dtmf: [\"1\"], expect: {{ ends_at: done }} }}\n",
        axis("a"),
        axis("b"),
        axis("c")
    );
    assert_rejected(&with_scenario(&scenario), &["1000000", "100000"]);
}

#[test]
fn too_many_items_variables_and_media() {
    let items = ["\"1\""; 51].join(", ");
    assert_rejected(
        &with_scenario(&format!("  - {{ name: a, dtmf: [{items}], expect: {{ ends_at: done }} }}\n")),
        &["51", "50"],
    );
    let variables: Vec<String> = (0..101).map(|n| format!("v{n}: 1")).collect();
    let variables = variables.join(", ");
    assert_rejected(
        &with_scenario(&format!("  - {{ name: a, variables: {{ {variables} }}, expect: {{ ends_at: done }} }}\n")),
        &["101", "100"],
    );
    let media: Vec<String> = (0..11).map(|n| format!("{{ asset: m{n}, type: audio }}")).collect();
    let media = media.join(", ");
    assert_rejected(
        &with_scenario(&format!("  - {{ name: a, media: [{media}], expect: {{ ends_at: done }} }}\n")),
        &["11", "10"],
    );
}

#[test]
fn invalid_key() {
    let sandbox = with_scenario("  - { name: a, dtmf: [\"1E2\"], expect: { ends_at: done } }\n");
    assert_rejected(&sandbox, &["'E'", "suites/tiny.yaml:5:25", "0-9"]);
}

#[test]
fn unknown_node_in_a_path() {
    let sandbox = with_scenario("  - { name: a, dtmf: [\"1\"], expect: { path: [menu, dome] } }\n");
    assert_rejected(&sandbox, &["'dome'", "did you mean 'done'"]);
}

#[test]
fn a_flow_outside_of_the_root() {
    let sandbox = tiny(TINY_SUITE.replace("flows/tiny.yaml", "../../elsewhere.yaml"));
    assert_rejected(&sandbox, &["outside", "suites/tiny.yaml:2:7"]);
}

#[test]
fn a_flow_without_start_and_with_a_dangling_edge() {
    let sandbox = tiny(TINY_SUITE);
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW.replace("start: menu\n", "").replace(": done }", ": dune }"));
    let ran = sandbox.run(&["validate"]);
    assert_eq!(ran.code, 2);
    for text in ["'start'", "'dune'", "did you mean 'done'", "suites/flows/tiny.yaml:"] {
        assert!(ran.stderr.contains(text), "no {text:?} in:\n{}", ran.stderr);
    }
}

#[test]
fn control_characters_in_names_do_not_reach_the_terminal() {
    let sandbox =
        with_scenario("  - { name: \"red \\e[31m and \\0 nul\", dtmf: [\"1\"], expect: { ends_at: menu } }\n");
    let ran = sandbox.run(&["run", "--verbose"]);
    assert!(ran.code == 1 || ran.code == 2, "{ran:?}");
    for text in [&ran.stdout, &ran.stderr, &sandbox.read("callpath-report/junit.xml")] {
        assert!(!text.contains(['\u{1b}', '\0']), "{text:?}");
    }
}

#[test]
fn a_report_folder_that_cannot_be_made() {
    let sandbox = tiny(TINY_SUITE);
    sandbox.write("callpath-report", "a file in the way");
    let ran = sandbox.run(&["run"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert_eq!(ran.stdout, "", "it is found before anything runs");
    assert_eq!(ran.stderr, "error: cannot create the report folder 'callpath-report': File exists (os error 17)\n");
    assert_eq!(sandbox.read("callpath-report"), "a file in the way");
}

#[test]
fn a_full_disk_keeps_the_report_of_the_run_before() {
    let sandbox = tiny(TINY_SUITE);
    assert_eq!(sandbox.run(&["run", "--quiet"]).code, 0);
    let before = sandbox.read("callpath-report/run.json");
    // No file may grow beyond 512 bytes from here on; the signal for it is ignored, so that writing fails.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" run";
    let program = env!("CARGO_BIN_EXE_callpath");
    let ran: Ran = Command::new("bash")
        .args(["-c", script, program])
        .current_dir(sandbox.path("."))
        .output()
        .expect("bash starts")
        .into();
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stdout.contains("error: the report 'run.json' could not be written"), "{}", ran.stdout);
    assert_eq!(sandbox.read("callpath-report/run.json"), before);
    let left: Vec<_> = std::fs::read_dir(sandbox.path("callpath-report"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name.to_string_lossy().contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn no_suites() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["run"]);
    let message = "error: there is no folder 'suites'; name your suites, or write a first one with `callpath init`\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, message));
    std::fs::create_dir(sandbox.path("suites")).expect("a folder");
    let ran = sandbox.run(&["run"]);
    assert_eq!(ran.code, 4);
    assert_eq!(ran.stderr, "error: no suites found in 'suites'; `callpath init` writes a first one\n");
}

#[test]
fn unknown_tag_and_empty_selection() {
    let sandbox = Sandbox::starter();
    let ran = sandbox.run(&["run", "--tag", "smok"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("'smok'") && ran.stderr.contains("smoke"), "{}", ran.stderr);
    let ran = sandbox.run(&["run", "--filter", "nothing like it"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (4, "error: no scenario matches the filters (9 found)\n"));
    assert!(!sandbox.path("callpath-report").exists());
}

#[test]
fn subflow_that_calls_itself_and_livelock_are_failures_with_a_reason() {
    let sandbox = tiny(TINY_SUITE);
    sandbox.write(
        "suites/flows/self.yaml",
        "flow: self\nstart: again\nnodes:\n  again: { type: subflow, flow: self, on: { completed: done } }\n  done: { type: end }\n",
    );
    sandbox.write(
        "suites/flows/circle.yaml",
        "flow: circle\nstart: a\nnodes:\n  a: { type: set, set: { x: 1 }, next: b }\n  b: { type: jump, to: a }\n",
    );
    for (flow, guard) in [("self", "flows deep"), ("circle", "livelock")] {
        sandbox.write(
            "suites/tiny.yaml",
            format!(
                "suite: x\nflow: flows/{flow}.yaml\nscenarios:\n  - {{ name: x, expect: {{ outcome: completed }} }}\n"
            ),
        );
        let ran = sandbox.run(&["run"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let record = sandbox.json("callpath-report/run.json");
        let failure = record["scenarios"][0]["trace"]["failure"].as_str().unwrap_or_default();
        assert!(failure.contains(guard), "{failure:?}");
        no_panic(&ran);
    }
}

#[test]
fn mistakes_in_expressions_are_error_outcomes_that_name_both_sides() {
    let sandbox = tiny(TINY_SUITE);
    for (expression, message) in [("count / zero", "division by zero"), ("missing > 1", "missing")] {
        sandbox.write(
            "suites/flows/tiny.yaml",
            format!(
                "flow: tiny\nstart: sum\nvariables: {{ count: 4, zero: 0 }}\nnodes:\n  \
                 sum: {{ type: set, set: {{ x: \"{expression}\" }}, on: {{ next: done, error: done }} }}\n  done: {{ type: end }}\n"
            ),
        );
        sandbox.write(
            "suites/tiny.yaml",
            "suite: x\nflow: flows/tiny.yaml\nscenarios:\n  - { name: x, expect: { ends_at: done } }\n",
        );
        assert_eq!(sandbox.run(&["run", "--quiet"]).code, 0);
        let record = sandbox.json("callpath-report/run.json");
        let step: &Value = &record["scenarios"][0]["trace"]["steps"][0];
        assert_eq!(step["outcome"], "error");
        assert!(step["message"].as_str().unwrap_or_default().contains(message), "{step}");
    }
}

/// Flows of other makers, as suites and as the flow of a suite: not one is understood, each is answered in good order.
#[test]
fn foreign_files() {
    let Some(corpus) = std::env::var_os("CALLPATH_CORPUS") else {
        eprintln!("CALLPATH_CORPUS names no folder: no foreign file was tried");
        return;
    };
    let sandbox = Sandbox::new();
    let mut count = 0;
    for entry in walkdir::WalkDir::new(corpus).into_iter().map(|entry| entry.expect("an entry")) {
        if !entry.file_type().is_file() {
            continue;
        }
        count += 1;
        let content = std::fs::read(entry.path()).expect("a file");
        sandbox.write("foreign.yaml", &content);
        sandbox.write("flows/tiny.yaml", &content);
        sandbox.write("tiny.yaml", TINY_SUITE);
        for file in ["foreign.yaml", "tiny.yaml"] {
            let ran = sandbox.run(&["validate", file]);
            assert_eq!(ran.code, 2, "{}: {ran:?}", entry.path().display());
            assert!(ran.stderr.contains("error["), "{}: {ran:?}", entry.path().display());
            no_panic(&ran);
        }
    }
    assert!(count > 100, "{count} files");
}

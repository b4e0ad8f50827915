//! The rules: their page, and the options that set them.

use callpath::internal::source::diagnostics::RULES;
use serde_json::Value;

use crate::support::{Ran, Sandbox, repository, run_in_repository};

/// The sections of `docs/rules.md`: the rule, and the YAML blocks.
fn sections() -> Vec<(String, Vec<String>)> {
    let page = std::fs::read_to_string(repository().join("docs/rules.md")).expect("the page");
    let section = |text: &str| {
        let (name, rest) = text.split_once('\n').expect("a heading");
        let blocks =
            rest.split("```yaml\n").skip(1).map(|block| block.split("```").next().expect("a block").to_owned());
        (name.to_owned(), blocks.collect())
    };
    page.split("\n## ").skip(1).map(section).collect()
}

#[test]
fn the_page_has_every_rule_and_no_other() {
    let names: Vec<String> = sections().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, RULES.map(|rule| rule.name));
}

/// Each example triggers its rule, and nothing else.
#[test]
fn the_examples_show_their_rules() {
    for (rule, blocks) in sections() {
        let sandbox = Sandbox::new();
        for block in &blocks {
            // A section with several files names each in its first line.
            let named = block.lines().next().and_then(|line| line.strip_prefix("# "));
            sandbox.write(named.unwrap_or("flow.yaml"), block);
        }
        let ran = sandbox.run(&["validate", "--format", "json", "."]);
        let found: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{rule}: {}", ran.stderr));
        let rules: Vec<&str> = found.iter().filter_map(|finding| finding["rule"].as_str()).collect();
        assert_eq!(rules, [rule.as_str()], "{found:?}");
        assert_eq!(ran.code, 0, "{rule}");
        assert!(found[0]["help"].is_string() && found[0]["line"].is_u64(), "{found:?}");
    }
}

/// A flow with a dead end and a constant condition, and a suite that passes.
fn flawed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "flow.yaml",
        "flow: f\nstart: a\nnodes:\n  a: { type: decision, if: 1 < 2, on: { true: b, false: b } }\n  \
         b: { type: lookup, on: { success: bye } }\n  bye: { type: end }\n",
    );
    sandbox.write(
        "suites/s.yaml",
        "suite: s\nflow: ../flow.yaml\nscenarios:\n  - { name: one, stubs: { b: success }, expect: { outcome: completed } }\n",
    );
    sandbox
}

fn rules(ran: &Ran) -> Vec<(String, String)> {
    let found: Vec<Value> = serde_json::from_str(&ran.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    found.iter().map(|finding| (text(&finding["rule"]), text(&finding["severity"]))).collect()
}

#[test]
fn rules_are_allowed_and_denied() {
    let sandbox = flawed();
    let validate = |arguments: &[&str]| {
        let ran = sandbox.run(&[&["validate", "--format", "json"], arguments].concat());
        (ran.code, rules(&ran))
    };
    let finding = |rule: &str, severity: &str| (rule.to_owned(), severity.to_owned());
    let (dead_end, constant) = ("flow/dead-end", "flow/constant-condition");
    assert_eq!(validate(&[]), (0, vec![finding(dead_end, "warning"), finding(constant, "warning")]));
    assert_eq!(validate(&["--strict"]).0, 2);
    assert_eq!(validate(&["--allow", "flow/*"]), (0, vec![]));
    assert_eq!(validate(&["--allow", "flow/*", "--deny", dead_end]), (2, vec![finding(dead_end, "error")]));
    sandbox.write("callpath.toml", "[rules]\n\"flow/*\" = \"allow\"\n\"flow/constant-condition\" = \"deny\"\n");
    assert_eq!(validate(&[]), (2, vec![finding(constant, "error")]));
    assert_eq!(validate(&["--allow", constant]), (0, vec![]));
}

/// What reading notices is allowed and denied as well, in suites that can be used and in those that cannot.
#[test]
fn warnings_of_reading_are_rules_too() {
    let sandbox = Sandbox::new();
    sandbox.write("flow.yaml", "flow: f\nstart: a\nnodes:\n  a: { type: decision, if: x == 1, on: { true: b, false: b } }\n  b: { type: end }\n");
    let suite = |expect: &str| {
        format!(
            "suite: s\nflow: ../flow.yaml\nscenarios:\n  - {{ name: n, variables: {{ x: 1 }}, matrix: {{ unused: [1] }}, expect: {{ {expect} }} }}\n"
        )
    };
    sandbox.write("suites/s.yaml", suite("outcome: completed"));
    let ran = |arguments: &[&str]| {
        let ran = sandbox.run(arguments);
        let heads = ran.stderr.lines().filter(|line| line.starts_with("warning[") || line.starts_with("error["));
        let heads: Vec<&str> = heads.map(|line| line.split(']').next().expect("a part")).collect();
        format!("{} {}", ran.code, heads.join(" "))
    };
    let (variable, axis) = ("flow/unknown-variable", "suite/unused-axis");
    assert_eq!(ran(&["run"]), "0 warning[flow/unknown-variable warning[suite/unused-axis");
    assert_eq!(sandbox.json("callpath-report/run.json")["header"]["structural_defects"], 1);
    assert_eq!(ran(&["run", "--allow", variable]), "0 warning[suite/unused-axis");
    assert_eq!(sandbox.json("callpath-report/run.json")["header"]["structural_defects"], 0);
    assert_eq!(ran(&["run", "--deny", axis]), "2 warning[flow/unknown-variable error[suite/unused-axis");
    assert_eq!(ran(&["validate", "--allow", "*"]), "0 ");
    sandbox.write("callpath.toml", "[rules]\n\"*/un*\" = \"allow\"\n");
    assert_eq!(ran(&["list"]), "0 ");
    sandbox.write("suites/s.yaml", suite("ends_at: nowhere"));
    assert_eq!(ran(&["validate"]), "2 error[suite/unknown-node");
    assert_eq!(ran(&["validate", "--deny", variable]), "2 error[flow/unknown-variable error[suite/unknown-node");
}

#[test]
fn a_run_counts_findings_and_stops_at_denied_ones() {
    let sandbox = flawed();
    let ran = sandbox.run(&["run"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stderr, "flow analysis: 2 warnings in 1 file; `callpath validate` shows them\n");
    assert_eq!(sandbox.run(&["run", "--allow", "flow/*"]).stderr, "");
    let ran = sandbox.run(&["run", "--deny", "flow/dead-end"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("error[flow/dead-end]"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn unknown_rules_are_mistakes() {
    let sandbox = flawed();
    let ran = sandbox.run(&["validate", "--deny", "flow/deadend"]);
    assert_eq!((ran.code, &*ran.stderr), (2, "error: unknown rule 'flow/deadend'; did you mean 'flow/dead-end'?\n"));
    sandbox.write("callpath.toml", "[rules]\n\"flow/trapp\" = \"deny\"\n");
    let ran = sandbox.run(&["run"]);
    let expected =
        "error: in the table 'rules' of the configuration: unknown rule 'flow/trapp'; did you mean 'flow/trap'?\n";
    assert_eq!((ran.code, &*ran.stderr), (2, expected));
}

#[test]
fn rules_are_listed_with_what_becomes_of_them() {
    let ran = Sandbox::new().run(&["validate", "--rules", "--deny", "flow/trap", "--allow", "flow/no-end"]);
    assert_eq!(ran.code, 0);
    for line in [
        "flow/dead-end               warning  an outcome without an edge, at which the call gets stuck",
        "flow/trap                   error    a cycle of nodes with no way out",
        "flow/no-end                 allowed  a flow in which no call can end properly",
        "suite/never-stubbed         note     a lookup that no scenario of the flow stubs",
    ] {
        assert!(ran.stdout.lines().any(|listed| listed == line), "{}", ran.stdout);
    }
    assert_eq!(ran.stdout.lines().count(), RULES.len());
}

/// A lookup is answered for by its service or its node, in whichever suite, and also where a flow is part of two programs.
#[test]
fn one_stub_of_one_suite_is_enough() {
    let sandbox = Sandbox::new();
    let lookup = |outcome: &str| {
        format!(
            "{{ type: lookup, service: crm, on: {{ success: {outcome}, not_found: {outcome}, failure: {outcome}, timeout: {outcome} }} }}"
        )
    };
    let call = "{ type: subflow, flow: inner, on: { completed: bye, error: bye } }\n  bye: { type: end }\n";
    for name in ["one", "two"] {
        sandbox.write(
            &format!("{name}.yaml"),
            format!("flow: {name}\nstart: a\nsubflows: [inner.yaml]\nnodes:\n  a: {call}"),
        );
    }
    sandbox.write(
        "inner.yaml",
        format!("flow: inner\nstart: ask\nnodes:\n  ask: {}\n  back: {{ type: return }}\n", lookup("back")),
    );
    let suite = |flow: &str, stubs: &str| {
        format!(
            "suite: s\nflow: ../{flow}.yaml\nscenarios:\n  - {{ name: n, stubs: {{ {stubs} }}, expect: {{ outcome: completed }} }}\n"
        )
    };
    let notes = |first: &str, second: &str| {
        sandbox.write("suites/one.yaml", suite("one", first));
        sandbox.write("suites/two.yaml", suite("two", second));
        let ran = sandbox.run(&["validate", "--format", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.stdout);
        rules(&ran)
    };
    assert_eq!(notes("", ""), [("suite/never-stubbed".to_owned(), "note".to_owned())]);
    assert_eq!(notes("crm: success", ""), []);
    assert_eq!(notes("", "inner/ask: success"), []);
}

#[test]
fn the_example_flows_are_clean() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["validate", "--strict"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

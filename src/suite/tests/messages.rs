//! Messages about mistakes: one case per folder of `tests/cases/suites`, and those that depend on
//! how files are loaded.

use super::*;
use crate::source::testing::{check_cases, input_files};

#[test]
fn mistakes_are_explained() {
    check_cases("suites", |case| {
        let files = input_files(case);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        said(&Folder::new(&files).load())
    });
}

#[test]
fn what_is_wrong_with_a_flow_is_told_once_and_every_suite_that_calls_it_is_rejected() {
    let s = "suite: S\nflow: flows/broken.yaml\nscenarios:\n  - name: x\n    expect: { outcome: served }\n";
    let folder = Folder::new(&[
        ("a.yaml", s),
        ("b.yaml", s),
        ("c.yaml", &suite("  - name: x\n    expect: { outcome: served }\n")),
        ("flows/broken.yaml", "flow: broken\nstart: nowhere\nnodes:\n  a: { type: end }\n"),
    ]);
    let mut texts = Vec::new();
    for threads in [1, 4, 4, 4] {
        let loaded = folder.load_by(threads, &["."]);
        assert_eq!(loaded.suites.len(), 1);
        let rejected: Vec<String> = loaded
            .rejected
            .iter()
            .map(|rejected| format!("{} {}", rejected.suite, rejected.diagnostics.len()))
            .collect();
        assert_eq!(rejected, ["a 2", "b 1"]);
        texts.push(said(&loaded));
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    insta::assert_snapshot!(texts[0], @"
    error[suite/broken-flow]: the flow 'flows/broken.yaml' cannot be used: it has errors
     --> a.yaml:2:7
      |
    2 | flow: flows/broken.yaml
      |       ^^^^^^^^^^^^^^^^^

    error[suite/broken-flow]: the flow 'flows/broken.yaml' cannot be used: it has errors
     --> b.yaml:2:7
      |
    2 | flow: flows/broken.yaml
      |       ^^^^^^^^^^^^^^^^^

    error[flow/unknown-node]: unknown node 'nowhere'
     --> flows/broken.yaml:2:8
      |
    2 | start: nowhere
      |        ^^^^^^^ the flow has no node with this id
    ");
}

#[test]
fn files_that_are_no_text() {
    let folder = Folder::new(&[
        ("empty.yaml", ""),
        ("nul.yaml", "a\0b"),
        ("tab.yaml", "suite: S\nscenarios:\n\t- a\n"),
        ("x.yaml", "a: 1\n"),
        ("x.yml", "b: 1\n"),
    ]);
    folder.write("good.yaml", &suite("  - name: x\n    expect: { outcome: served }\n"));
    let loaded = folder.load();
    assert_eq!(loaded.suites.len(), 1);
    insta::assert_snapshot!(said(&loaded), @"
    error[yaml/empty]: the file is empty
     --> empty.yaml

    error[yaml/binary]: this is a binary file (a NUL at byte 1), not a text
     --> nul.yaml

    error[yaml/syntax]: this line is indented with a tab
     --> tab.yaml:3:1
      |
    3 |     - a
      | ^^^^ a tab
      |
      = help: indent with spaces; YAML allows no tabs there

    error[suite/missing-key]: missing key 'suite' in a suite
     --> x.yaml:1:1
      |
    1 | a: 1
      | ^^^^
      |
      = help: add 'suite: ...'

    error[suite/missing-key]: missing key 'scenarios' in a suite
     --> x.yaml:1:1
      |
    1 | a: 1
      | ^^^^
      |
      = help: add 'scenarios: ...'

    error[suite/unknown-key]: unknown key 'a' in a suite
     --> x.yaml:1:1
      |
    1 | a: 1
      | ^
      |
      = help: known keys are 'suite', 'description', 'kind', 'extends', 'flow', 'tags', 'defaults', 'gates' and 'scenarios'

    error[suite/ambiguous-path]: this file and 'x.yaml' have the same name for scenarios' ids: 'x'
     --> x.yml
      = help: rename one of them

    error[suite/missing-key]: missing key 'suite' in a suite
     --> x.yml:1:1
      |
    1 | b: 1
      | ^^^^
      |
      = help: add 'suite: ...'

    error[suite/missing-key]: missing key 'scenarios' in a suite
     --> x.yml:1:1
      |
    1 | b: 1
      | ^^^^
      |
      = help: add 'scenarios: ...'

    error[suite/unknown-key]: unknown key 'b' in a suite
     --> x.yml:1:1
      |
    1 | b: 1
      | ^
      |
      = help: known keys are 'suite', 'description', 'kind', 'extends', 'flow', 'tags', 'defaults', 'gates' and 'scenarios'
    ");
}

#[test]
fn a_file_outside_of_the_root() {
    let mut folder = Folder::new(&[("s.yaml", &suite("  - name: x\n    expect: { outcome: served }\n"))]);
    folder.options.root.push("flows");
    insta::assert_snapshot!(said(&folder.load()), @"
    error[suite/outside-root]: the file lies outside of the suite root
     --> s.yaml
      = help: the root is the folder with callpath.toml, else the current one: run in a folder above, or put a callpath.toml there
    ");
}

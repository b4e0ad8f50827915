//! What a newcomer types wrong, and what the program answers.

use crate::support::{Sandbox, TINY_FLOW, TINY_SUITE, without_wall};

/// The exit code and what was said about it.
fn answer(sandbox: &Sandbox, arguments: &[&str]) -> (i32, String) {
    let ran = sandbox.run(arguments);
    (ran.code, ran.stderr)
}

#[test]
fn a_path_that_is_misspelt_or_holds_no_suites() {
    let sandbox = Sandbox::starter();
    let table = [
        ("suits", 2, "there is no file or folder 'suits'; did you mean 'suites'?"),
        ("nowhere", 2, "there is no file or folder 'nowhere'"),
        ("suites/**/*.yml", 4, "no YAML file matches 'suites/**/*.yml'"),
        (
            "suites/flows",
            4,
            "no suites found in 'suites/flows'; the YAML file there is a flow or a base of other suites",
        ),
    ];
    for (path, code, message) in table {
        for command in ["run", "list"] {
            assert_eq!(answer(&sandbox, &[command, path]), (code, format!("error: {message}\n")));
        }
    }
    assert!(!sandbox.path("callpath-report").exists());
}

#[test]
fn the_suites_of_the_project_are_found_from_a_folder_below_it() {
    let sandbox = Sandbox::starter();
    std::fs::create_dir(sandbox.path("docs")).expect("a folder");
    let ran = sandbox.command().current_dir(sandbox.path("docs")).arg("list").output().expect("the program starts");
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), sandbox.run(&["list"]).stdout);
    // A folder of that name nearby is meant first.
    sandbox.write("docs/suites/tiny.yaml", TINY_SUITE);
    sandbox.write("docs/suites/flows/tiny.yaml", TINY_FLOW);
    let ran = sandbox.command().current_dir(sandbox.path("docs")).arg("list").output().expect("the program starts");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "docs/suites/tiny::presses one\n");
}

#[test]
fn the_reports_are_the_same_wherever_in_the_project_the_command_is_given() {
    let sandbox = Sandbox::starter();
    sandbox.write("suites/broken.yaml", "suite: x\nflow: flows/starter.yaml\nscenarios: [{ nmae: x }]\n");
    let record = |folder: &str, path: &str| {
        let reports = sandbox.path(&format!("reports-{}", folder.len()));
        let mut command = sandbox.command();
        command.current_dir(sandbox.path(folder)).args(["run", path, "--report-dir"]).arg(&reports);
        let ran: crate::support::Ran = command.output().expect("the program starts").into();
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stdout.contains("--> suites/broken.yaml:3:15\n"), "{}", ran.stdout);
        let text = std::fs::read_to_string(reports.join("run.json")).expect("a record");
        let mut record = without_wall(serde_json::from_str(&text).expect("JSON"));
        assert_eq!(record["header"]["paths"].take(), serde_json::json!([path]));
        record
    };
    let here = record(".", "suites");
    assert!(here == record("suites/flows", ".."), "the records differ");
}

#[test]
fn keys_that_were_not_indented() {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    let help = |suite: &str| {
        sandbox.write("suites/tiny.yaml", suite);
        let (code, said) = answer(&sandbox, &["validate"]);
        assert_eq!(code, 2);
        said
    };
    for key in [
        "outcome",
        "ends_at",
        "path",
        "decisions",
        "never",
        "prompts",
        "lookups",
        "efficiency",
        "duration",
        "keypresses",
        "unused_input",
        "failure",
    ] {
        let said =
            help(&format!("suite: x\nflow: flows/tiny.yaml\nscenarios:\n  - name: x\n    expect:\n    {key}: done\n"));
        assert!(said.contains(&format!("'{key}' belongs below 'expect': indent it")), "{said}");
        // It is a key there: whatever else is wrong with it, it is not unknown.
        let said = help(&format!(
            "suite: x\nflow: flows/tiny.yaml\nscenarios:\n  - name: x\n    expect:\n      {key}: [[x]]\n"
        ));
        assert!(!said.contains("unknown key"), "{said}");
    }
    for key in
        ["call", "clock", "variables", "media", "stubs", "queues", "seed", "timeout", "time_limit", "retries", "expect"]
    {
        let said = help(&format!("suite: x\nflow: flows/tiny.yaml\ndefaults:\n{key}: [[x]]\nscenarios: []\n"));
        assert!(said.contains(&format!("'{key}' belongs below 'defaults': indent it")), "{said}");
        let said = help(&format!("suite: x\nflow: flows/tiny.yaml\ndefaults:\n  {key}: [[x]]\nscenarios: []\n"));
        assert!(!said.contains("unknown key"), "{said}");
    }
}

#[test]
fn options_that_cannot_be() {
    let sandbox = Sandbox::starter();
    let table: [(&[&str], &str); 7] = [
        (&["--jobs", "0"], "it must be a whole number from 1 to 4096"),
        (&["--retries", "many"], "it must be a whole number from 0 to 100"),
        (&["--timeout", "5"], "'5' has no unit; write for example '30s'"),
        (&["--timeout", "0s"], "it must be longer than 0s, for example '30s'"),
        (&["--seed", "-1"], "it must be a whole number from 0 to 18446744073709551615"),
        (&["--tag", "bank AND slow"], "write 'and' in small letters"),
        (&["--tag", "bank slow"], "write for example 'bank and not slow'"),
    ];
    for (options, message) in table {
        let arguments: Vec<&str> = ["run"].iter().chain(options).copied().collect();
        let (code, said) = answer(&sandbox, &arguments);
        assert_eq!(code, 2);
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn numbers_of_a_profile_have_the_bounds_of_their_flags() {
    let sandbox = Sandbox::starter();
    for (setting, bounds) in [
        ("jobs = 0", "from 1 to 4096"),
        ("jobs = 4294967295", "from 1 to 4096"),
        ("retries = -1", "from 0 to 100"),
        ("repeat = 0", "from 1 to 10000"),
        ("max-fail = 0", "from 1 to 4294967295"),
    ] {
        sandbox.write("callpath.toml", format!("[profile.default]\n{setting}\n"));
        let (code, said) = answer(&sandbox, &["run"]);
        assert_eq!(code, 2, "{setting}");
        assert!(said.contains("callpath.toml:2:") && said.contains(bounds), "{said}");
    }
    sandbox.write("callpath.toml", "[profile.default]\njobs = 2\nretries = 0\nrepeat = 2\nmax-fail = 1\n");
    assert_eq!(answer(&sandbox, &["run"]), (0, String::new()));
}

#[test]
fn a_run_of_nothing_but_a_broken_file_shows_no_empty_measures() {
    let sandbox = Sandbox::new();
    sandbox.write("suites/tiny.yaml", "suite: x\n");
    let ran = sandbox.run(&["run"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("1 scenario: 0 passed, 1 error"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('–'), "{}", ran.stdout);
}

#[test]
fn an_efficiency_without_an_end_says_what_is_missing() {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    sandbox.write("suites/tiny.yaml", TINY_SUITE.replace("ends_at: done", "efficiency: { at_least: 0.5 }"));
    let ran = sandbox.run(&["run"]);
    assert_eq!(ran.code, 1);
    let message = "expected at least 0.5, found none: the scenario expects neither 'outcome' nor 'ends_at'";
    assert!(ran.stdout.contains(message), "{}", ran.stdout);
}

#[test]
fn a_port_that_is_in_use_is_said_with_a_way_out() {
    let sandbox = Sandbox::starter();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address");
    let said = answer(&sandbox, &["serve", "--port", &address.port().to_string()]);
    let message = format!("another program already listens on '{address}'; choose another --port, or 0 for a free one");
    assert_eq!(said, (2, format!("error: {message}\n")));
}

#[test]
fn a_run_of_which_everything_is_skipped_says_how_to_learn_why() {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", TINY_SUITE.replace("presses one,", "presses one, skip: later,"));
    let said = answer(&sandbox, &["run", "tiny.yaml"]);
    assert_eq!(said, (4, "error: every scenario was skipped; --verbose shows the reasons\n".to_owned()));
    let lines = sandbox.run(&["run", "tiny.yaml", "--verbose"]).stdout;
    assert!(lines.contains("presses one  (later)\n"), "{lines}");
}

#[test]
fn a_suite_in_the_place_of_a_flow_is_told_once() {
    let sandbox = Sandbox::starter();
    sandbox.write("suites/other.yaml", "suite: Other\nflow: starter.yaml\nscenarios: [{ name: x }]\n");
    let ran = sandbox.run(&["validate", "suites/other.yaml"]);
    assert_eq!(ran.code, 2);
    let said = ran.stdout + &ran.stderr;
    assert_eq!(said.matches("this is a suite, where a flow is wanted").count(), 1, "{said}");
    assert!(!said.contains("missing key"), "{said}");
    let (code, served) = answer(&sandbox, &["serve", "--flows", "suites/starter.yaml", "--port", "0"]);
    assert_eq!((code, served.matches("this is a suite").count()), (2, 1), "{served}");
}

#[test]
fn a_mistake_in_the_configuration_shows_no_secret() {
    let sandbox = Sandbox::starter();
    let mut said = String::new();
    for text in [
        "[target.x]\nclient-secret = 271828\n",
        "[target.x]\nclient-secret = [\n  \"hunter2\",\n]\n",
        "[target.x]\nclient-secert = \"hunter2\"\n",
        "[target.x]\nclient-secret = \"hunter2\" # hunter2\nclient-id = 5\n",
        "[target]\nx = { client-secret = \"hunter2\", client-id = 5 }\n",
        "[export.x]\nclient-secret \"hunter2\"\n",
        "[limits]\ndtmf-items = \"x\"\n",
    ] {
        sandbox.write("callpath.toml", text);
        let (code, message) = answer(&sandbox, &["run"]);
        assert_eq!(code, 2);
        said += &message;
    }
    for secret in ["hunter2", "271828"] {
        assert!(!said.contains(secret), "{said}");
    }
    insta::assert_snapshot!(said);
}

//! Arguments, the configuration and the environment.

use crate::support::Sandbox;

fn ids(stdout: &str) -> Vec<&str> {
    stdout.lines().map(|line| line.split_once("::").expect("an id").1).collect()
}

#[test]
fn tags_and_ids_select() {
    let sandbox = Sandbox::starter();
    let ran = sandbox.run(&["list", "--tag", "smoke"]);
    assert_eq!(ids(&ran.stdout), ["the caller hears the balance"]);
    let ran = sandbox.run(&["list", "--tag", "not smoke", "--filter", "*[answer=*]", "--filter", "17:00"]);
    assert_eq!(
        ids(&ran.stdout),
        [
            "the balance service answers not_found[answer=not_found,end=agents]",
            "the balance service answers failure[answer=failure,end=apology]",
            "the balance service answers timeout[answer=timeout,end=apology]",
            "at 17:00:00 the office is closed[time=17:00:00,state=closed]",
        ]
    );
}

#[test]
fn list_for_machines() {
    let sandbox = Sandbox::starter();
    let ran = sandbox.run(&["list", "--format", "json", "--tag", "smoke"]);
    insta::assert_snapshot!(ran.stdout, @r#"
    [
      {
        "id": "suites/starter::the caller hears the balance",
        "name": "the caller hears the balance",
        "tags": [
          "smoke"
        ],
        "file": "suites/starter.yaml",
        "line": 10,
        "flow": "starter"
      }
    ]
    "#);
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_profile() {
    let sandbox = Sandbox::starter();
    sandbox.write("callpath.toml", "[profile.default]\nseed = 1\nreport-dir = \"a\"\n[profile.ci]\nseed = 2\n");
    let seed = |environment: Option<&str>, arguments: &[&str]| {
        let mut command = sandbox.command();
        command.args(["run", "--quiet"]).args(arguments);
        command.envs(environment.map(|seed| ("CALLPATH_SEED", seed)));
        assert!(command.status().expect("the program starts").success());
        sandbox.json("a/run.json")["header"]["seed"].as_u64()
    };
    assert_eq!(seed(None, &[]), Some(1));
    assert_eq!(seed(None, &["--profile", "ci"]), Some(2));
    assert_eq!(seed(Some("3"), &["--profile", "ci"]), Some(3));
    assert_eq!(seed(Some("3"), &["--seed", "4"]), Some(4));
}

#[test]
fn settings_are_found_from_below_and_ids_stay_the_same() {
    let sandbox = Sandbox::starter();
    let ran = sandbox.command().args(["list", "starter.yaml"]).current_dir(sandbox.path("suites")).output();
    let stdout = String::from_utf8(ran.expect("the program starts").stdout).expect("UTF-8");
    assert_eq!(stdout, sandbox.run(&["list"]).stdout);
}

#[test]
fn mistakes_in_the_configuration_have_their_place() {
    let sandbox = Sandbox::starter();
    sandbox.write("callpath.toml", "[profile.default]\njbos = 4\n");
    let ran = sandbox.run(&["run", "--color", "never"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @"
    error[config/unknown-key]: unknown key 'jbos'
     --> callpath.toml:2:1
      |
    2 | jbos = 4
      | ^^^^
      |
      = help: did you mean 'jobs'?
    error: the configuration 'callpath.toml' cannot be used
    ");
    sandbox.write("callpath.toml", "[profile.default]\ntimeout = \"soon\"\n");
    let ran = sandbox.run(&["run", "--color", "never"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @r#"
    error[config/invalid]: 'soon' is not a duration; write for example '30s'
     --> callpath.toml:2:11
      |
    2 | timeout = "soon"
      |           ^^^^^^
    error: the configuration 'callpath.toml' cannot be used
    "#);
    let profile_of = |content: Option<&str>| {
        let sandbox = Sandbox::new();
        if let Some(content) = content {
            sandbox.write("callpath.toml", content);
        }
        let ran = sandbox.run(&["run", "--profile", "ci"]);
        assert_eq!(ran.code, 2);
        ran.stderr
    };
    assert_eq!(
        profile_of(Some("")),
        "error: callpath.toml has no profile 'ci'; write its settings below '[profile.ci]'\n"
    );
    assert_eq!(profile_of(Some("[profile.cii]\n")), "error: callpath.toml has no profile 'ci'; did you mean 'cii'?\n");
    assert_eq!(profile_of(Some("[profile.night]\n")), "error: callpath.toml has no profile 'ci'; there are: night\n");
    assert_eq!(profile_of(None), "error: there is no profile 'ci': no callpath.toml in this folder or a parent\n");
}

#[test]
fn limits_of_the_configuration_hold() {
    let sandbox = Sandbox::starter();
    sandbox.write("callpath.toml", "[limits]\ndtmf-items = 2\n");
    let ran = sandbox.run(&["validate"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("suites/starter.yaml:20:26"), "{}", ran.stderr);
}

#[test]
fn tests_stop_after_so_many_failures() {
    let sandbox = Sandbox::starter();
    let broken = sandbox.read("suites/starter.yaml").replace("outcome: completed", "outcome: closed");
    sandbox.write("suites/starter.yaml", broken);
    let ran = sandbox.run(&["run", "--quiet", "--fail-fast", "--jobs", "1"]);
    assert_eq!(ran.code, 1);
    let totals = &sandbox.json("callpath-report/run.json")["totals"];
    assert_eq!((totals["failed"].as_u64(), totals["skipped"].as_u64()), (Some(1), Some(8)));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let sandbox = Sandbox::starter();
    for arguments in [&["rnu"] as &[&str], &["run", "--jbos", "1"], &["run", "--jobs", "0"], &["run", "--timeout", "5"]]
    {
        let ran = sandbox.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
    let ran = sandbox.run(&["run", "--tag", "smoke and ("]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("smoke and ("), "{}", ran.stderr);
}

#[test]
fn help_completions_and_manual() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!("help", sandbox.run(&["--help"]).stdout);
    insta::assert_snapshot!("help-run", sandbox.run(&["run", "--help"]).stdout);
    assert!(sandbox.run(&["completions", "bash"]).stdout.contains("callpath"));
    assert!(sandbox.run(&["man"]).stdout.starts_with(".ie"));
    assert_eq!(sandbox.run(&["man", "--write", "man"]).code, 0);
    assert!(sandbox.path("man/callpath-run.1").is_file());
}

#[test]
fn colours_only_where_they_are_wanted() {
    let sandbox = Sandbox::starter();
    let broken = sandbox.read("suites/starter.yaml").replace("outcome: completed", "outcome: closed");
    sandbox.write("suites/starter.yaml", broken);
    let coloured = |arguments: &[&str]| {
        let ran = sandbox.run(arguments);
        format!("{}{}", ran.stdout, ran.stderr).contains('\u{1b}')
    };
    assert!(!coloured(&["run"]));
    assert!(coloured(&["run", "--color", "always"]));
    assert!(!coloured(&["run", "--color", "never"]));
}

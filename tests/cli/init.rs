use crate::support::Sandbox;

#[test]
fn the_starter_project_passes() {
    let sandbox = Sandbox::starter();
    let ran = sandbox.run(&["run"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let record = sandbox.json("callpath-report/run.json");
    assert_eq!(record["totals"]["passed"], 9);
    assert_eq!(record["totals"]["scenarios"], 9);
    let ran = sandbox.run(&["validate", "--strict"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "valid: 1 suite with 9 scenarios, 1 flow\n"), "{}", ran.stderr);
}

#[test]
fn a_second_init_touches_nothing() {
    let sandbox = Sandbox::starter();
    sandbox.write("suites/starter.yaml", "mine");
    let ran = sandbox.run(&["init"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, "error: './callpath.toml' already exists; nothing was written\n");
    assert_eq!(sandbox.read("suites/starter.yaml"), "mine");
}

#[test]
fn init_into_a_new_folder_says_how_to_go_on() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["init", "line"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.ends_with("now run: cd line && callpath run\n"), "{}", ran.stdout);
}

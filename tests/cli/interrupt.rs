use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Sandbox, TINY_FLOW};

/// Ctrl-C in the middle of a long run: reports are written, what did not run is skipped, the exit code is the shell's.
#[test]
fn an_interrupted_run_still_has_every_report() {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    let numbers: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    let axis = numbers.join(", ");
    sandbox.write(
        "suites/many.yaml",
        format!(
            "suite: many\nflow: flows/tiny.yaml\nscenarios:\n  - name: \"${{a}} ${{b}}\"\n    \
             matrix: {{ a: [{axis}], b: [{axis}] }}\n    dtmf: [\"1\"]\n    expect: {{ ends_at: done }}\n"
        ),
    );
    let child = sandbox
        .command()
        .args(["run", "--quiet", "--jobs", "1", "--repeat", "50"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let journal = sandbox.path("callpath-report/events.jsonl");
    while std::fs::metadata(&journal).map_or(0, |data| data.len()) < 100_000 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill starts");
    assert!(killed.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let record = sandbox.json("callpath-report/run.json");
    let total = |name: &str| record["totals"][name].as_u64().unwrap_or_default();
    assert_eq!(record["stopped"], "interrupted");
    assert_eq!(total("scenarios"), 90_000);
    assert_eq!(total("passed") + total("skipped"), 90_000);
    assert!(total("passed") > 0 && total("skipped") > 0, "{}", record["totals"]);
    assert_eq!(record["scenarios"][89_999]["reason"], "interrupted");
    assert!(sandbox.read("callpath-report/junit.xml").contains("</testsuites>"));
}

/// Scenarios on the embedded simulator never wait, so they must look for themselves whether the run is to end.
#[test]
fn a_scenario_that_is_repeated_many_times_ends_at_once() {
    let sandbox = Sandbox::new();
    sandbox.write("suites/flows/tiny.yaml", TINY_FLOW);
    let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    sandbox.write(
        "suites/many.yaml",
        format!(
            "suite: many\nflow: flows/tiny.yaml\nscenarios:\n  - name: \"${{a}}\"\n    matrix: {{ a: [{}] }}\n    \
             dtmf: [\"1\"]\n    expect: {{ ends_at: done }}\n",
            numbers.join(", ")
        ),
    );
    let child = sandbox
        .command()
        .args(["run", "--quiet", "--jobs", "1", "--repeat", "10000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let journal = sandbox.path("callpath-report/events.jsonl");
    while std::fs::metadata(&journal).map_or(0, |data| data.len()) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let start = Instant::now();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill starts");
    assert!(killed.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(start.elapsed() < Duration::from_secs(2), "it took {:?}", start.elapsed());
}

//! Temporary: measures loading of generated suites.
use std::time::Instant;
use callpath::flow::Library;
use callpath::suite::*;

fn rss(key: &str) -> u64 {
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    s.lines().find(|l| l.starts_with(key)).and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0) / 1024
}

fn scenario(n: usize) -> String {
    format!(
        "  - name: lost card reaches a card agent {n}\n    tags: [cards, critical]\n    dtmf: [\"2\", \"1\", silence, \"{:04}#\"]\n    variables: {{ customer: \"{n}\" }}\n    expect:\n      outcome: transferred\n      ends_at: card_queue\n      path: [welcome, branch_hours, main_menu, ..., card_queue]\n      decisions: {{ branch_hours: open, main_menu: \"2\", card_pin: [no_input, ok] }}\n      variables: {{ queue: cards, pin_tries: {{ at_most: 2 }} }}\n",
        n % 10000
    )
}

const FLOW: &str = include_str!("../src/suite/tests/bank.yaml");

fn main() {
    let mode = std::env::args().nth(1).unwrap();
    let jobs: usize = std::env::args().nth(2).map_or(4, |j| j.parse().unwrap());
    let (files, each) = match mode.as_str() { "one" => (1, 5000), "many" => (5000, 1), "big" => (100, 1000), "matrix" => (1, 1), _ => panic!() };
    let dir = std::path::PathBuf::from(format!("/tmp/callpath-suite-bench-{mode}"));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(dir.join("flows")).unwrap();
    std::fs::write(dir.join("flows/bank.yaml"), FLOW).unwrap();
    std::fs::write(dir.join("flows/verify.yaml"), include_str!("../src/suite/tests/verify.yaml")).unwrap();
    let mut bytes = 0;
    for f in 0..files {
        let mut t = String::from("suite: Bench\nflow: flows/bank.yaml\ntags: [bank]\ndefaults:\n  call: { ani: \"+15550100\", dnis: \"+18005550100\" }\n  clock: { at: \"2026-03-02T10:00:00\", zone: America/New_York }\n  variables: { language: en-US, priority: high }\n  stubs:\n    balance: { success: { balance: 120.5 } }\nscenarios:\n");
        if mode == "matrix" {
            let l: Vec<String> = (0..316).map(|i| i.to_string()).collect();
            let l = l.join(", ");
            t.push_str(&format!("  - name: m\n    matrix: {{ a: [{l}], b: [{l}] }}\n    dtmf: [\"2\", \"1\", silence, \"${{a}}#\"]\n    variables: {{ customer: \"${{b}}\" }}\n    expect: {{ outcome: transferred, ends_at: card_queue, decisions: {{ branch_hours: open, main_menu: \"2\" }} }}\n"));
        } else {
            for s in 0..each { t.push_str(&scenario(f * each + s)); }
        }
        bytes += t.len();
        std::fs::write(dir.join(format!("s{f:05}.yaml")), t).unwrap();
    }
    let base = rss("VmRSS");
    let start = Instant::now();
    let found = discover(&[".".to_owned()], &dir).unwrap();
    let discovered = start.elapsed();
    let library = Library::default();
    let mut options = LoadOptions::new(&dir);
    options.jobs = jobs;
    let loaded = load(&found, &options, &library);
    let total = start.elapsed();
    let n: usize = loaded.suites.iter().map(|s| s.scenarios.len()).sum();
    println!("{mode}: {n} scenarios, {} KB of text, discover {discovered:?}, total {total:?}, rss {} MB (before {base}), peak {} MB, rejected {}, warnings {}", bytes / 1024, rss("VmRSS"), rss("VmHWM"), loaded.rejected.len(), loaded.warnings.len());
    for r in loaded.rejected.iter().take(1) { for d in r.diagnostics.iter().take(5) { println!("{}", callpath::diagnose::render(d, callpath::diagnose::Style{color:false,width:120})); } }
}

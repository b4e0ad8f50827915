//! The analysis of a large flow, of which the budget is 50 ms for 2,000 nodes with exploration; and what it costs to count a
//! call, beside simulating it: `budgets.py` says what a scenario costs in all, of which counting may be a tenth.

use std::fmt::Write;
use std::sync::Arc;

use callpath::internal::flow::Program;
use callpath::internal::flow::analysis::analyse;
use callpath::internal::score::Coverage;
use callpath::internal::simulator::exploration::livelocks;
use callpath::internal::simulator::{Request, simulate};

fn main() {
    divan::main();
}

/// A flow of so many nodes: chains of prompts, menus, collects, lookups, decisions, switches and counters that lead on
/// and back, with undeclared variables that are set on the way.
fn flow(nodes: usize) -> Arc<Program> {
    let mut text =
        "flow: large\nstart: n0\nvariables: { tries: 0, level: 3 }\nevents: { on_error: bye }\nnodes:\n".to_owned();
    for n in 0..nodes {
        let (next, far, back) = ((n + 1) % nodes, (n * 7 + 3) % nodes, n / 2);
        let node = match n % 8 {
            0 => format!("type: play, prompts: [\"You are at step {n}, ${{tries}}.\"], next: n{next}"),
            1 => format!(
                "type: menu, choices: {{ \"1\": n{next}, \"2\": n{far}, \"9\": n{back} }}, on: {{ max_attempts: bye }}"
            ),
            2 => format!("type: collect, variable: c{n}, min: 4, max: 4, on: {{ ok: n{next}, max_attempts: bye }}"),
            3 => format!(
                "type: lookup, inputs: {{ c: tries }}, outputs: {{ v{n}: value }}, on: {{ success: n{next}, not_found: n{far}, failure: bye, timeout: bye }}"
            ),
            4 => format!(
                "type: decision, if: 'default(v{0}, 0) > 5 and level < 9', on: {{ \"true\": n{next}, \"false\": n{far} }}",
                n - 1
            ),
            5 => format!("type: set, set: {{ s{n}: tries + 1, tries: tries + 1 }}, next: n{next}"),
            6 => format!(
                "type: switch, cases: [{{ name: low, when: tries < 3, to: n{next} }}, {{ name: high, when: tries < 9, to: n{far} }}], on: {{ default: bye }}"
            ),
            _ => format!("type: loop, times: 3, counter: k{n}, on: {{ repeat: n{back}, done: n{next} }}"),
        };
        writeln!(text, "  n{n}: {{ {node} }}").expect("a text grows");
    }
    text += "  bye: { type: end }\n";
    Program::parse(&[&text]).unwrap_or_else(|found| panic!("{found:?}"))
}

#[divan::bench(args = [200, 2_000, 20_000])]
fn analysis(bencher: divan::Bencher<'_, '_>, nodes: usize) {
    let program = flow(nodes);
    bencher.bench(|| analyse(&program));
}

#[divan::bench(args = [200, 2_000])]
fn exploration(bencher: divan::Bencher<'_, '_>, nodes: usize) {
    let program = flow(nodes);
    bencher.bench(|| livelocks(&program));
}

/// A call of some 30 steps through a flow of 200 nodes.
fn call() -> (Arc<Program>, Request) {
    let keys = |keys: &str| callpath::internal::simulator::Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None };
    (flow(200), Request { keypad: ["1", "1234", "1"].map(keys).into(), ..Request::default() })
}

#[divan::bench]
fn simulating(bencher: divan::Bencher<'_, '_>) {
    let (program, request) = call();
    bencher.bench(|| simulate(&program, &request));
}

/// One call in a suite of a thousand.
#[divan::bench(args = [1, 1_000])]
fn counting(bencher: divan::Bencher<'_, '_>, calls_of_a_suite: usize) {
    let (program, request) = call();
    let trace = simulate(&program, &request);
    let mut coverage = Coverage::new();
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        coverage.add(number / calls_of_a_suite, &program, &trace, true, &[]);
    });
}

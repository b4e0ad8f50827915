//! Drawings of flows; the budget is 30 ms for 60 nodes.

use callpath::internal::report::drawing::{Edge, Graph, Mark, Node, Shape, draw, svg};

fn main() {
    divan::main();
}

/// A flow of so many nodes: a menu of five choices at every sixth node, steps that lead on, failures that lead to a desk, and
/// ways back to the menu before.
fn flow(nodes: usize) -> Graph {
    let mut edges = Vec::new();
    let mut lead = |from: usize, to: usize, label: &str| {
        if to < nodes {
            let (label, note) = (label.to_owned(), String::new());
            edges.push(Edge { from, to: Some(to), label, note, mark: Mark::Visited, count: Some(from as u64) });
        }
    };
    for n in 0..nodes {
        match n % 6 {
            0 => (1..=5).for_each(|key| lead(n, n + key, &key.to_string())),
            1 => lead(n, n + 5, "ok"),
            2 => lead(n, n + 13, "success"),
            3 => lead(n, n - 3, "back"),
            _ => lead(n, n + 7, "done"),
        }
        lead(n, nodes / 2, "max_attempts");
    }
    let node = |n: usize| Node {
        id: format!("node_{n}"),
        title: format!("node_{n}"),
        subtitle: "menu".into(),
        detail: "“To speak with somebody, press 0.”\nline 12".into(),
        shape: if n.is_multiple_of(6) { Shape::Input } else { Shape::Step },
        entries: if n == 0 { vec!["start".into()] } else { Vec::new() },
        mark: Mark::Visited,
        visits: Some(n as u64),
    };
    Graph { title: "a flow".into(), nodes: (0..nodes).map(node).collect(), edges }
}

#[divan::bench(args = [30, 60, 120, 300, 301, 1_000])]
fn drawn(bencher: divan::Bencher<'_, '_>, nodes: usize) {
    let graph = flow(nodes);
    bencher.bench(|| draw(&graph));
}

#[divan::bench(args = [60, 300, 1_000])]
fn written(bencher: divan::Bencher<'_, '_>, nodes: usize) {
    let drawing = draw(&flow(nodes));
    bencher.bench(|| svg(&drawing, "flow"));
}

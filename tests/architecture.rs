//! The structure of `src`: which module uses which, and that neither modules nor files form cycles.
//!
//! Every file is parsed with syn. Paths in `use` items and in code are resolved through re-exports to the file that
//! defines the item. Code under `cfg(test)` is skipped; a parent's re-export (`pub use child::Item`) is no edge.

#[path = "architecture/graph.rs"]
mod graph;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use graph::SourceGraph;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

/// The modules from the top down: each uses only modules below it. `src/lib.rs` shows the same list.
const MODULES: [&str; 13] = [
    "cli",
    "report",
    "server",
    "export",
    "runner",
    "record",
    "score",
    "suite",
    "assist",
    "remote",
    "simulator",
    "flow",
    "source",
];

/// Every arrow between two modules. A new one is a decision: add it here, and to the map in docs/architecture.md.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "report",
            "server",
            "export",
            "runner",
            "record",
            "score",
            "suite",
            "assist",
            "remote",
            "simulator",
            "flow",
            "source",
        ],
    ),
    ("report", &["runner", "record", "score", "suite", "assist", "remote", "flow", "source"]),
    ("server", &["suite", "assist", "remote", "simulator", "flow", "source"]),
    ("export", &["runner", "record", "score", "remote", "source"]),
    ("runner", &["record", "score", "suite", "assist", "remote", "simulator", "flow", "source"]),
    ("record", &["score", "suite", "assist", "remote", "simulator", "flow", "source"]),
    ("score", &["suite", "assist", "simulator", "flow", "source"]),
    ("suite", &["assist", "remote", "simulator", "flow", "source"]),
    ("assist", &["remote", "simulator", "source"]),
    ("remote", &["simulator", "flow", "source"]),
    ("simulator", &["flow", "source"]),
    ("flow", &["source"]),
];

/// Modules whose files still use each other; none may be added.
const MODULES_WITH_CYCLES: [&str; 6] = ["record", "remote", "report", "runner", "simulator", "suite"];

fn source_graph() -> SourceGraph {
    SourceGraph::parse(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

#[test]
fn modules_use_only_modules_below_them() {
    let rank = |module: &str| MODULES.iter().position(|name| *name == module);
    let upward: Vec<String> = (source_graph().arrows().into_iter())
        .filter(|(from, to, _)| rank(from).is_none_or(|from| rank(to).is_none_or(|to| to <= from)))
        .map(|(from, to, file)| format!("{from} -> {to} in {file}"))
        .collect();
    assert!(upward.is_empty(), "these arrows point up: {upward:#?}");
}

#[test]
fn the_arrows_between_modules_are_those_of_the_list() {
    let found: BTreeSet<(String, String)> =
        source_graph().arrows().into_iter().map(|(from, to, _)| (from, to)).collect();
    let listed: BTreeSet<(String, String)> =
        (ARROWS.iter()).flat_map(|(from, uses)| uses.iter().map(|to| ((*from).to_owned(), (*to).to_owned()))).collect();
    let added: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(added.is_empty() && gone.is_empty(), "not in the list: {added:?}; no longer in the code: {gone:?}");
}

#[test]
fn files_inside_a_module_form_no_cycle() {
    let graph = source_graph();
    let edges = graph.file_edges();
    let files: DiGraphMap<&str, ()> = edges.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let cycles: Vec<Vec<&str>> = tarjan_scc(&files).into_iter().filter(|files| files.len() > 1).collect();
    let shown: Vec<String> = (cycles.iter())
        .map(|cycle| {
            let inner =
                edges.iter().filter(|(from, to)| cycle.contains(&from.as_str()) && cycle.contains(&to.as_str()));
            let inner: Vec<String> = inner.map(|(from, to)| format!("  {from} -> {to}")).collect();
            format!("{} files:\n{}", cycle.len(), inner.join("\n"))
        })
        .collect();
    let found: BTreeSet<&str> = cycles.iter().flatten().filter_map(|file| file.split('/').next()).collect();
    let known = BTreeSet::from(MODULES_WITH_CYCLES);
    assert_eq!(found, known, "files that use each other:\n{}", shown.join("\n"));
}

#[test]
fn the_crate_documentation_lists_the_same_modules() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("src/lib.rs");
    let picture = text.split("```").nth(1).expect("a list of modules");
    let named: Vec<&str> = picture
        .lines()
        .skip(1)
        .filter_map(|line| line.strip_prefix("//! ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(named, MODULES);
}

/// A module's file stands beside its folder: `foo.rs` and `foo/`, never `foo/mod.rs`.
#[test]
fn there_is_one_style_of_module_files() {
    let graph = source_graph();
    let wrong: Vec<&str> = graph.files().filter(|file| file.ends_with("mod.rs")).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

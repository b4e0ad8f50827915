//! Writes a graph in the DOT language of Graphviz.

use std::fmt::Write;

use super::edges::{EdgeGroup, group_edges};
use super::graph::{Graph, Shape};
use super::text::one_line;

/// The graph in DOT, from left to right, with every edge drawn.
pub(crate) fn dot(graph: &Graph) -> String {
    let mut out = format!(
        "digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
        escape(&graph.title)
    );
    for (index, node) in graph.nodes.iter().enumerate() {
        let style = match node.shape {
            Shape::Step => "",
            Shape::Start => ", style=rounded",
            Shape::End => ", style=rounded, peripheries=2",
            Shape::Choice => ", shape=octagon",
            Shape::Input => ", shape=note",
            Shape::Call => ", shape=component",
            Shape::HandOver => ", shape=cds",
        };
        // Writing to a String does not fail, here and below.
        let _ = writeln!(out, "  n{index} [label=\"{}\\n{}\"{style}];", escape(&node.title), escape(&node.subtitle));
    }
    for (index, entry) in entries(graph) {
        let _ = writeln!(out, "  e{index} [label=\"{}\", shape=plaintext];\n  e{index} -> n{index};", escape(&entry));
    }
    for (from, to, group) in led(graph) {
        let _ = writeln!(out, "  n{from} -> n{to} [label=\"{}\"];", escape(&group.labels.join(", ")));
    }
    out.push_str("}\n");
    out
}

/// The nodes by which the graph is entered, but for a plain start.
pub(super) fn entries(graph: &Graph) -> impl Iterator<Item = (usize, String)> + '_ {
    let entered = graph.nodes.iter().enumerate().filter(|(_, node)| !node.entries.is_empty());
    entered.map(|(index, node)| (index, node.entries.join(", ")))
}

/// The groups of edges that have a target.
pub(super) fn led(graph: &Graph) -> impl Iterator<Item = (usize, usize, EdgeGroup)> {
    group_edges(graph).into_iter().flatten().filter_map(|group| Some((group.from, group.to?, group)))
}

fn escape(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::graph::{Edge, Node};

    #[test]
    fn every_way_is_drawn_and_texts_are_escaped() {
        let node = |id: &str, title: &str, shape| Node {
            id: id.into(),
            title: title.into(),
            subtitle: "menu".into(),
            shape,
            ..Node::default()
        };
        let edge = |from, to, label: &str| Edge { from, to, label: label.into(), ..Edge::default() };
        let graph = Graph {
            title: "the \"line\"".into(),
            nodes: vec![
                Node { entries: vec!["start".into()], ..node("a", "say \"hi\\\"\n", Shape::Start) },
                node("b", "b", Shape::End),
            ],
            edges: vec![
                edge(0, Some(1), "1"),
                edge(0, Some(1), "2"),
                edge(1, Some(0), ""),
                edge(0, Some(0), "#"),
                edge(0, None, "error"),
            ],
        };
        insta::assert_snapshot!(dot(&graph), @r##"
        digraph "the \"line\"" {
          rankdir=LR;
          node [shape=box, fontname="sans-serif"];
          edge [fontname="sans-serif", fontsize=10];
          n0 [label="say \"hi\\\"\nmenu", style=rounded];
          n1 [label="b\nmenu", style=rounded, peripheries=2];
          e0 [label="start", shape=plaintext];
          e0 -> n0;
          n0 -> n1 [label="1, 2"];
          n0 -> n0 [label="#"];
          n1 -> n0 [label=""];
        }
        "##);
    }
}

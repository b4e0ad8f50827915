//! A graph as a Mermaid flowchart, which GitHub, GitLab and many wikis draw.

use std::fmt::Write;

use super::dot::{entries, led};
use super::graph::{Graph, Shape};
use super::text::one_line;

/// The graph as a flowchart from left to right, with every way drawn.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let (open, close) = match node.shape {
            Shape::Step => ("[", "]"),
            Shape::Start => ("([", "])"),
            Shape::End => ("(((", ")))"),
            Shape::Choice => ("{{", "}}"),
            Shape::Input => ("[/", "/]"),
            Shape::Call => ("[[", "]]"),
            Shape::HandOver => (">", "]"),
        };
        // Writing to a String does not fail, here and below.
        let _ = writeln!(out, "  n{index}{open}\"{}<br/>{}\"{close}", escape(&node.title), escape(&node.subtitle));
    }
    for (index, entry) in entries(graph) {
        let _ = writeln!(out, "  e{index}@{{ shape: text, label: \"{}\" }} --> n{index}", escape(&entry));
    }
    for (from, to, way) in led(graph) {
        let label = escape(&way.labels.join(", "));
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(out, "  n{from} -->{label} n{to}");
    }
    out
}

/// Everything but letters, digits and a few harmless signs as an entity code: quotes end a text, `<` begins a tag, `#` and
/// `&` an entity, and backquotes, `*` and `_` are Markdown.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in one_line(text).chars() {
        match c {
            c if c.is_alphanumeric() || " ,.:-+/()?!'→·".contains(c) => escaped.push(c),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
    }
    escaped
}

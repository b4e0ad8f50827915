//! Writes a graph as a Mermaid flowchart, which GitHub, GitLab and many wikis render.

use std::fmt::Write;

use super::dot::{entries, led};
use super::graph::{Graph, Shape};
use super::text::one_line;

/// The graph as a flowchart from left to right, with every edge drawn.
pub(crate) fn mermaid(graph: &Graph) -> String {
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
    for (from, to, group) in led(graph) {
        let label = escape(&group.labels.join(", "));
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(out, "  n{from} -->{label} n{to}");
    }
    out
}

/// Everything but letters, digits and a few harmless signs as an entity code: quotes end a text,
/// `<` begins a tag, `#` and `&` an entity, and backquotes, `*` and `_` are Markdown.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::graph::{Edge, Node};

    #[test]
    fn texts_are_escaped() {
        let graph = Graph {
            title: "a line".into(),
            nodes: vec![Node {
                id: "a".into(),
                title: "say \"hi\" & <b>*2* `x` #35;".into(),
                subtitle: "end".into(),
                shape: Shape::Choice,
                entries: vec!["key *".into()],
                ..Node::default()
            }],
            edges: vec![Edge { to: Some(0), label: "no|match".into(), ..Edge::default() }],
        };
        insta::assert_snapshot!(mermaid(&graph), @r#"
        flowchart LR
          n0{{"say #34;hi#34; #38; #60;b#62;#42;2#42; #96;x#96; #35;35#59;<br/>end"}}
          e0@{ shape: text, label: "key #42;" } --> n0
          n0 -->|"no#124;match"| n0
        "#);
    }
}

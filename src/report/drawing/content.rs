//! The texts of a box, and its size.

use super::edges::{Drawn, EdgeGroup};
use super::graph::{Graph, Mark, Node};
use super::model::{DrawnBox, DrawnRow};
use super::text::{fit, one_line, width};

/// From the edge of a box to its text, in px.
const INSET: f64 = 12.0;
/// Sizes of letters in px; the style sheet has the same.
const TITLE: f64 = 13.0;
const SMALL: f64 = 11.0;
/// The narrowest and the widest box, in px.
const WIDTHS: (f64, f64) = (120.0, 216.0);
/// From the upper edge of a box to where lines come in, in px.
pub(super) const PORT: i32 = 21;
const HEADER: i32 = 42;
/// Between two rows, and between two lines of a row, in px.
const ROW: i32 = 17;
pub(super) const LINE: i32 = 14;
/// Further lines of a row stand further right by so much, in px.
pub(super) const INDENT: i32 = 10;
/// Above a box by which calls come in, in px.
pub(super) const TAG: i32 = 16;
/// Between two texts of a line, in px.
const GAP: f64 = 8.0;

/// The boxes of a graph with everything but their places, all of one width.
pub(super) fn boxes(graph: &Graph, groups: &[Vec<EdgeGroup>]) -> Vec<DrawnBox> {
    let most = graph.nodes.iter().filter_map(|node| node.visits).max().unwrap_or(0);
    let wanted =
        graph.nodes.iter().zip(groups).map(|(node, groups)| wanted(graph, node, groups)).fold(WIDTHS.0, f64::max);
    let wide = wanted.min(WIDTHS.1).ceil();
    graph.nodes.iter().zip(groups).map(|(node, groups)| content(graph, node, groups, wide, most)).collect()
}

/// Formats a number of visits.
pub(super) fn count(count: Option<u64>, mark: Mark) -> String {
    match (mark, count) {
        (Mark::Unreachable, _) => "unreachable".into(),
        (Mark::Plain, _) | (Mark::Visited | Mark::FailedOnly, None) => String::new(),
        (Mark::Never, _) => "never".into(),
        (Mark::FailedOnly, Some(count)) => format!("{} failed", grouped(count)),
        (Mark::Visited, Some(count)) => format!("{}×", grouped(count)),
    }
}

/// The level of a visit count: 0 for never, 1 to 5 on a logarithmic scale up to `most`. Integer
/// arithmetic gives the same result on every machine.
pub(super) fn heat(count: Option<u64>, most: u64) -> u8 {
    let count = count.unwrap_or(0).min(most);
    let (Some(level), Some(top)) = (count.checked_ilog2(), most.checked_ilog2()) else { return 0 };
    // At most 1 + 4.
    (1 + 4 * level / top.max(1)) as u8
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether the only edge needs no row: its line leaves from the title.
fn is_plain(groups: &[EdgeGroup]) -> bool {
    matches!(groups, [group] if group.drawn == Drawn::Line && (group.labels.is_empty() || group.labels == ["next"]))
}

fn wanted(graph: &Graph, node: &Node, groups: &[EdgeGroup]) -> f64 {
    let title = width(&one_line(&node.title), TITLE, true);
    let counted = count(node.visits, node.mark);
    let subtitle = width(&one_line(&node.subtitle), SMALL, false) + room_of(&counted);
    let rows = groups.iter().filter(|_| !is_plain(groups)).map(|group| {
        let (labels, target) = row_text(graph, group);
        width(&labels, SMALL, false) + width(&target, SMALL, false) + room_of(&row_count(group))
    });
    rows.fold(title.max(subtitle), f64::max) + 2.0 * INSET
}

fn room_of(count: &str) -> f64 {
    if count.is_empty() { 0.0 } else { width(count, SMALL, false) + GAP }
}

fn content(graph: &Graph, node: &Node, groups: &[EdgeGroup], wide: f64, most: u64) -> DrawnBox {
    let inner = wide - 2.0 * INSET;
    let counted = count(node.visits, node.mark);
    let mut rows = Vec::new();
    let mut height = HEADER;
    if !is_plain(groups) {
        for group in groups {
            let row = row(graph, group, inner, height + ROW / 2);
            // At most three.
            height += ROW + (row.lines.len() as i32 - 1) * LINE;
            rows.push(row);
        }
        height += 5;
    }
    DrawnBox {
        id: node.id.clone(),
        width: wide as i32,
        height,
        shape: node.shape,
        mark: node.mark,
        heat: heat(node.visits, most),
        title: fit(&node.title, TITLE, true, inner),
        subtitle: fit(&node.subtitle, SMALL, false, inner - room_of(&counted)),
        count: counted,
        entries: match node.entries.is_empty() {
            true => String::new(),
            false => fit(&node.entries.join(", "), SMALL, false, wide - 14.0),
        },
        tooltip: tooltip(node),
        rows,
        ..DrawnBox::default()
    }
}

fn tooltip(node: &Node) -> String {
    let mut lines = vec![node.title.clone()];
    if node.id != node.title {
        lines.push(node.id.clone());
    }
    lines.extend([node.subtitle.clone(), node.detail.clone()].into_iter().filter(|text| !text.is_empty()));
    lines.extend((!node.entries.is_empty()).then(|| format!("entered by {}", node.entries.join(", "))));
    lines.extend(said(node.mark, node.visits));
    lines.join("\n")
}

/// The visit count in words.
fn said(mark: Mark, count: Option<u64>) -> Option<String> {
    let times = |count: u64| if count == 1 { "once".to_owned() } else { format!("{} times", grouped(count)) };
    match (mark, count) {
        (Mark::Plain, _) => None,
        (Mark::Unreachable, _) => Some("no call can come here".into()),
        (Mark::Never, _) => Some("never tested".into()),
        (Mark::FailedOnly, count) => Some(format!("{}, only by scenarios that failed", times(count?))),
        (Mark::Visited, count) => Some(times(count?)),
    }
}

fn title(graph: &Graph, node: Option<usize>) -> &str {
    node.and_then(|node| graph.nodes.get(node)).map_or("", |node| &node.title)
}

fn row_text(graph: &Graph, group: &EdgeGroup) -> (String, String) {
    let labels = one_line(&group.labels.join(", "));
    let target = match group.drawn {
        Drawn::Line => String::new(),
        Drawn::Nowhere if group.note.is_empty() => String::new(),
        Drawn::Nowhere => format!("· {}", group.note),
        Drawn::Again => "↩ again".to_owned(),
        Drawn::Back => format!("↩ {}", title(graph, group.to)),
        Drawn::Named => format!("→ {}", title(graph, group.to)),
    };
    let labels = if labels == "next" && !target.is_empty() { String::new() } else { labels };
    let space = if labels.is_empty() || target.is_empty() { "" } else { " " };
    (labels + space, one_line(&target))
}

fn row_count(group: &EdgeGroup) -> String {
    match group.mark {
        Mark::Unreachable => "–".into(),
        mark => count(group.count, mark),
    }
}

fn row(graph: &Graph, group: &EdgeGroup, inner: f64, middle: i32) -> DrawnRow {
    let counted = row_count(group);
    let room = inner - room_of(&counted);
    let further = inner - f64::from(INDENT);
    let (labels, target) = row_text(graph, group);
    let mut lines = Vec::new();
    if width(&labels, SMALL, false) + width(&target, SMALL, false) <= room {
        lines.push(labels + &target);
    } else {
        let (first, rest) = split(&labels, room);
        lines.push(fit(first, SMALL, false, room));
        if !rest.is_empty() {
            lines.push(fit(rest, SMALL, false, further));
        }
        if !target.is_empty() {
            lines.push(fit(&target, SMALL, false, further));
        }
    }
    DrawnRow {
        y: middle,
        lines,
        count: counted,
        mark: group.mark,
        to: group.to.and_then(|to| Some(graph.nodes.get(to)?.id.clone())),
        drawn: group.drawn == Drawn::Line,
        tooltip: edge_tooltip(graph, group),
    }
}

/// The text up to the last comma that fits into so many px, and the rest.
fn split(text: &str, room: f64) -> (&str, &str) {
    let text = text.trim_end();
    if width(text, SMALL, false) <= room {
        return (text, "");
    }
    let commas = text.match_indices(", ").map(|(at, _)| at + 1);
    match commas.take_while(|&at| width(&text[..at], SMALL, false) <= room).last() {
        Some(at) => (&text[..at], text[at..].trim_start()),
        None => (text, ""),
    }
}

/// Describes a group of edges in full.
pub(super) fn edge_tooltip(graph: &Graph, group: &EdgeGroup) -> String {
    let labels = group.labels.join(", ");
    let colon = if labels.is_empty() { "" } else { ": " };
    let to = group.to.map(|to| format!(" → {}", title(graph, Some(to)))).unwrap_or_default();
    let mut text = format!("{}{colon}{labels}{to}", title(graph, Some(group.from)));
    if !group.note.is_empty() {
        text.push_str(", ");
        text.push_str(&group.note);
    }
    let said = match group.mark {
        Mark::Unreachable => Some("this never comes".to_owned()),
        mark => said(mark, group.count),
    };
    if let Some(said) = said {
        text.push('\n');
        text.push_str(&said);
    }
    text
}

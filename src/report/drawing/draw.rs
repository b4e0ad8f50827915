//! Draws a graph.

use std::collections::HashSet;

use super::content::{PORT, TAG, boxes, edge_tooltip, heat};
use super::edges::{Drawn, EdgeGroup, group_edges};
use super::graph::Graph;
use super::layout::{Layout, Line, Size, lay_out, spans};
use super::model::{Drawing, DrawnBox, DrawnLine};
use super::reduce::reduce;

/// Around the picture, in px.
const MARGIN: i32 = 12;
/// A line begins below its box, as some outlines have slanted edges, and runs straight before it
/// bends.
const UNDER: i32 = 14;
const STRAIGHT: i32 = 8;
/// For a note at the bottom, in px.
const NOTE: i32 = 16;
/// Columns that the lines of a picture cross, all in all. A graph of more keeps its shortest lines:
/// the others would make a page of megabytes that nobody can follow.
const MAX_CROSSED_COLUMNS: usize = 6_000;

/// Draws a graph from left to right; of one of more than 1,000 nodes the part nearest to its start.
/// The same graph gives the same drawing, on every machine.
pub fn draw(graph: &Graph) -> Drawing {
    let reduced = reduce(graph);
    let all = graph.nodes.len();
    let graph = reduced.as_ref().unwrap_or(graph);
    let mut groups = group_edges(graph);
    let named = name_longest(&mut groups);
    let mut boxes = boxes(graph, &groups);
    let sizes: Vec<Size> = boxes.iter().map(size).collect();
    let layout = lay_out(&sizes, &lines(&groups, &boxes));
    for (drawn, (x, y)) in boxes.iter_mut().zip(&layout.boxes) {
        drawn.x = MARGIN + x;
        drawn.y = MARGIN + y + tag(drawn);
    }
    let lines = draw_lines(graph, &groups, &boxes, &layout);
    let right = boxes.iter().map(|drawn| drawn.x + drawn.width);
    let bottom = boxes.iter().map(|drawn| drawn.y + drawn.height);
    let deepest = lines.iter().flat_map(|line| &line.points).map(|&(_, y)| y);
    let height = bottom.chain(deepest).max().unwrap_or(0) + MARGIN;
    let note = note(named, all, graph.nodes.len());
    Drawing {
        title: graph.title.clone(),
        width: right.max().unwrap_or(0) + MARGIN,
        height: if note.is_some() { height + NOTE } else { height },
        boxes,
        lines,
        note,
        counted: graph.nodes.iter().any(|node| node.visits.is_some()),
    }
}

/// Names the targets of the longest lines until what remains can be drawn. Returns how many these
/// are.
fn name_longest(groups: &mut [Vec<EdgeGroup>]) -> usize {
    let ends = ends(groups);
    let spans = spans(&ends, groups.len());
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&line| spans[line]);
    let mut crossed = 0;
    let kept = order.iter().take_while(|&&line| {
        crossed += spans[line] - 1;
        crossed <= MAX_CROSSED_COLUMNS
    });
    let dropped: HashSet<usize> = order[kept.count()..].iter().copied().collect();
    let lines = groups.iter_mut().flatten().filter(|group| group.drawn == Drawn::Line).enumerate();
    for (_, group) in lines.filter(|(line, _)| dropped.contains(line)) {
        group.drawn = Drawn::Named;
    }
    dropped.len()
}

/// What the picture of a large graph leaves out.
fn note(named: usize, all: usize, shown: usize) -> Option<String> {
    let lines = (named > 0).then(|| format!("the {named} longest lines are left out: their rows name the node"));
    let nodes = (shown < all).then(|| format!("of {all} nodes the {shown} nearest to the start are shown"));
    let notes: Vec<String> = lines.into_iter().chain(nodes).collect();
    (!notes.is_empty()).then(|| format!("large flow: {}", notes.join("; ")))
}

fn ends(groups: &[Vec<EdgeGroup>]) -> Vec<(usize, usize)> {
    let lines = groups.iter().flatten().filter(|group| group.drawn == Drawn::Line);
    lines.filter_map(|group| Some((group.from, group.to?))).collect()
}

fn lines(groups: &[Vec<EdgeGroup>], boxes: &[DrawnBox]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (of_node, drawn) in groups.iter().zip(boxes) {
        for (index, group) in of_node.iter().enumerate().filter(|(_, group)| group.drawn == Drawn::Line) {
            let Some((to, target)) = group.to.and_then(|to| Some((to, boxes.get(to)?))) else { continue };
            let (leaves_at, enters_at) = (tag(drawn) + port(drawn, index), tag(target) + PORT);
            lines.push(Line { from: group.from, to, leaves_at, enters_at });
        }
    }
    lines
}

/// Where a group's line leaves its box, from the upper edge.
fn port(drawn: &DrawnBox, group: usize) -> i32 {
    drawn.rows.get(group).map_or(PORT, |row| row.y)
}

fn tag(drawn: &DrawnBox) -> i32 {
    if drawn.entries.is_empty() { 0 } else { TAG }
}

fn size(drawn: &DrawnBox) -> Size {
    Size { width: drawn.width, height: drawn.height + tag(drawn) }
}

fn draw_lines(graph: &Graph, groups: &[Vec<EdgeGroup>], boxes: &[DrawnBox], layout: &Layout) -> Vec<DrawnLine> {
    let most = groups.iter().flatten().filter_map(|group| group.count).max().unwrap_or(0);
    let mut routes = layout.routes.iter();
    let mut drawn = Vec::new();
    for (from, of_node) in boxes.iter().zip(groups) {
        for (index, group) in of_node.iter().enumerate().filter(|(_, group)| group.drawn == Drawn::Line) {
            let (Some(to), Some(route)) = (group.to.and_then(|to| boxes.get(to)), routes.next()) else { continue };
            let start = (from.x + from.width, from.y + port(from, index));
            let end = (to.x, to.y + PORT);
            let mut points = vec![(start.0 - UNDER, start.1), (start.0 + STRAIGHT, start.1)];
            for &(x, y) in route {
                points.extend([(MARGIN + x, MARGIN + y), (MARGIN + x + to.width, MARGIN + y)]);
            }
            points.extend([(end.0 - STRAIGHT, end.1), end]);
            drawn.push(DrawnLine {
                from: from.id.clone(),
                to: to.id.clone(),
                points,
                mark: group.mark,
                heat: heat(group.count, most),
                tooltip: edge_tooltip(graph, group),
            });
        }
    }
    // Those that were walked lie above the others.
    drawn.sort_by_key(|line| std::cmp::Reverse(line.mark));
    drawn
}

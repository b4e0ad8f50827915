//! A graph to a drawing.

use super::content::{PORT, TAG, boxes, heat, way_tooltip};
use super::drawing::{Drawing, DrawnBox, DrawnLine};
use super::graph::Graph;
use super::place::{Layout, Size, place, place_quickly, spans};
use super::reduce::reduce;
use super::straighten::straighten;
use super::ways::{Drawn, Way, ways};

/// Around the picture, in px.
const MARGIN: i32 = 12;
/// A line begins below its box, as some outlines have slanted edges, and runs straight before it bends.
const UNDER: i32 = 14;
const STRAIGHT: i32 = 8;
/// For a note at the bottom, in px.
const NOTE: i32 = 16;
/// A graph of more nodes is laid out the quick way, and one of more places to be found: for nodes, and for each line in each
/// column, and between two columns, that it crosses. Time grows with the square of the places.
const MOST_NODES: usize = 300;
const MOST_PLACES: usize = 700;

/// Draws a graph from left to right; of one of more than 1,000 nodes the part nearest to its start. The same graph gives the same drawing, on every machine.
pub fn draw(graph: &Graph) -> Drawing {
    let reduced = reduce(graph);
    let all = graph.nodes.len();
    let graph = reduced.as_ref().unwrap_or(graph);
    let mut ways = ways(graph);
    let spans = spans(&lines(&ways), graph.nodes.len());
    let places = spans.iter().fold(graph.nodes.len(), |places, span| places + 2 * span - 1);
    let quick = graph.nodes.len() > MOST_NODES || places > MOST_PLACES;
    if quick {
        let lines = ways.iter_mut().flatten().filter(|way| way.drawn == Drawn::Line);
        for (way, _) in lines.zip(&spans).filter(|(_, span)| **span > 1) {
            way.drawn = Drawn::Named;
        }
    }
    let mut boxes = boxes(graph, &ways);
    let ends = lines(&ways);
    let sizes: Vec<Size> = boxes.iter().map(size).collect();
    let layout = if quick { None } else { place(&sizes, &ends) };
    let mut layout = layout.unwrap_or_else(|| place_quickly(&sizes, &ends));
    let ports = ports(&ways, &boxes, &layout);
    straighten(&mut layout, &sizes, &ports);
    layout.move_to_origin();
    for (drawn, (x, y)) in boxes.iter_mut().zip(&layout.boxes) {
        drawn.x = MARGIN + x;
        drawn.y = MARGIN + y + tag(drawn);
    }
    let lines = draw_lines(graph, &ways, &boxes, &layout);
    let right = boxes.iter().map(|drawn| drawn.x + drawn.width);
    let bottom = boxes.iter().map(|drawn| drawn.y + drawn.height);
    let deepest = lines.iter().flat_map(|line| &line.points).map(|&(_, y)| y);
    let height = bottom.chain(deepest).max().unwrap_or(0) + MARGIN;
    Drawing {
        title: graph.title.clone(),
        width: right.max().unwrap_or(0) + MARGIN,
        height: if quick { height + NOTE } else { height },
        boxes,
        lines,
        note: quick.then(|| note(all, graph.nodes.len())),
        counted: graph.nodes.iter().any(|node| node.visits.is_some()),
    }
}

/// What a picture that was laid out the quick way leaves out.
fn note(all: usize, shown: usize) -> String {
    let mut note = String::from("large flow: lines lead to the next column only, other ways name their node");
    if shown < all {
        note.push_str(&format!("; of {all} nodes the {shown} nearest to the start are shown"));
    }
    note
}

fn lines(ways: &[Vec<Way>]) -> Vec<(usize, usize)> {
    let lines = ways.iter().flatten().filter(|way| way.drawn == Drawn::Line);
    lines.filter_map(|way| Some((way.from, way.to?))).collect()
}

/// The heights at which each line begins and ends.
fn ports(ways: &[Vec<Way>], boxes: &[DrawnBox], layout: &Layout) -> Vec<(i32, i32)> {
    let top = |node: usize| layout.boxes.get(node).map_or(0, |place| place.1) + boxes.get(node).map_or(0, tag);
    let mut ports = Vec::new();
    for (from, (of_node, drawn)) in ways.iter().zip(boxes).enumerate() {
        for (index, way) in of_node.iter().enumerate().filter(|(_, way)| way.drawn == Drawn::Line) {
            let begin = top(from) + port(drawn, index);
            ports.push((begin, way.to.map_or(begin, |to| top(to) + PORT)));
        }
    }
    ports
}

/// Where a way leaves its box, from the upper edge.
fn port(drawn: &DrawnBox, way: usize) -> i32 {
    drawn.rows.get(way).map_or(PORT, |row| row.y)
}

fn tag(drawn: &DrawnBox) -> i32 {
    if drawn.entries.is_empty() { 0 } else { TAG }
}

fn size(drawn: &DrawnBox) -> Size {
    Size { width: drawn.width, height: drawn.height + tag(drawn) }
}

fn draw_lines(graph: &Graph, ways: &[Vec<Way>], boxes: &[DrawnBox], layout: &Layout) -> Vec<DrawnLine> {
    let most = ways.iter().flatten().filter_map(|way| way.count).max().unwrap_or(0);
    let mut routes = layout.routes.iter();
    let mut drawn = Vec::new();
    for (from, of_node) in boxes.iter().zip(ways) {
        for (index, way) in of_node.iter().enumerate().filter(|(_, way)| way.drawn == Drawn::Line) {
            let (Some(to), Some(route)) = (way.to.and_then(|to| boxes.get(to)), routes.next()) else { continue };
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
                mark: way.mark,
                heat: heat(way.count, most),
                tooltip: way_tooltip(graph, way),
            });
        }
    }
    // Those that were walked lie above the others.
    drawn.sort_by_key(|line| std::cmp::Reverse(line.mark));
    drawn
}

//! Graphs of every kind are drawn.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn node(index: usize, name: &str, shape: u8, mark: u8, entered: bool) -> Node {
    let shapes = [Shape::Step, Shape::Start, Shape::End, Shape::Choice, Shape::Input, Shape::Call, Shape::HandOver];
    let marks = [Mark::Plain, Mark::Visited, Mark::FailedOnly, Mark::Never, Mark::Unreachable];
    Node {
        id: format!("{name}{index}"),
        title: name.repeat(usize::from(shape)),
        subtitle: name.to_owned(),
        detail: name.to_owned(),
        shape: shapes[usize::from(shape) % shapes.len()],
        entries: if entered { vec![name.to_owned()] } else { Vec::new() },
        mark: marks[usize::from(mark) % marks.len()],
        visits: (mark > 0).then(|| 10_u64.saturating_pow(u32::from(mark))),
    }
}

fn edge(from: usize, to: usize, label: &str, mark: u8) -> Edge {
    Edge {
        from,
        to: (to % 11 != 10).then_some(to),
        label: label.to_owned(),
        note: if to % 11 == 10 { label.to_owned() } else { String::new() },
        mark: if mark == 0 { Mark::Plain } else { Mark::Visited },
        count: (mark > 0).then_some(u64::from(mark)),
    }
}

fn graphs(most_nodes: usize, most_edges: usize) -> impl Strategy<Value = Graph> {
    let name = "[a-zA-Z_ <>&\"'\u{0}-\u{1f}é語\u{202e}\u{fffe}🦀|#`]{0,12}";
    let nodes = proptest::collection::vec((name, 0_u8..8, any::<u8>(), any::<bool>()), 0..most_nodes);
    nodes.prop_flat_map(move |nodes| {
        let nodes: Vec<Node> = nodes
            .iter()
            .enumerate()
            .map(|(index, (name, shape, mark, entered))| node(index, name, *shape, *mark, *entered))
            .collect();
        // Some edges lead out of the graph.
        let ends = 0..nodes.len() + 2;
        let edges = proptest::collection::vec((ends.clone(), ends, name, 0_u8..4), 0..most_edges);
        edges.prop_map(move |edges| Graph {
            title: "a <graph> & \"more\"".into(),
            nodes: nodes.clone(),
            edges: edges.iter().map(|(from, to, label, mark)| edge(*from, *to, label, *mark)).collect(),
        })
    })
}

fn check(graph: &Graph) -> Drawing {
    let drawing = draw(graph);
    assert_eq!(drawing.boxes.len(), graph.nodes.len());
    let mut sorted: Vec<&DrawnBox> = drawing.boxes.iter().collect();
    sorted.sort_by_key(|drawn| (drawn.x, drawn.y));
    for pair in sorted.windows(2) {
        let [left, right] = pair else { unreachable!("windows of two") };
        let apart = left.x + left.width < right.x || (left.x == right.x && left.y + left.height < right.y);
        assert!(apart, "{left:?} lies on {right:?}");
    }
    let inside = |x: i32, y: i32| (0..=drawing.width).contains(&x) && (0..=drawing.height).contains(&y);
    for drawn in &drawing.boxes {
        assert!(inside(drawn.x, drawn.y) && inside(drawn.x + drawn.width, drawn.y + drawn.height), "{drawn:?}");
        for row in &drawn.rows {
            assert!(row.y < drawn.height && (1..=3).contains(&row.lines.len()), "{row:?}");
        }
    }
    let box_of = |id: &str| drawing.boxes.iter().find(|drawn| drawn.id == id).expect("the end of a line");
    for line in &drawing.lines {
        assert!(line.points.len() >= 4 && line.points.len().is_multiple_of(2), "{line:?}");
        assert!(line.points.iter().all(|&(x, y)| inside(x, y)), "{line:?} leaves the picture");
        let (from, to) = (box_of(&line.from), box_of(&line.to));
        assert!(from.x + from.width < to.x, "{line:?} leads back");
        let (first, last) = (line.points[0], line.points[line.points.len() - 1]);
        assert!((from.y..from.y + from.height).contains(&first.1), "{line:?}");
        assert!(last.0 == to.x && (to.y..to.y + to.height).contains(&last.1), "{line:?}");
        assert!(line.points.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{line:?} turns back");
        // Between its ends a line runs through columns, from the left edge to the right edge, and
        // touches no box.
        for &(x, y) in &line.points[2..line.points.len() - 2] {
            let hit = |drawn: &&DrawnBox| {
                drawn.x <= x && x <= drawn.x + drawn.width && drawn.y - 8 < y && y < drawn.y + drawn.height + 8
            };
            assert_eq!(drawing.boxes.iter().find(hit), None, "{line:?} crosses a box");
        }
    }
    // Every pair of nodes with an edge is a line, or a row that names the target.
    let wanted: HashSet<(&str, &str)> = graph
        .edges
        .iter()
        .filter_map(|edge| Some((graph.nodes.get(edge.from)?, graph.nodes.get(edge.to?)?)))
        .map(|(from, to)| (from.id.as_str(), to.id.as_str()))
        .collect();
    let lines = drawing.lines.iter().map(|line| (line.from.as_str(), line.to.as_str()));
    let rows = drawing.boxes.iter().flat_map(|drawn| {
        let named = drawn.rows.iter().filter(|row| !row.drawn);
        named.filter_map(|row| Some((drawn.id.as_str(), row.to.as_deref()?)))
    });
    let drawn: Vec<(&str, &str)> = lines.chain(rows).collect();
    assert_eq!(drawn.len(), wanted.len());
    assert_eq!(drawn.into_iter().collect::<HashSet<_>>(), wanted);
    drawing
}

fn check_texts(graph: &Graph, drawing: &Drawing) {
    for text in [svg(drawing, "a"), standalone_svg(drawing)] {
        let document = roxmltree::Document::parse(&text).expect("well-formed XML");
        let nodes = document.descendants().filter(|element| element.has_attribute("data-node")).count();
        assert_eq!(nodes, graph.nodes.len());
        let ids: Vec<_> = document.descendants().filter_map(|element| element.attribute("id")).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_graph_is_drawn(graph in graphs(24, 60)) {
        let drawing = check(&graph);
        check_texts(&graph, &drawing);
        prop_assert_eq!(svg(&drawing, "a"), svg(&draw(&graph.clone()), "a"));
    }

    #[test]
    fn sparse_graphs_of_many_parts_are_drawn(graph in graphs(60, 40)) {
        check(&graph);
    }
}

/// A flow of so many nodes that lead on, far on, and back.
fn large(nodes: usize) -> Graph {
    let edges = (0..nodes).flat_map(|index| {
        let targets = [index + 1, index * 7 + 3, index / 2, index + 40];
        targets.into_iter().filter(move |to| *to < nodes).map(move |to| edge(index, to, "next", 1))
    });
    Graph {
        title: "large".into(),
        nodes: (0..nodes).map(|index| node(index, "n", 1, 1, index == 0)).collect(),
        edges: edges.collect(),
    }
}

#[test]
fn large_graphs_are_drawn_with_all_their_lines() {
    let drawing = check(&large(1_000));
    assert_eq!(drawing.note, None);
    assert!(drawing.lines.len() > 1_000, "{} lines", drawing.lines.len());
}

#[test]
fn of_too_many_long_lines_the_longest_are_named() {
    let nodes = 400;
    let lead = |from, to, label: &str| Edge { from, to: Some(to), label: label.into(), ..Edge::default() };
    let chain = (1..nodes).map(|to| lead(to - 1, to, "next"));
    let far = (0..nodes / 2 - 1).map(|from| lead(from, nodes - 1 - from, "far"));
    let graph = Graph {
        title: "ladder".into(),
        nodes: (0..nodes).map(|index| node(index, "n", 1, 1, index == 0)).collect(),
        edges: chain.chain(far).collect(),
    };
    let drawing = check(&graph);
    let note = drawing.note.expect("lines are left out");
    assert!(note.ends_with(" longest lines are left out: their rows name the node"), "{note}");
    let leaves = |index: usize| drawing.lines.iter().filter(|line| line.from == format!("n{index}")).count();
    assert_eq!((leaves(0), leaves(150)), (1, 2), "the short ones stay");
}

/// A graph of nodes `n0`, `n1`, … and edges.
fn small(nodes: usize, edges: &[(usize, usize)]) -> Drawing {
    check(&Graph {
        title: "small".into(),
        nodes: (0..nodes).map(|index| node(index, "n", 1, 0, index == 0)).collect(),
        edges: edges.iter().map(|&(from, to)| edge(from, to, "", 0)).collect(),
    })
}

#[test]
fn lines_of_a_tree_do_not_cross() {
    let drawing = small(9, &[(0, 1), (0, 2), (0, 3), (1, 8), (1, 4), (2, 6), (2, 5), (3, 7)]);
    let mut ends: Vec<(i32, i32, i32)> = drawing
        .lines
        .iter()
        .map(|line| {
            let [first, .., last] = line.points[..] else { unreachable!("at least two points") };
            (first.0, first.1, last.1)
        })
        .collect();
    ends.sort_unstable();
    assert!(ends.windows(2).all(|pair| pair[0].0 < pair[1].0 || pair[0].2 < pair[1].2), "{ends:?}");
}

#[test]
fn long_lines_and_chains_are_straight() {
    let drawing = small(8, &[(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (5, 6), (6, 7)]);
    let bends = |from: &str, to: &str| {
        let line = drawing.lines.iter().find(|line| line.from == from && line.to == to).expect("the line");
        line.points.windows(2).filter(|pair| pair[0].1 != pair[1].1).count()
    };
    assert!(bends("n0", "n4") <= 1);
    for (from, to) in [("n1", "n2"), ("n2", "n3"), ("n5", "n6"), ("n6", "n7")] {
        assert_eq!(bends(from, to), 0, "{from} to {to}");
    }
}

#[test]
fn a_branch_that_joins_late_stands_next_to_its_target() {
    let drawing = small(5, &[(0, 1), (1, 2), (2, 3), (4, 3)]);
    assert_eq!(drawing.boxes[4].x, drawing.boxes[2].x);
}

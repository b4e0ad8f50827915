//! A finished drawing: boxes and lines with coordinates.

use super::graph::{Mark, Shape};

/// A picture: everything has its place, in px from the upper left corner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// What it is called.
    pub title: String,
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// The nodes, in the order of the graph.
    pub boxes: Vec<DrawnBox>,
    /// The lines between them; those that were never walked first, so that they lie below the
    /// others.
    pub lines: Vec<DrawnLine>,
    /// What the picture leaves out, in words, if anything.
    pub note: Option<String>,
    /// Whether visits are shown.
    pub counted: bool,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnBox {
    /// The id of the node.
    pub id: String,
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// Its outline.
    pub shape: Shape,
    /// How it is marked.
    pub mark: Mark,
    /// Its visit level on a logarithmic scale: 0 (never) to 5 (as often as the most visited node).
    pub heat: u8,
    /// What stands in it, shortened to its width.
    pub title: String,
    /// The line below the title.
    pub subtitle: String,
    /// At the right end of that line: how often it was visited, or why not.
    pub count: String,
    /// Above the title: by which ways it is entered; empty for most.
    pub entries: String,
    /// The full text, not shortened.
    pub tooltip: String,
    /// Its outcomes.
    pub rows: Vec<DrawnRow>,
}

/// Outcomes of a node that lead to the same place, as a row of its box. It leads along a line, or
/// names where it leads, or leads nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnRow {
    /// The middle of its first line of text, from the upper edge of the box.
    pub y: i32,
    /// Names of the outcomes, and where they lead if no line says so, in one to three lines;
    /// shortened.
    pub lines: Vec<String>,
    /// How often they were walked, or why not.
    pub count: String,
    /// How they are marked.
    pub mark: Mark,
    /// The id of the node that they lead to.
    pub to: Option<String>,
    /// Whether a line of the picture leads there; else the row itself stands for the way.
    pub drawn: bool,
    /// The full text, not shortened.
    pub tooltip: String,
}

/// A line from one node to another, for all outcomes that lead there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnLine {
    /// The id of the node that it leaves.
    pub from: String,
    /// The id of the node that it leads to.
    pub to: String,
    /// Where it runs: from the first to the second point straight on, to the third in a curve that
    /// is level at both ends, to the fourth straight on, and so forth. At least two points, an even
    /// number of them.
    pub points: Vec<(i32, i32)>,
    /// How it is marked.
    pub mark: Mark,
    /// Its visit level, like that of a box.
    pub heat: u8,
    /// The full text.
    pub tooltip: String,
}

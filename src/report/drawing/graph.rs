//! The graph to draw.

/// A graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// What it is called.
    pub title: String,
    /// Its nodes. The first is where reading begins.
    pub nodes: Vec<Node>,
    /// Its edges. One that leaves from, or leads to, a node that is not there is passed over.
    pub edges: Vec<Edge>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its id, unique in the graph.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// A word or two below that, such as its type.
    pub subtitle: String,
    /// More about it, for a tooltip.
    pub detail: String,
    /// Its outline.
    pub shape: Shape,
    /// The names of the ways by which the graph is entered here.
    pub entries: Vec<String>,
    /// How it is to be marked.
    pub mark: Mark,
    /// How often it was visited; none where nothing was counted.
    pub visits: Option<u64>,
}

/// An edge, or an outcome without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// The place of the node that it leaves.
    pub from: usize,
    /// The place of the node that it leads to; none where it leads nowhere.
    pub to: Option<usize>,
    /// Its name; empty for the only way on.
    pub label: String,
    /// What comes instead, where it leads nowhere.
    pub note: String,
    /// How it is to be marked.
    pub mark: Mark,
    /// How often it was walked; none where nothing was counted.
    pub count: Option<u64>,
}

/// The outline of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Does something and goes on.
    #[default]
    Step,
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
    /// Chooses a way.
    Choice,
    /// Waits for the caller.
    Input,
    /// Stands for another graph.
    Call,
    /// Hands over to somebody else.
    HandOver,
}

/// The state of a node or edge, shown by more than colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Visited, in order.
    Visited,
    /// Nothing is to be said.
    #[default]
    Plain,
    /// Visited, but only where something failed.
    FailedOnly,
    /// Never visited.
    Never,
    /// It cannot be visited.
    Unreachable,
}

impl Shape {
    /// Its name in classes.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Step => "step",
            Shape::Start => "start",
            Shape::End => "end",
            Shape::Choice => "choice",
            Shape::Input => "input",
            Shape::Call => "call",
            Shape::HandOver => "handover",
        }
    }
}

impl Mark {
    /// Its name in classes.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Visited => "visited",
            Mark::Plain => "plain",
            Mark::FailedOnly => "failed-only",
            Mark::Never => "never",
            Mark::Unreachable => "unreachable",
        }
    }
}

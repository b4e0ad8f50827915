//! Layered drawings of graphs: plain data in, plain data out, and writers for SVG, DOT and Mermaid.
//!
//! ```text
//! graph    the nodes and edges to draw
//! reduce   the part of a very large graph that a picture can show
//! edges    edges grouped by target, each group drawn as a line or as a row of its node
//! content  the text of a box, and its size
//! text     the width of a text, and how it is shortened
//! layout   coordinates of boxes and lines
//! draw     turns a graph into a drawing
//! svg, dot, mermaid   the writers
//! ```

mod content;
mod dot;
mod draw;
mod edges;
mod graph;
mod layout;
mod mermaid;
mod model;
mod reduce;
mod svg;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use dot::dot;
pub use draw::draw;
pub use graph::{Edge, Graph, Mark, Node, Shape};
pub(crate) use mermaid::mermaid;
#[cfg(test)]
use model::{Drawing, DrawnBox};
pub(crate) use svg::standalone_svg;
pub use svg::svg;

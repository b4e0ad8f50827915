//! Layered drawings of graphs: plain data in, plain data out, and writers for SVG, DOT and Mermaid.
//!
//! ```text
//! graph    what is to be drawn: nodes and edges
//! reduce   the part of a very large graph that a picture can show
//! ways     edges between the same two nodes as one; which are drawn as lines, which are named in a row of their node
//! content  what stands in a box, and how large that makes it
//! text     how wide a text is at most, and how it is shortened
//! place    boxes and lines get their places: by dagre, or by a quicker layout where a graph is large
//! straighten   lines that cross columns on the straightest way
//! draw     all of it together: a graph to a drawing
//! svg, dot, mermaid   the writers
//! ```

mod content;
mod dot;
mod draw;
mod drawing;
mod graph;
mod mermaid;
mod place;
mod reduce;
mod straighten;
mod svg;
mod text;
mod ways;

#[cfg(test)]
mod tests;

pub(crate) use dot::dot;
pub use draw::draw;
#[cfg(test)]
use drawing::{Drawing, DrawnBox};
pub use graph::{Edge, Graph, Mark, Node, Shape};
pub(crate) use mermaid::mermaid;
pub(crate) use svg::standalone_svg;
pub use svg::svg;

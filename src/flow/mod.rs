//! Flows: the graph of nodes that a call walks.

pub mod expression;
mod library;
mod model;
mod program;
mod read;
mod schedule;
mod value;

pub use library::Library;
pub use model::*;
pub use program::{NodeNames, NodeTable, Program};
pub use read::read;
pub use schedule::{Opening, Schedule};
pub use value::{Kind as ValueKind, Name, Value};

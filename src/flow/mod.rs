//! Flows: the graph of nodes that a call walks.

pub mod expression;
mod library;
mod model;
mod program;
mod read;
mod schedule;
mod value;

pub use value::{Kind, Name, Value};

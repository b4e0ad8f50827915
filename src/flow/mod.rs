//! Flows: the graph of nodes that a call walks.

pub mod expression;
mod value;

pub use value::{Kind, Name, Value};

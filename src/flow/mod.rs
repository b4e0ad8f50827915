//! Flows: the graph of nodes that a call walks.

pub mod analysis;
pub mod expression;
mod fields;
mod library;
mod link;
mod model;
mod node;
mod program;
mod read;
mod schedule;
mod schema;
mod utterance;
mod value;

pub use fields::{BorrowedFields, Fields};
pub use library::Library;
pub use model::*;
pub use node::*;
pub use program::{Asked, NodeNames, NodeTable, Program};
pub use read::read;
pub use schedule::{Opening, Schedule, zone};
pub use schema::schema;
pub use utterance::normalised;
pub use value::{Kind as ValueKind, Name, Value};

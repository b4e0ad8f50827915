//! Call flows: model, reader, expressions, linking and static analysis.

pub(crate) mod analysis;
pub(crate) mod expression;
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

pub(crate) use fields::Fields;
pub use library::Library;
pub(crate) use model::*;
pub(crate) use node::*;
pub use program::Program;
pub(crate) use program::{NodeNames, NodeTable};
pub(crate) use read::read;
pub(crate) use schedule::{Opening, Schedule};
pub(crate) use schema::schema;
pub(crate) use utterance::normalised;
pub(crate) use value::Kind as ValueKind;
pub use value::{Name, Value};

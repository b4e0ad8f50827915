//! YAML (and with it JSON) read into a tree of values that keep their place, and decoded with all errors collected.
//!
//! Two layers. [`parse`] turns a [`Source`](crate::source::diagnostics::Source) into [`Node`]s: exact spelling of every scalar,
//! byte spans, bounded nesting and alias expansion, duplicate keys as errors. [`Reader`] takes such a tree apart on
//! behalf of a model: it reports every mistake and goes on, so that one run shows all of them. Nothing is guessed
//! about a scalar before the model says what it wants there: `0123` is the text `0123` wherever text is wanted.

mod build;
mod comment;
mod duration;
mod edit;
mod limits;
mod lines;
mod load;
mod mapping;
mod node;
mod parse;
mod reader;
pub(crate) mod shapes;
mod syntax;
mod write;

pub(crate) use comment::comment_swallowed;
pub(crate) use duration::{format_duration, parse_duration};
pub use edit::{Document, EditError, Step};
pub use limits::Limits;
pub(crate) use lines::written_lines;
pub(crate) use load::load;
pub(crate) use node::{Data, Entry, Node, Scalar};
pub use parse::parse;
pub(crate) use reader::{Fields, Reader, Rules};
pub use write::{Value, write};

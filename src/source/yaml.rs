//! YAML (and JSON, its subset): parsed into a tree with spans, decoded with all errors collected,
//! written, and edited in place.
//!
//! Reading has two layers. [`parse()`] turns a [`Source`](crate::source::diagnostics::Source) into
//! [`Node`]s: exact spelling of every scalar, byte spans, bounded nesting and alias expansion,
//! duplicate keys as errors. [`Reader`] decodes such a tree for a model: it reports every mistake
//! and continues, so that one run shows all of them. Scalars have no type before the model asks for
//! one: `0123` is the text `0123` wherever text is expected.

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
mod stop;
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

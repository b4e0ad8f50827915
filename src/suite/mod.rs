//! The suite language: discovery, reading, expansion, checking against the flows.

mod model;

pub use model::*;

//! The suite language: discovery, reading, expansion, checking against the flows. `docs/suites.md` is the reference.
//!
//! `docs/assist-suites.md` tells of suites of prompts.
//!
//! [`discover`] lists files, [`load`] makes suites of them: each file is parsed, its head merged with what it extends,
//! every entry expanded and decoded, every name looked up in the program that the scenario calls. What scenarios have
//! in common is shared, so that a hundred thousand of them fit into memory.

mod again;
mod call;
mod cell;
mod clock;
mod condition;
mod discover;
mod expect;
mod extends;
mod file;
mod gates;
mod interpolate;
mod keypad;
mod load;
mod matrix;
mod model;
mod paths;
mod portions;
mod prompts;
mod resolve;
mod rules;
mod scenario;
mod schema;
mod settings;
mod stubs;
mod unstubbed;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use again::Again;
pub use discover::{DiscoverError, SuiteFile, discover};
pub use interpolate::Environment;
pub use load::{Complexity, LoadOptions, Loaded, load};
pub use model::*;
pub use prompts::{
    Burst, ExpectedCount, ExpectedStatus, MOST_LISTED, MOST_PROMPTS, PromptExpectations, PromptWork, Prompts, Results,
    TranscriptExpectation,
};
pub use schema::schema;
pub use unstubbed::never_stubbed;

//! The suite language: discovery, reading, expansion, checking against the flows. `docs/suites.md`
//! is the reference.
//!
//! `docs/assist-suites.md` is the reference of assist suites.
//!
//! [`discover()`] lists files, [`load()`] makes suites of them: each file is parsed, its head merged
//! with what it extends, every entry expanded and decoded, every name looked up in the program that
//! the scenario calls. What scenarios have in common is shared, so that a hundred thousand of them
//! fit into memory.

mod call;
mod cell;
mod clock;
mod condition;
mod discover;
mod expect;
mod extends;
mod file;
pub(crate) mod gate;
mod gates;
mod interpolate;
mod keypad;
mod load;
mod matrix;
mod model;
mod paths;
mod prompts;
mod properties;
mod resolve;
mod rules;
mod scenario;
mod schema;
mod settings;
mod stubs;
mod symbols;
mod unstubbed;

#[cfg(test)]
mod tests;

pub use discover::discover;
pub(crate) use discover::{DiscoverError, SuiteFile};
pub(crate) use load::{Complexity, Loaded};
pub use load::{LoadOptions, load};
pub(crate) use model::*;
pub use model::{Scenario, Simulation, Work};
pub(crate) use prompts::{ExpectedStatus, PromptExpectations, PromptWork, Prompts, Results};
pub(crate) use properties::{DESCRIPTION, Properties};
pub(crate) use schema::schema;
pub(crate) use unstubbed::never_stubbed;

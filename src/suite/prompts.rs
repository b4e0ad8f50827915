//! The scenarios of `kind: assist`: prompts for agents. `docs/assist-suites.md` is the reference.
//!
//! ```text
//! model     a scenario after expansion
//! keys      one cell of an entry
//! patch     what defaults and scenarios say, one over the other
//! service   the settings of the way that prompts take
//! answers   what the services answer
//! bursts    many prompts
//! expect    expectations as written
//! resolve   all of it put together and checked
//! ```

mod answers;
mod bursts;
mod expect;
mod keys;
mod model;
mod patch;
mod resolve;
mod service;

#[cfg(test)]
mod tests;

pub(super) use expect::{EXPECTATIONS, FIELDS};
pub(super) use keys::Keys;
#[cfg(test)]
use model::Burst;
pub(crate) use model::MOST_PROMPTS;
pub(crate) use model::{ExpectedStatus, PromptExpectations, PromptWork, Prompts, Results};
pub(super) use patch::{DEFAULTS, Patch as Defaults};

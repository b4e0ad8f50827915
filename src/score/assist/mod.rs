//! What the prompts of a scenario are worth against its expectations.

mod checks;
mod evaluation;
mod result;
#[cfg(test)]
mod tests;

pub use evaluation::{PromptEvaluation, evaluate_prompts};
pub use result::{ResultCounts, ResultRow};

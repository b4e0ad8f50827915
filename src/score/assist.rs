//! What the prompts of a scenario are worth against its expectations.

mod checks;
mod evaluation;
mod result;
#[cfg(test)]
mod tests;

pub(crate) use evaluation::{PromptEvaluation, evaluate_prompts};
pub(crate) use result::{ResultCounts, ResultRow};

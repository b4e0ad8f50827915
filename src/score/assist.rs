//! Scores of agent-assist prompts: compares their results with the expectations of a scenario.

mod checks;
mod evaluation;
mod result;
#[cfg(test)]
mod tests;

pub(crate) use evaluation::{PromptEvaluation, evaluate_prompts};
pub(crate) use result::{ResultCounts, ResultRow};

//! The score of one scenario, as the run record has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flow::Name;

/// The checks and scores of one scenario. A score is null where nothing was expected or measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Every expectation, in the order of the suite language's reference.
    pub checks: Vec<Check>,
    /// Decisions expected and taken.
    pub decisions: Accuracy,
    /// The expected path compared with the path taken; null where none was expected.
    pub path: Option<PathFit>,
    /// Success weighted by path length, 0 to 1; null where neither an outcome nor an end was
    /// expected, or where the search for the shortest path gave up.
    pub efficiency: Option<f64>,
    /// Interactions: taken, and the fewest possible.
    pub interactions: Interactions,
    /// The effort of the caller.
    pub effort: Effort,
    /// The tutorial's efficiency score: decisions taken per node executed, less 0.1 for each
    /// revisit, within 0 to 1.
    pub decision_density: f64,
    /// The tutorial's accuracy score: accuracy less 0.1 where a node was revisited and 0.05 where
    /// anything expected was never reached, within 0 to 1; null where no decision was expected.
    #[serde(alias = "seed_accuracy")]
    pub tutorial_accuracy: Option<f64>,
}

/// One expectation and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// The kind of expectation, as in the suite language.
    pub kind: CheckKind,
    /// The node, variable or service that is checked; with the visit where it is not the first
    /// (`card_pin#2`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Name>,
    /// Whether it held.
    pub state: CheckState,
    /// Describes what was expected. Absent for a check that held, to keep reports small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Describes what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// The location of the expectation; only for a check that did not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<SourceExcerpt>>,
}

/// The kind of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the keys of the suite language's reference
pub enum CheckKind {
    Outcome,
    EndsAt,
    Path,
    Decision,
    Variable,
    Never,
    Prompt,
    Lookup,
    Efficiency,
    Duration,
    Keypresses,
    UnusedInput,
    Failure,
    Result,
    Count,
    Attempts,
    Statuses,
    Pauses,
    Reason,
    LimitedBy,
    RetryAfter,
    Waited,
    Transcript,
    Shown,
}

/// Whether a check held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// The call did as expected.
    Held,
    /// The call did something else.
    Broken,
    /// The call never reached what is checked.
    NotReached,
}

/// A position in a suite file and its line, so that a report can quote it without the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceExcerpt {
    /// The path of the file, as messages show it.
    pub file: String,
    /// The line number, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The number of characters that the position spans on this line.
    pub length: u32,
    /// The line, without its break. Absent where it may hold a secret, and where the position is
    /// beyond its first 400 characters. Where the caller keyed a secret, every digit outside the
    /// position is a `•`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Counts of expected decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accuracy {
    /// How many were expected.
    pub expected: u64,
    /// How many of them were taken as expected.
    pub right: u64,
    /// How many were never reached. They count as wrong.
    pub not_reached: u64,
}

/// How well the path taken matches the expected path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PathFit {
    /// 1 − cost / worst cost of the best alignment; for a path without patterns 2·LCS/(|E|+|T|).
    pub fitness: f64,
    /// Expected nodes that were walked, of all expected; null where the pattern names none.
    pub recall: Option<f64>,
    /// Walked nodes that were expected (also by `?` and `...`), of all walked.
    pub precision: Option<f64>,
    /// The alignment, only where the fitness is below 1.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub alignment: Vec<Aligned>,
}

/// One row of an alignment. `...` has a row for each node that it absorbs, and none where it
/// absorbs none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Aligned {
    /// The expected item as the suite writes it; null for a node that was not expected.
    pub expected: Option<String>,
    /// The node walked; null where the expected item was not walked.
    pub taken: Option<String>,
}

/// Interactive steps of a call: executions of input nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interactions {
    /// The number that the call took.
    pub taken: u64,
    /// The fewest to the same end under the same data and clock; null where none were searched for,
    /// or the search gave up.
    pub fewest: Option<u64>,
}

/// The effort of the caller in one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effort {
    /// Keys pressed.
    pub keypresses: u64,
    /// Prompts heard, in ms.
    pub prompt_ms: u64,
    /// Repeated inputs: executions of an input node whose outcome is no_input, no_match, no_intent,
    /// invalid or max_attempts.
    pub retries: u64,
    /// Virtual duration of the call in ms.
    pub duration_ms: u64,
}

impl Accuracy {
    /// right / expected; none where nothing was expected.
    pub fn ratio(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.right as f64 / self.expected as f64)
    }
}

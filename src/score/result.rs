//! What one trace is worth against its expectations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flow::Name;

/// The result of one scenario's checks and its scores. A score is null where nothing was expected or measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Every single expectation, in the order of the suite language's reference.
    pub checks: Vec<Check>,
    /// Decisions expected and taken.
    pub decisions: Accuracy,
    /// The path expected beside the path taken; null where none was expected.
    pub path: Option<PathFit>,
    /// Success weighted by path length, 0 to 1; null where neither an outcome nor an end was expected, or where the search
    /// for the shortest path gave up.
    pub efficiency: Option<f64>,
    /// Interactive steps: taken, and the fewest that are feasible.
    pub interactions: Interactions,
    /// What the call cost the caller.
    pub effort: Effort,
    /// Decisions taken per node executed, less 0.1 for each revisit, within 0 to 1.
    pub decision_density: f64,
    /// Accuracy less 0.1 where a node was revisited and 0.05 where something expected was never reached, within 0 to 1;
    /// null where no decision was expected.
    pub seed_accuracy: Option<f64>,
}

/// One expectation and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Which expectation, as in the suite language.
    pub kind: CheckKind,
    /// What it is about: a node, a variable, a service; with the visit where it is not the first (`card_pin#2`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Name>,
    /// How it ended.
    pub state: CheckState,
    /// What was expected, in words. Absent for a check that held, to keep reports small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// Where it stands; only for a check that did not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<Place>>,
}

/// The kinds of expectations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the words of the suite language's reference
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

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As expected.
    Held,
    /// Otherwise.
    Broken,
    /// The call never came there.
    NotReached,
}

/// A place in a suite file, with the line itself, so that a report can show it without the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file as messages show it.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// How many characters of this line are meant.
    pub length: u32,
    /// The line, without its break. Absent where it may hold a secret, and where what is meant lies beyond its first 400
    /// characters. Where the caller keyed a secret, every digit beside what is meant is a `•`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Right decisions of those expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accuracy {
    /// How many were expected.
    pub expected: u64,
    /// How many of them were taken as expected.
    pub right: u64,
    /// How many were never reached; they count as wrong.
    pub not_reached: u64,
}

/// How well the path taken fits the one expected.
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

/// One row of an alignment: expected beside taken. `...` has a row for each node that it took, and none where it took none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Aligned {
    /// The expected item as it is written; null where a node was walked that was not expected.
    pub expected: Option<String>,
    /// The node walked; null where the expected one was not.
    pub taken: Option<String>,
}

/// Interactive steps of a call: executions of input nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interactions {
    /// As the call took them.
    pub taken: u64,
    /// The fewest to the same end under the same data and clock; null where it was not asked for, or the search gave up.
    pub fewest: Option<u64>,
}

/// What a call cost the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effort {
    /// Keys pressed.
    pub keypresses: u64,
    /// Prompts heard, in ms.
    pub prompt_ms: u64,
    /// Inputs asked again: executions of an input node whose outcome is no_input, no_match, no_intent, invalid or max_attempts.
    pub retries: u64,
    /// Virtual length of the call in ms.
    pub duration_ms: u64,
}

impl Accuracy {
    /// right / expected; none where nothing was expected.
    pub fn ratio(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.right as f64 / self.expected as f64)
    }
}

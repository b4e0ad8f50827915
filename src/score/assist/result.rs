//! The confusion table of prompts: expected results against actual results.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assist::Outcome;

/// Number of prompts by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultCounts {
    /// Delivered to the agent's desktop.
    pub delivered: u64,
    /// The fallback was delivered instead.
    pub fallback: u64,
    /// Not sent: the sentiment or the agent's skills exclude it.
    pub ineligible: u64,
    /// Not sent: a rate limit was reached.
    pub rate_limited: u64,
    /// Neither the prompt nor its fallback was delivered.
    pub failed: u64,
}

/// A row of the confusion table: the prompts with one expected result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultRow {
    /// The expected result.
    pub expected: Outcome,
    /// The actual results.
    pub found: ResultCounts,
}

impl ResultCounts {
    /// The results in the order of reports.
    pub const ORDER: [Outcome; 5] =
        [Outcome::Delivered, Outcome::Fallback, Outcome::Ineligible, Outcome::RateLimited, Outcome::Failed];

    /// The number of prompts with one result.
    pub fn count(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Delivered => self.delivered,
            Outcome::Fallback => self.fallback,
            Outcome::Ineligible => self.ineligible,
            Outcome::RateLimited => self.rate_limited,
            Outcome::Failed => self.failed,
        }
    }

    /// Adds prompts with one result.
    pub fn add(&mut self, outcome: Outcome, count: u64) {
        *match outcome {
            Outcome::Delivered => &mut self.delivered,
            Outcome::Fallback => &mut self.fallback,
            Outcome::Ineligible => &mut self.ineligible,
            Outcome::RateLimited => &mut self.rate_limited,
            Outcome::Failed => &mut self.failed,
        } += count;
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &Self) {
        Self::ORDER.into_iter().for_each(|outcome| self.add(outcome, other.count(outcome)));
    }

    /// The number of prompts with any result.
    pub fn sum(&self) -> u64 {
        Self::ORDER.into_iter().map(|outcome| self.count(outcome)).sum()
    }
}

impl ResultRow {
    /// The number of prompts with the expected result.
    pub fn right(&self) -> u64 {
        self.found.count(self.expected)
    }

    /// Adds a row to a table, which stays in the order of reports.
    pub fn add_to(&self, table: &mut Vec<Self>) {
        let place = |outcome: Outcome| ResultCounts::ORDER.iter().position(|&known| known == outcome);
        match table.binary_search_by_key(&place(self.expected), |row| place(row.expected)) {
            Ok(index) => table[index].found.merge(&self.found),
            Err(index) => table.insert(index, *self),
        }
    }
}

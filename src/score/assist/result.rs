//! Results expected against results found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assist::Outcome;

/// Prompts by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultCounts {
    /// The agent's desktop has it.
    pub delivered: u64,
    /// The fallback was delivered in its place.
    pub fallback: u64,
    /// The sentiment or the agent's skills forbid it; nothing was sent.
    pub ineligible: u64,
    /// A bucket was empty; nothing was sent.
    pub rate_limited: u64,
    /// Neither the prompt nor its fallback was delivered.
    pub failed: u64,
}

/// A row of the confusion table: the prompts of which one result was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultRow {
    /// The result expected.
    pub expected: Outcome,
    /// How they ended.
    pub found: ResultCounts,
}

impl ResultCounts {
    /// The results in the order of reports.
    pub const ORDER: [Outcome; 5] =
        [Outcome::Delivered, Outcome::Fallback, Outcome::Ineligible, Outcome::RateLimited, Outcome::Failed];

    /// How many ended so.
    pub fn of(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Delivered => self.delivered,
            Outcome::Fallback => self.fallback,
            Outcome::Ineligible => self.ineligible,
            Outcome::RateLimited => self.rate_limited,
            Outcome::Failed => self.failed,
        }
    }

    /// Adds prompts that ended so.
    pub fn add(&mut self, outcome: Outcome, count: u64) {
        *match outcome {
            Outcome::Delivered => &mut self.delivered,
            Outcome::Fallback => &mut self.fallback,
            Outcome::Ineligible => &mut self.ineligible,
            Outcome::RateLimited => &mut self.rate_limited,
            Outcome::Failed => &mut self.failed,
        } += count;
    }

    /// Adds others.
    pub fn merge(&mut self, other: &Self) {
        Self::ORDER.into_iter().for_each(|outcome| self.add(outcome, other.of(outcome)));
    }

    /// All of them.
    pub fn sum(&self) -> u64 {
        Self::ORDER.into_iter().map(|outcome| self.of(outcome)).sum()
    }
}

impl ResultRow {
    /// How many ended as expected.
    pub fn right(&self) -> u64 {
        self.found.of(self.expected)
    }

    /// Adds a row to a table that is in the order of reports.
    pub fn add_to(&self, table: &mut Vec<Self>) {
        let place = |outcome: Outcome| ResultCounts::ORDER.iter().position(|&known| known == outcome);
        match table.binary_search_by_key(&place(self.expected), |row| place(row.expected)) {
            Ok(index) => table[index].found.merge(&self.found),
            Err(index) => table.insert(index, *self),
        }
    }
}

//! How many prompts reached agents, and how many of those the agents took.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::{Outcome, Record};

/// Prompts, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// All prompts.
    pub prompts: u64,
    /// Those that were delivered.
    pub delivered: u64,
    /// Those whose fallback was delivered in their place.
    pub fallback: u64,
    /// Those that the sentiment or the skills forbid.
    pub ineligible: u64,
    /// Those that met an empty bucket.
    pub rate_limited: u64,
    /// Those of which nothing was delivered.
    pub failed: u64,
    /// Those that the agent acknowledged as taken; only what was shown can be.
    pub accepted: u64,
    /// Those that the agent acknowledged as not taken.
    pub declined: u64,
}

impl Counts {
    /// Counts a record.
    pub fn add(&mut self, record: &Record) {
        self.change(record, |count| *count += 1);
    }

    /// Takes a record that was counted back.
    pub fn remove(&mut self, record: &Record) {
        self.change(record, |count| *count = count.saturating_sub(1));
    }

    fn change(&mut self, record: &Record, change: impl Fn(&mut u64)) {
        change(&mut self.prompts);
        change(match record.outcome {
            Outcome::Delivered => &mut self.delivered,
            Outcome::Ineligible => &mut self.ineligible,
            Outcome::RateLimited => &mut self.rate_limited,
            Outcome::Fallback => &mut self.fallback,
            Outcome::Failed => &mut self.failed,
        });
        match record.accepted {
            Some(true) => change(&mut self.accepted),
            Some(false) => change(&mut self.declined),
            None => {}
        }
    }

    /// What the agents saw: prompts and fallbacks.
    pub fn shown(&self) -> u64 {
        self.delivered + self.fallback
    }

    /// The share of what the agents saw that they took; nothing where they saw nothing.
    pub fn acceptance(&self) -> Option<f64> {
        (self.shown() > 0).then(|| self.accepted as f64 / self.shown() as f64)
    }
}

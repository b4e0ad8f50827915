//! Counts of prompts by outcome, and the acceptance rate by agents.

use std::collections::HashMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::{Outcome, Record};

/// Counts of prompts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromptCounts {
    /// All prompts.
    pub prompts: u64,
    /// Prompts that were delivered.
    pub delivered: u64,
    /// Prompts whose fallback was delivered instead.
    pub fallback: u64,
    /// Prompts that the sentiment or the skills did not allow.
    pub ineligible: u64,
    /// Prompts that exceeded a rate limit.
    pub rate_limited: u64,
    /// Prompts of which nothing was delivered.
    pub failed: u64,
    /// Prompts that the agent accepted; only those that were shown can be.
    pub accepted: u64,
    /// Prompts that the agent declined.
    pub declined: u64,
}

impl PromptCounts {
    /// PromptCounts a record.
    pub fn add(&mut self, record: &Record) {
        self.change(record, |count| *count += 1);
    }

    /// Removes a record that was counted.
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

    /// The number of prompts and fallbacks that the agents saw.
    pub fn shown(&self) -> u64 {
        self.delivered + self.fallback
    }

    /// The share of the shown prompts that the agents accepted; none if nothing was shown.
    pub fn acceptance(&self) -> Option<f64> {
        (self.shown() > 0).then(|| self.accepted as f64 / self.shown() as f64)
    }
}

/// How prompts are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GroupBy {
    /// The interaction.
    Interaction,
    /// The agent.
    Agent,
    /// The prompt itself.
    Prompt,
}

impl GroupBy {
    /// Their words, in the order of the variants.
    pub(crate) const WORDS: [&'static str; 3] = ["interaction", "agent", "prompt"];

    /// Parses a word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Interaction, Self::Agent, Self::Prompt]
            .into_iter()
            .zip(Self::WORDS)
            .find_map(|(one, its)| (its == word).then_some(one))
    }

    fn key(self, record: &Record) -> &Arc<str> {
        match self {
            Self::Interaction => &record.prompt.interaction_id,
            Self::Agent => &record.prompt.target_agent_id,
            Self::Prompt => &record.prompt.prompt_id,
        }
    }
}

/// Counts and the acceptance rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Share {
    /// The counts.
    #[serde(flatten)]
    pub counts: PromptCounts,
    /// Accepted prompts as a share of delivered ones and fallbacks; `null` if the agents saw none.
    pub acceptance: Option<f64>,
}

impl From<PromptCounts> for Share {
    fn from(counts: PromptCounts) -> Self {
        Self { counts, acceptance: counts.acceptance() }
    }
}

/// The acceptance of prompts, in total and by group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Acceptance {
    /// All prompts since the start.
    pub total: Share,
    /// How the prompts are grouped.
    pub by: GroupBy,
    /// The groups, sorted by their keys.
    pub groups: Vec<Group>,
    /// The prompts of all groups beyond the first 10,000.
    pub others: Share,
}

/// The prompts of one interaction, of one agent, or with one id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    /// The id of the interaction, the agent or the prompt.
    pub key: String,
    /// The counts and the acceptance rate.
    #[serde(flatten)]
    pub share: Share,
}

/// Maximum number of groups; further ones are counted together.
const MAX_GROUPS: usize = 10_000;

/// Prompts counted by groups.
#[derive(Debug)]
pub(super) struct Groups {
    by: GroupBy,
    counts: HashMap<Arc<str>, PromptCounts>,
    others: PromptCounts,
}

impl Groups {
    /// No groups yet.
    pub(super) fn new(by: GroupBy) -> Self {
        Self { by, counts: HashMap::new(), others: PromptCounts::default() }
    }

    /// Changes the counts that a record belongs to.
    pub(super) fn change(&mut self, record: &Record, change: impl Fn(&mut PromptCounts, &Record)) {
        let key = self.by.key(record);
        let is_full = self.counts.len() >= MAX_GROUPS;
        match self.counts.get_mut(key) {
            Some(counts) => change(counts, record),
            None if is_full => change(&mut self.others, record),
            None => change(self.counts.entry(key.clone()).or_default(), record),
        }
    }

    /// The groups, with the counts of all prompts.
    pub(super) fn acceptance(&self, total: PromptCounts) -> Acceptance {
        let mut groups: Vec<Group> = self
            .counts
            .iter()
            .map(|(key, counts)| Group { key: key.to_string(), share: Share::from(*counts) })
            .collect();
        groups.sort_by(|one, other| one.key.cmp(&other.key));
        Acceptance { total: total.into(), by: self.by, groups, others: self.others.into() }
    }
}

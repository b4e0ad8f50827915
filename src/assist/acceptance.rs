//! How many prompts reached agents, and how many of those the agents took.

use std::collections::HashMap;
use std::sync::Arc;

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

/// By what prompts are counted together.
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
    /// The words for them.
    pub(crate) const WORDS: [&'static str; 3] = ["interaction", "agent", "prompt"];

    /// The one of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
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

/// Counts and the share that agents took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Share {
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Accepted of delivered and fallback together; `null` where the agents saw nothing.
    pub acceptance: Option<f64>,
}

impl From<Counts> for Share {
    fn from(counts: Counts) -> Self {
        Self { counts, acceptance: counts.acceptance() }
    }
}

/// The acceptance of prompts, all together and by group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Acceptance {
    /// All prompts since the start.
    pub total: Share,
    /// What the groups are.
    pub by: GroupBy,
    /// The groups, sorted by their keys.
    pub groups: Vec<Group>,
    /// Prompts of groups beyond the 10,000 that are counted apart.
    pub others: Share,
}

/// The prompts of one interaction, of one agent, or with one id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    /// The id of the interaction, the agent or the prompt.
    pub key: String,
    /// How many, and the share of them that was accepted.
    #[serde(flatten)]
    pub share: Share,
}

/// So many groups are counted apart.
const MOST_GROUPS: usize = 10_000;

/// Prompts counted by groups.
#[derive(Debug)]
pub(super) struct Groups {
    by: GroupBy,
    counts: HashMap<Arc<str>, Counts>,
    others: Counts,
}

impl Groups {
    /// No groups yet.
    pub(super) fn new(by: GroupBy) -> Self {
        Self { by, counts: HashMap::new(), others: Counts::default() }
    }

    /// Changes the counts that a record belongs to.
    pub(super) fn change(&mut self, record: &Record, change: impl Fn(&mut Counts, &Record)) {
        let key = self.by.key(record);
        let many = self.counts.len() >= MOST_GROUPS;
        match self.counts.get_mut(key) {
            Some(counts) => change(counts, record),
            None if many => change(&mut self.others, record),
            None => change(self.counts.entry(key.clone()).or_default(), record),
        }
    }

    /// The groups beside the counts of all prompts.
    pub(super) fn acceptance(&self, total: Counts) -> Acceptance {
        let mut groups: Vec<Group> = self
            .counts
            .iter()
            .map(|(key, counts)| Group { key: key.to_string(), share: Share::from(*counts) })
            .collect();
        groups.sort_by(|one, other| one.key.cmp(&other.key));
        Acceptance { total: total.into(), by: self.by, groups, others: self.others.into() }
    }
}

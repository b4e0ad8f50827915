//! The model of an expanded scenario of prompts, with its expectations.

use std::sync::Arc;

use crate::assist::{Agents, Arrival, LimitedBy, Outcome, Prompt, Rehearsal, Scripted, Settings, TranscriptState};
use crate::flow::Name;
use crate::suite::{Bound, Condition, Placed};

/// Maximum number of prompts in one scenario.
pub(crate) const MOST_PROMPTS: u64 = 1_000_000;

/// Prompts and what is expected of them.
#[derive(Clone, Debug)]
pub struct PromptWork {
    /// The prompts.
    pub prompts: Arc<Prompts>,
    /// What is expected of them.
    pub expect: Arc<PromptExpectations>,
}

/// Prompts that come one after the other, and the services that they meet. A burst of a million is
/// described, not listed.
#[derive(Clone, Debug)]
pub struct Prompts {
    /// What decides over their way.
    pub settings: Settings,
    /// Who is known.
    pub agents: Agents,
    /// What they are all made of.
    pub prompt: Prompt,
    /// Their number and times, in order; there is at least one prompt.
    pub bursts: Arc<[Burst]>,
    /// What the prompt service answers to each of them.
    pub prompt_service: Arc<[Scripted]>,
    /// What the transcript service answers to each of them.
    pub transcript_service: Arc<[Scripted]>,
    /// When the server is told to stop, in virtual ms.
    pub stop_at_ms: Option<u64>,
    /// Decides the draws of pauses.
    pub seed: u64,
}

/// Prompts at equal distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// From the last prompt before it, or from the start, in virtual ms.
    pub after_ms: u64,
    /// How many; at least 1.
    pub count: u64,
    /// From one to the next, in virtual ms.
    pub every_ms: u64,
    /// The agents that they go to in turn; none is that of the prompt.
    pub agents: Vec<Name>,
    /// A sentiment in place of that of the prompt.
    pub sentiment: Option<f64>,
    /// What the prompt service answers to each of them, in place of the scenario's answers.
    pub prompt_service: Option<Arc<[Scripted]>>,
}

impl Default for Burst {
    /// One prompt at once.
    fn default() -> Self {
        Self { after_ms: 0, count: 1, every_ms: 0, agents: Vec::new(), sentiment: None, prompt_service: None }
    }
}

impl Prompts {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.bursts.iter().map(|burst| burst.count).sum()
    }

    /// The prompts as they come. Of several each has its number, from 1, behind its id.
    pub fn arrivals(&self) -> impl Iterator<Item = Arrival> {
        let several = self.count() > 1;
        let mut at_ms: u64 = 0;
        let mut number: u64 = 0;
        self.bursts.iter().flat_map(|burst| (0..burst.count).map(move |index| (burst, index))).map(
            move |(burst, index)| {
                at_ms += if index == 0 { burst.after_ms } else { burst.every_ms };
                number += 1;
                let mut prompt = self.prompt.clone();
                if several {
                    prompt.prompt_id = format!("{}_{number}", prompt.prompt_id).into();
                }
                let turn = index % (burst.agents.len() as u64).max(1);
                if let Some(agent) = burst.agents.get(turn as usize) {
                    prompt.target_agent_id = agent.clone();
                }
                if let Some(sentiment) = burst.sentiment {
                    prompt.context.sentiment_score = sentiment;
                }
                Arrival { prompt_service: burst.prompt_service.clone(), ..Arrival::new(at_ms, prompt) }
            },
        )
    }

    /// All of it without the prompts themselves, which [`arrivals`](Self::arrivals) gives.
    pub fn rehearsal(&self) -> Rehearsal {
        Rehearsal {
            settings: self.settings.clone(),
            agents: self.agents.clone(),
            arrivals: Vec::new(),
            prompt_service: self.prompt_service.clone(),
            transcript_service: self.transcript_service.clone(),
            stop_at_ms: self.stop_at_ms,
            seed: self.seed,
        }
    }
}

/// What is expected of the prompts; none and an empty list are no expectation. What is expected of
/// a prompt is expected of every one, unless it says something else.
#[derive(Clone, Debug, Default)]
pub struct PromptExpectations {
    /// How they end.
    pub results: Option<Results>,
    /// How many of them end so.
    pub counts: Option<Vec<ExpectedCount>>,
    /// How often a prompt is sent, its fallback included.
    pub attempts: Option<Placed<Bound<u64>>>,
    /// What the only prompt's attempts were answered.
    pub statuses: Option<Placed<Vec<ExpectedStatus>>>,
    /// The pauses between the only prompt's attempts, in ms; none is not checked.
    pub pauses_ms: Option<Placed<Vec<Option<Bound<u64>>>>>,
    /// A part of a reason that is given for one of them.
    pub reason: Option<Placed<String>>,
    /// Whose bucket was empty for those that were limited; there is one.
    pub limited_by: Option<Placed<LimitedBy>>,
    /// When those that were limited may come again, in ms; there is one.
    pub retry_after_ms: Option<Placed<Bound<u64>>>,
    /// How long a prompt waits for its tokens, in ms.
    pub waited_ms: Option<Placed<Bound<u64>>>,
    /// From a prompt's arrival to its end, in ms.
    pub duration_ms: Option<Placed<Bound<u64>>>,
    /// The transcript of a prompt's interaction.
    pub transcript: Option<Placed<TranscriptExpectation>>,
    /// Fields of what reaches the agent, by their path on the wire; something must reach one.
    pub shown: Option<Vec<Placed<(Name, Condition)>>>,
    /// Something is written here, good or not: where nothing came of it a mistake was reported
    /// already.
    pub given: bool,
}

/// A bound on how many prompts end with a result.
pub(crate) type ExpectedCount = Placed<(Outcome, Bound<u64>)>;

/// How prompts are expected to end.
#[derive(Clone, Debug)]
pub enum Results {
    /// Every one so.
    Every(Placed<Outcome>),
    /// One after the other; none is not checked, nor are those that come after the list.
    Each(Vec<Option<Placed<Outcome>>>),
}

/// The answer to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedStatus {
    /// This status.
    Status(u16),
    /// There was none.
    NoAnswer,
    /// Not checked.
    Any,
}

/// What is expected of a prompt's transcript.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TranscriptExpectation {
    /// How far it is.
    pub state: Option<TranscriptState>,
    /// Its id.
    pub id: Option<String>,
    /// How often it is asked for.
    pub questions: Option<Bound<u64>>,
    /// From the delivery to the end of the search, in ms.
    pub took_ms: Option<Bound<u64>>,
}

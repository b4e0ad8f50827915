//! What decides over the way of a prompt.

use std::time::Duration;

use super::prompt::Priority;
use crate::remote::client::Rate;

/// All settings of the way that prompts take. The default is the tutorial's.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Who may get a prompt.
    pub eligibility: Eligibility,
    /// How many prompts.
    pub limits: Limits,
    /// How a prompt is sent.
    pub delivery: Delivery,
    /// What is sent in place of a prompt that cannot be delivered; none gives up.
    pub fallback: Option<Fallback>,
    /// How the transcript is looked for.
    pub correlation: Correlation,
}

/// Who may get a prompt; decided before anything is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Eligibility {
    /// The least sentiment of the interaction, from -1 to 1; this value itself is enough.
    pub minimum_sentiment: f64,
    /// What the agent must be able to do, all of it.
    pub required_skills: Vec<String>,
}

/// How many prompts there may be. A prompt takes a token from its agent's bucket and one from its tenant's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// For each agent; none is no limit.
    pub agent: Option<Rate>,
    /// For each tenant; none is no limit.
    pub tenant: Option<Rate>,
    /// How long a prompt may wait for its tokens, both waits together; zero refuses it at once.
    pub patience: Duration,
}

/// How a prompt is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How often at most; at least 1.
    pub attempts: u32,
    /// The longest pause after the first attempt; it doubles with every further one. The pause is drawn from the upper
    /// half of that.
    pub base: Duration,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// No attempt and no pause begins or ends later than this after the first attempt; the fallback gets the time of
    /// one attempt more.
    pub deadline: Duration,
}

/// What is sent in place of a prompt that cannot be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// What the agent reads.
    pub content: String,
    /// How urgent it is.
    pub priority: Priority,
}

/// How the transcript of an interaction is looked for once its prompt is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// How many prompts may wait for their transcripts; further ones are counted and recorded as dropped.
    pub queue: usize,
    /// How many transcripts are asked for at once.
    pub in_flight: usize,
    /// The pause after the first question; it doubles with every further one.
    pub first_pause: Duration,
    /// The longest pause where the service names none.
    pub longest_pause: Duration,
    /// When to give up, from the delivery on.
    pub patience: Duration,
    /// How long one question may take.
    pub attempt_timeout: Duration,
}

impl Default for Eligibility {
    /// A sentiment of at least -0.3, and the skill `billing`.
    fn default() -> Self {
        Self { minimum_sentiment: -0.3, required_skills: vec!["billing".to_owned()] }
    }
}

impl Default for Limits {
    /// The default rate for each agent and for each tenant; nobody waits.
    fn default() -> Self {
        Self { agent: Some(Rate::default()), tenant: Some(Rate::default()), patience: Duration::ZERO }
    }
}

impl Default for Delivery {
    /// Three attempts of 3 s at most, pauses of 100 ms and 200 ms, 10 s in all.
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(100),
            attempt_timeout: Duration::from_secs(3),
            deadline: Duration::from_secs(10),
        }
    }
}

impl Default for Fallback {
    /// The tutorial's.
    fn default() -> Self {
        Self { content: "Please verify account details before proceeding.".to_owned(), priority: Priority::Low }
    }
}

impl Default for Correlation {
    /// 1,000 prompts, 16 questions at once, pauses from 250 ms to 5 s, 30 s in all, 3 s for one question.
    fn default() -> Self {
        Self {
            queue: 1_000,
            in_flight: 16,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(5),
            patience: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(3),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            eligibility: Eligibility::default(),
            limits: Limits::default(),
            delivery: Delivery::default(),
            fallback: Some(Fallback::default()),
            correlation: Correlation::default(),
        }
    }
}

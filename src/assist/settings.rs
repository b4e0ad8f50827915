//! The settings of the prompt pipeline.

use std::time::Duration;

use super::prompt::Priority;
use crate::remote::client::Rate;

/// The settings of the pipeline. The defaults are those of the tutorial.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The eligibility rules.
    pub eligibility: Eligibility,
    /// The rate limits.
    pub limits: RateLimits,
    /// How a prompt is sent.
    pub delivery: Delivery,
    /// What is sent instead of a prompt that cannot be delivered; none for no fallback.
    pub fallback: Option<Fallback>,
    /// How transcripts are searched for.
    pub correlation: Correlation,
}

/// The eligibility rules; checked before a prompt is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Eligibility {
    /// The minimum sentiment of the interaction, from -1 to 1, inclusive.
    pub minimum_sentiment: f64,
    /// The skills that an agent needs, all of them.
    pub required_skills: Vec<String>,
}

/// The rate limits. A prompt takes a token from its agent's bucket and one from its tenant's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimits {
    /// The limit for each agent; none for no limit.
    pub agent: Option<Rate>,
    /// The limit for each tenant; none for no limit.
    pub tenant: Option<Rate>,
    /// How long a prompt may wait for both tokens together; zero refuses it at once.
    pub patience: Duration,
}

/// How a prompt is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Maximum number of attempts; at least 1.
    pub attempts: u32,
    /// Maximum pause after the first attempt; it doubles with each further attempt. The pause is
    /// drawn from its upper half.
    pub base: Duration,
    /// Time limit of an attempt.
    pub attempt_timeout: Duration,
    /// Time limit of all attempts and pauses. The fallback has the time limit of one more attempt.
    pub deadline: Duration,
}

/// What is sent instead of a prompt that cannot be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// What the agent reads.
    pub content: String,
    /// How urgent it is.
    pub priority: Priority,
}

/// How the transcript of an interaction is searched for after the delivery of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// Maximum number of pending searches; further ones are recorded as dropped.
    pub queue: usize,
    /// Maximum number of concurrent requests for transcripts.
    pub in_flight: usize,
    /// The pause after the first request; it doubles with each further request.
    pub first_pause: Duration,
    /// Maximum pause without a `Retry-After`.
    pub longest_pause: Duration,
    /// Time limit of a search, from the delivery on.
    pub patience: Duration,
    /// Time limit of one request.
    pub attempt_timeout: Duration,
}

impl Default for Eligibility {
    /// A sentiment of at least -0.3, and the skill `billing`.
    fn default() -> Self {
        Self { minimum_sentiment: -0.3, required_skills: vec!["billing".to_owned()] }
    }
}

impl Default for RateLimits {
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
    /// 1,000 searches, 16 concurrent requests, pauses from 250 ms to 5 s, 30 s for a search, 3 s
    /// for a request.
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
            limits: RateLimits::default(),
            delivery: Delivery::default(),
            fallback: Some(Fallback::default()),
            correlation: Correlation::default(),
        }
    }
}

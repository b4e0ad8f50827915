//! Reads `service`: the settings of prompt delivery.

use std::time::Duration;

use crate::assist::{Rate, Settings};
use crate::source::yaml::{Node, Reader};
use crate::suite::keypad::transpose;
use crate::suite::{rules, settings};

use super::patch::{sentiment, skills};

/// Times that are longer than this are hardly meant, and the service's clock must not run out.
const LONGEST_MS: u64 = 60 * 60 * 1000;

/// One `service` as written; missing keys come from the defaults.
#[derive(Clone, Debug, Default)]
pub(super) struct ServicePatch {
    min_sentiment: Option<f64>,
    required_skills: Option<Vec<String>>,
    agent_limit: Option<Option<Rate>>,
    tenant_limit: Option<Option<Rate>>,
    patience_ms: Option<u64>,
    attempts: Option<u32>,
    pause_ms: Option<u64>,
    request_timeout_ms: Option<u64>,
    deadline_ms: Option<u64>,
    transcript: TranscriptPatch,
}

/// What its `transcript` says.
#[derive(Clone, Debug, Default)]
struct TranscriptPatch {
    queue: Option<usize>,
    at_once: Option<usize>,
    pause_ms: Option<u64>,
    longest_pause_ms: Option<u64>,
    patience_ms: Option<u64>,
    request_timeout_ms: Option<u64>,
}

impl ServicePatch {
    /// Reads a `service`.
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "the settings of the service")?;
        let min_sentiment = fields.take("min_sentiment").map(|node| sentiment(node, reader));
        let required_skills = fields.take("required_skills").map(|node| skills(node, reader));
        let agent_limit = fields.take("agent_limit").map(|node| rate(node, reader));
        let tenant_limit = fields.take("tenant_limit").map(|node| rate(node, reader));
        let when_limited = fields.take("when_limited").map(|node| when_limited(node, reader));
        let attempts = fields.take("attempts").map(|node| reader.integer(node, "a number of attempts", 1, 100));
        let pause = fields.take("pause").map(|node| time(node, 0, reader));
        let request_timeout = fields.take("request_timeout").map(|node| time(node, 1, reader));
        let deadline = fields.take("deadline").map(|node| time(node, 1, reader));
        let transcript = fields.take("transcript").map(|node| TranscriptPatch::read(node, reader));
        fields.finish(reader);
        Some(Self {
            min_sentiment: transpose(min_sentiment)?,
            required_skills: transpose(required_skills)?,
            agent_limit: transpose(agent_limit)?,
            tenant_limit: transpose(tenant_limit)?,
            patience_ms: transpose(when_limited)?,
            attempts: transpose(attempts)?.and_then(|attempts| u32::try_from(attempts).ok()),
            pause_ms: transpose(pause)?,
            request_timeout_ms: transpose(request_timeout)?,
            deadline_ms: transpose(deadline)?,
            transcript: transpose(transcript)?.unwrap_or_default(),
        })
    }

    /// Merges with defaults; keys of `self` take precedence.
    pub(super) fn over(&self, defaults: &Self) -> Self {
        let (own, other) = (&self.transcript, &defaults.transcript);
        Self {
            min_sentiment: self.min_sentiment.or(defaults.min_sentiment),
            required_skills: self.required_skills.clone().or_else(|| defaults.required_skills.clone()),
            agent_limit: self.agent_limit.or(defaults.agent_limit),
            tenant_limit: self.tenant_limit.or(defaults.tenant_limit),
            patience_ms: self.patience_ms.or(defaults.patience_ms),
            attempts: self.attempts.or(defaults.attempts),
            pause_ms: self.pause_ms.or(defaults.pause_ms),
            request_timeout_ms: self.request_timeout_ms.or(defaults.request_timeout_ms),
            deadline_ms: self.deadline_ms.or(defaults.deadline_ms),
            transcript: TranscriptPatch {
                queue: own.queue.or(other.queue),
                at_once: own.at_once.or(other.at_once),
                pause_ms: own.pause_ms.or(other.pause_ms),
                longest_pause_ms: own.longest_pause_ms.or(other.longest_pause_ms),
                patience_ms: own.patience_ms.or(other.patience_ms),
                request_timeout_ms: own.request_timeout_ms.or(other.request_timeout_ms),
            },
        }
    }

    /// The settings: the service's own where nothing is said.
    pub(super) fn resolve(&self) -> Settings {
        fn set<T>(own: Option<T>, setting: &mut T) {
            if let Some(own) = own {
                *setting = own;
            }
        }
        let ms = |ms: Option<u64>| ms.map(Duration::from_millis);
        let mut settings = Settings::default();
        set(self.min_sentiment, &mut settings.eligibility.minimum_sentiment);
        set(self.required_skills.clone(), &mut settings.eligibility.required_skills);
        set(self.agent_limit, &mut settings.limits.agent);
        set(self.tenant_limit, &mut settings.limits.tenant);
        set(ms(self.patience_ms), &mut settings.limits.patience);
        set(self.attempts, &mut settings.delivery.attempts);
        set(ms(self.pause_ms), &mut settings.delivery.base);
        set(ms(self.request_timeout_ms), &mut settings.delivery.attempt_timeout);
        set(ms(self.deadline_ms), &mut settings.delivery.deadline);
        let (own, correlation) = (&self.transcript, &mut settings.correlation);
        set(own.queue, &mut correlation.queue);
        set(own.at_once, &mut correlation.in_flight);
        set(ms(own.pause_ms), &mut correlation.first_pause);
        set(ms(own.longest_pause_ms), &mut correlation.longest_pause);
        set(ms(own.patience_ms), &mut correlation.patience);
        set(ms(own.request_timeout_ms), &mut correlation.attempt_timeout);
        settings
    }
}

impl TranscriptPatch {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "the settings of the search for transcripts")?;
        let count = |node: &Node, reader: &mut Reader<'_>| {
            reader.integer(node, "a number of prompts", 1, 1_000_000).map(|count| count as usize)
        };
        let queue = fields.take("queue").map(|node| count(node, reader));
        let at_once = fields.take("at_once").map(|node| count(node, reader));
        let pause = fields.take("pause").map(|node| time(node, 1, reader));
        let longest_pause = fields.take("longest_pause").map(|node| time(node, 1, reader));
        let give_up = fields.take("give_up_after").map(|node| time(node, 1, reader));
        let request_timeout = fields.take("request_timeout").map(|node| time(node, 1, reader));
        fields.finish(reader);
        Some(Self {
            queue: transpose(queue)?,
            at_once: transpose(at_once)?,
            pause_ms: transpose(pause)?,
            longest_pause_ms: transpose(longest_pause)?,
            patience_ms: transpose(give_up)?,
            request_timeout_ms: transpose(request_timeout)?,
        })
    }
}

/// A length of time of at most an hour.
fn time(node: &Node, least_ms: u64, reader: &mut Reader<'_>) -> Option<u64> {
    const WHAT: &str = "a duration";
    let ms = if least_ms > 0 { settings::positive(node, WHAT, reader)? } else { reader.duration(node, WHAT)? };
    if ms > LONGEST_MS {
        let diagnostic = reader.error(rules::INVALID_VALUE, node.span, "expected a duration of at most 1h");
        reader.report(diagnostic);
        return None;
    }
    Some(ms)
}

/// `refuse`, or how long a prompt waits for its tokens.
fn when_limited(node: &Node, reader: &mut Reader<'_>) -> Option<u64> {
    if node.as_scalar().is_some() {
        // A mapping is the other form, which the message must name.
        if reader.text(node, "'refuse' or '{ wait: 5s }'")?.value == "refuse" {
            return Some(0);
        }
        let message = "expected 'refuse' or '{ wait: … }'";
        let diagnostic = reader.error(rules::RULES.wrong_type, node.span, message);
        reader.report(diagnostic.help("write 'refuse', or '{ wait: 5s }' for a prompt that waits so long at most"));
        return None;
    }
    let mut fields = reader.mapping(node, "what happens to a prompt that is limited")?;
    let wait = fields.required(reader, "wait").and_then(|node| time(node, 0, reader));
    fields.finish(reader);
    wait
}

/// A rate, or `none` for no limit.
fn rate(node: &Node, reader: &mut Reader<'_>) -> Option<Option<Rate>> {
    if node.as_scalar().is_some() {
        return reader.word(node, "a rate or 'none'", &["none"]).map(|_| None);
    }
    let mut fields = reader.mapping(node, "a rate")?;
    let burst =
        fields.required(reader, "burst").and_then(|node| reader.integer(node, "a number of prompts", 1, 1_000_000));
    let per_second = fields.required(reader, "per_second").and_then(|node| {
        let value = reader.decimal(node, "a number of prompts in a second")?;
        let valid = (0.001..=1e6).contains(&value);
        if !valid {
            let message = format!("expected a number of prompts in a second between 0.001 and 1000000, found {value}");
            let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message);
            reader.report(diagnostic.help("write 'none' in place of the rate for no limit"));
        }
        valid.then_some(value)
    });
    fields.finish(reader);
    // Both are within what a rate can be.
    Some(Some(Rate::new(per_second?, u32::try_from(burst?).ok()?)?))
}

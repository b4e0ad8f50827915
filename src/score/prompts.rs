//! Prompts that the caller must hear, or must not.

use std::collections::HashSet;

use super::checks::{Checks, Mismatch, node_name};
use super::{CheckKind, CheckState};
use crate::flow::Value;
use crate::simulator::{Spoken, Trace};
use crate::source::yaml::format_duration;
use crate::suite::{PromptExpectation, TextMatch};

/// Maximum number of distinct prompts that are compared to find the nearest.
const MAX_COMPARED_PROMPTS: usize = 100;
/// Maximum number of characters of a text that are compared in that search.
const MAX_COMPARED_CHARS: usize = 200;

/// Adds a check for each expectation.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    for placed in &expect.prompts {
        let wanted = &placed.value;
        let subject = wanted.node.map(|node| node_name(trace, node));
        let heard =
            trace.prompts.iter().find(|spoken| is_at(trace, spoken, wanted) && holds(&wanted.text, &spoken.text));
        match (heard, wanted.negated) {
            (Some(_), false) | (None, true) => checks.held(CheckKind::Prompt, subject),
            (Some(spoken), true) => {
                let mismatch = Mismatch { expected: describe_expected(wanted), actual: describe_heard(trace, spoken) };
                checks.failed(CheckKind::Prompt, subject, CheckState::Broken, placed, mismatch);
            }
            (None, false) => {
                let walked = wanted.node.is_none_or(|node| trace.steps.iter().any(|step| step.node == node));
                let (state, actual) = if walked {
                    (CheckState::Broken, describe_nearest(trace, wanted))
                } else {
                    (CheckState::NotReached, "never reached".to_owned())
                };
                let mismatch = Mismatch { expected: describe_expected(wanted), actual };
                checks.failed(CheckKind::Prompt, subject, state, placed, mismatch);
            }
        }
    }
}

fn is_at(trace: &Trace, spoken: &Spoken, wanted: &PromptExpectation) -> bool {
    wanted.node.is_none_or(|node| trace.steps.get(spoken.step as usize).is_some_and(|step| step.node == node))
}

fn holds(wanted: &TextMatch, text: &str) -> bool {
    match wanted {
        TextMatch::Equals(whole) => whole == text,
        TextMatch::Contains(part) => text.contains(&**part),
        TextMatch::Matches(pattern) => pattern.0.is_match(text),
    }
}

fn describe_expected(wanted: &PromptExpectation) -> String {
    let literal = |text: &str| Value::from(text).literal();
    let article = if wanted.negated { "no" } else { "a" };
    match &wanted.text {
        TextMatch::Equals(text) => format!("{article} prompt {}", literal(text)),
        TextMatch::Contains(text) => format!("{article} prompt containing {}", literal(text)),
        TextMatch::Matches(pattern) => format!("{article} prompt matching {}", literal(pattern.0.as_str())),
    }
}

fn describe_heard(trace: &Trace, spoken: &Spoken) -> String {
    let literal = Value::Text(spoken.text.clone()).literal();
    match trace.steps.get(spoken.step as usize) {
        Some(step) => {
            let at = format_duration(step.at_ms);
            format!("{literal} at {}, step {}, at {at}", trace.node_name(step), spoken.step + 1)
        }
        None => literal,
    }
}

fn describe_nearest(trace: &Trace, wanted: &PromptExpectation) -> String {
    let mut seen = HashSet::new();
    let heard: Vec<&Spoken> =
        trace.prompts.iter().filter(|spoken| is_at(trace, spoken, wanted) && seen.insert(&*spoken.text)).collect();
    let similarity = |spoken: &&&Spoken| similarity(&wanted.text, &spoken.text);
    // `rev` makes `max_by`, which returns the last maximum, return the first.
    let nearest = heard
        .iter()
        .take(MAX_COMPARED_PROMPTS)
        .rev()
        .max_by(|left, right| similarity(left).total_cmp(&similarity(right)));
    match (nearest, heard.len()) {
        (None, _) => "nothing was heard".to_owned(),
        (Some(spoken), 1) => format!("the only prompt heard is {}", describe_heard(trace, spoken)),
        (Some(spoken), all) => format!("the nearest of {all} prompts heard is {}", describe_heard(trace, spoken)),
    }
}

/// Similarity of a prompt to the expected text, 0 to 1, ignoring case: the normalized Levenshtein
/// distance to the whole prompt or, where a part is expected, to the most similar run of as many
/// words.
fn similarity(wanted: &TextMatch, text: &str) -> f64 {
    let (wanted, whole) = match wanted {
        TextMatch::Equals(wanted) => (wanted.as_str(), true),
        TextMatch::Contains(wanted) => (wanted.as_str(), false),
        TextMatch::Matches(pattern) => (pattern.0.as_str(), false),
    };
    let shorten = |text: &str| text.chars().take(MAX_COMPARED_CHARS).collect::<String>().to_lowercase();
    let (wanted, text) = (shorten(wanted), shorten(text));
    let words: Vec<&str> = text.split_whitespace().collect();
    let run = wanted.split_whitespace().count().max(1);
    if whole || words.len() <= run {
        return strsim::normalized_levenshtein(&wanted, &text);
    }
    words.windows(run).map(|run| strsim::normalized_levenshtein(&wanted, &run.join(" "))).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;

//! Checks and verdicts in words.

use super::{AttemptRecord, ScenarioRecord, Verdict};
use crate::score::{Check, CheckKind, CheckState};

impl Verdict {
    /// The word for it in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Flaky => "flaky",
        }
    }
}

/// What a check is about, in words: `the decision at 'main_menu'`.
pub(crate) fn check_subject(check: &Check) -> String {
    let named = |words: &str| match &check.subject {
        Some(subject) => format!("{words} '{subject}'"),
        None => words.to_owned(),
    };
    match check.kind {
        CheckKind::Outcome => named("the outcome"),
        CheckKind::EndsAt => named("the last node"),
        CheckKind::Path => named("the path"),
        CheckKind::Decision => named("the decision at"),
        CheckKind::Variable => named("the variable"),
        CheckKind::Never => named("the forbidden node"),
        CheckKind::Prompt => named("the prompt"),
        CheckKind::Lookup => named("the lookup"),
        CheckKind::Efficiency => named("the efficiency"),
        CheckKind::Duration => named("the duration"),
        CheckKind::Keypresses => named("the number of keys"),
        CheckKind::UnusedInput => named("the unused input"),
        CheckKind::Failure => named("the failure"),
        CheckKind::Result if check.subject.is_some() => named("the result of"),
        CheckKind::Result => named("the result"),
        CheckKind::Count => named("the number of prompts that are"),
        CheckKind::Attempts => named("the number of attempts"),
        CheckKind::Statuses => named("the list of statuses"),
        CheckKind::Pauses => named("the list of pauses"),
        CheckKind::Reason => named("the reason"),
        CheckKind::LimitedBy => named("the empty bucket"),
        CheckKind::RetryAfter => named("the time to stay away"),
        CheckKind::Waited => named("the wait for a token"),
        CheckKind::Transcript if check.subject.is_some() => named("the transcript's"),
        CheckKind::Transcript => named("the transcript"),
        CheckKind::Shown => named("what is shown as"),
    }
}

/// Expected beside taken, in words: `expected 2, taken 3`.
pub(crate) fn check_contrast(check: &Check) -> String {
    let expected = check.expected.as_deref().map(|expected| format!("expected {expected}"));
    let verb = match check.kind {
        // What was never reached says so itself.
        kind if check.state == CheckState::NotReached && !matches!(kind, CheckKind::EndsAt) => "",
        CheckKind::Outcome | CheckKind::EndsAt | CheckKind::Path => "taken ",
        CheckKind::Decision if check.state == CheckState::Broken => "taken ",
        CheckKind::Variable
        | CheckKind::Efficiency
        | CheckKind::Duration
        | CheckKind::Keypresses
        | CheckKind::Failure
        | CheckKind::Result
        | CheckKind::Count
        | CheckKind::Attempts
        | CheckKind::Statuses
        | CheckKind::Pauses
        | CheckKind::Reason
        | CheckKind::LimitedBy
        | CheckKind::RetryAfter
        | CheckKind::Waited
        | CheckKind::Transcript
        | CheckKind::Shown => "found ",
        // These say themselves what happened: `never reached`, `walked as step 3`.
        CheckKind::Decision | CheckKind::Never | CheckKind::Prompt | CheckKind::Lookup | CheckKind::UnusedInput => "",
    };
    let actual = check.actual.as_deref().map(|actual| format!("{verb}{actual}"));
    match (expected, actual) {
        (Some(expected), Some(actual)) => format!("{expected}, {actual}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "not as expected".to_owned(),
    }
}

/// One line about a check that did not hold.
pub(crate) fn check_sentence(check: &Check) -> String {
    format!("{}: {}", check_subject(check), check_contrast(check))
}

impl ScenarioRecord {
    /// The checks that did not hold.
    pub fn broken(&self) -> impl Iterator<Item = &Check> {
        self.score.iter().flat_map(|score| &score.checks).filter(|check| check.state != CheckState::Held)
    }

    /// Why it did not pass, in one line; none where it passed.
    pub fn why(&self) -> Option<String> {
        let checks = self.score.as_ref().map_or(&[][..], |score| &score.checks);
        why(self.verdict, self.reason.as_deref(), &self.attempts, checks)
    }
}

/// Why a scenario did not pass, in one line, of the parts of its record; none where it passed.
pub(crate) fn why(
    verdict: Verdict,
    reason: Option<&str>,
    attempts: &[AttemptRecord],
    checks: &[Check],
) -> Option<String> {
    if verdict == Verdict::Passed {
        return None;
    }
    if let Some(reason) = reason {
        return Some(reason.to_owned());
    }
    if verdict == Verdict::Flaky {
        let failed = attempts.iter().filter(|attempt| attempt.verdict != Verdict::Passed);
        let first = failed.clone().find_map(|attempt| attempt.reason.as_deref());
        let (failed, all) = (failed.count(), attempts.len());
        let ratio = format!("{failed} of {all} attempts did not pass");
        return Some(first.map_or(ratio.clone(), |first| format!("{ratio}, the first: {first}")));
    }
    checks.iter().find(|check| check.state != CheckState::Held).map(check_sentence)
}

//! One `testcase`.

use super::Dialect;
use super::element::{Xml, close, empty, open, property, seconds, text};
use crate::record::{AttemptRecord, ResultCounts, ScenarioRecord, Verdict};
use crate::report::broken::{broken_text, rejected_text};
use crate::source::diagnostics::DiagnosticRecord;
use crate::suite::DESCRIPTION;

/// The case of a scenario. Its children come in the order of Surefire's schema.
pub(super) fn scenario(xml: &mut Xml<'_>, class: &str, scenario: &ScenarioRecord, dialect: Dialect) {
    let verdict = scenario.verdict;
    let (line, time) = (scenario.line.to_string(), seconds(scenario.wall.duration_us));
    let mut attributes = vec![("classname", class), ("name", title(scenario))];
    if dialect == Dialect::Rich {
        attributes.extend([("file", &*scenario.file), ("line", &line)]);
    }
    attributes.push(("time", &time));
    open(xml, "testcase", &attributes);
    if dialect == Dialect::Rich {
        properties(xml, scenario);
    }
    let why = scenario.why().unwrap_or_default();
    let kind = kind(scenario);
    let others = others(scenario);
    if verdict == Verdict::Failed {
        text(xml, "failure", &[("message", &why), ("type", kind)], &broken_text(scenario));
    }
    attempts(xml, others, Verdict::Failed, if verdict == Verdict::Flaky { "flakyFailure" } else { "rerunFailure" });
    if verdict == Verdict::Skipped {
        empty(xml, "skipped", &[("message", &why)]);
    }
    if verdict == Verdict::Error {
        text(xml, "error", &[("message", &why), ("type", kind)], &broken_text(scenario));
    }
    attempts(xml, others, Verdict::Error, if verdict == Verdict::Flaky { "flakyError" } else { "rerunError" });
    if dialect == Dialect::Strict {
        text(xml, "system-out", &[], &format!("{}:{line}", scenario.file));
    }
    close(xml, "testcase");
    end_line(xml);
}

/// The only case of a file that could not be used.
pub(super) fn rejected(xml: &mut Xml<'_>, class: &str, file: &str, diagnostics: &[DiagnosticRecord], dialect: Dialect) {
    let first =
        diagnostics.iter().find(|diagnostic| diagnostic.severity == crate::source::diagnostics::Severity::Error);
    let first = first.or(diagnostics.first());
    let line = first.and_then(|diagnostic| diagnostic.line).unwrap_or(1).to_string();
    let mut attributes = vec![("classname", class), ("name", file)];
    if dialect == Dialect::Rich {
        attributes.extend([("file", file), ("line", line.as_str())]);
    }
    attributes.push(("time", "0.000"));
    open(xml, "testcase", &attributes);
    let message = first.map_or("the file cannot be used", |diagnostic| &diagnostic.message);
    let rule = first.map_or("file", |diagnostic| &diagnostic.rule);
    let body = rejected_text(diagnostics);
    text(xml, "error", &[("message", message), ("type", rule)], &body);
    close(xml, "testcase");
    end_line(xml);
}

/// The name with its cell: the part of the id that the class does not say.
fn title(scenario: &ScenarioRecord) -> &str {
    let rest = scenario.id.strip_prefix(&*scenario.suite).and_then(|rest| rest.strip_prefix("::"));
    rest.unwrap_or(&scenario.name)
}

/// What was measured, then what the suite says.
fn properties(xml: &mut Xml<'_>, scenario: &ScenarioRecord) {
    let measured = measured(scenario);
    let description = scenario.description.iter().map(|text| (DESCRIPTION, text));
    let free = scenario.properties.iter().flat_map(|properties| properties.iter());
    let mut written = description.chain(free.map(|(name, text)| (&**name, text))).peekable();
    if measured.is_empty() && written.peek().is_none() {
        return;
    }
    open(xml, "properties", &[]);
    for (name, value) in &measured {
        property(xml, name, value);
    }
    for (name, text) in written {
        property(xml, name, text);
    }
    close(xml, "properties");
}

fn measured(scenario: &ScenarioRecord) -> Vec<(&'static str, String)> {
    if let Some(assist) = &scenario.assist {
        let mut measured = vec![("virtual-seconds", seconds(assist.ended_ms * 1_000))];
        let counts = ResultCounts::ORDER.map(|result| (result.word(), assist.counts.count(result)));
        measured
            .extend(counts.into_iter().filter(|(_, count)| *count > 0).map(|(word, count)| (word, count.to_string())));
        measured.push(("requests", assist.requests.to_string()));
        return measured;
    }
    let Some(trace) = &scenario.trace else { return Vec::new() };
    vec![("virtual-seconds", seconds(trace.duration_ms * 1_000)), ("outcome", trace.outcome.to_string())]
}

/// What kind of check is broken first, as in the suite language.
fn kind(scenario: &ScenarioRecord) -> &'static str {
    use crate::score::CheckKind::*;
    match scenario.broken().next().filter(|_| scenario.reason.is_none()).map(|check| check.kind) {
        Some(Outcome) => "outcome",
        Some(EndsAt) => "ends_at",
        Some(Path) => "path",
        Some(Decision) => "decisions",
        Some(Variable) => "variables",
        Some(Never) => "never",
        Some(Prompt) => "prompts",
        Some(Lookup) => "lookups",
        Some(Efficiency) => "efficiency",
        Some(Duration) => "duration",
        Some(Keypresses) => "keypresses",
        Some(UnusedInput) => "unused_input",
        Some(Failure) => "failure",
        Some(Result) => "result",
        Some(Count) => "counts",
        Some(Attempts) => "attempts",
        Some(Statuses) => "statuses",
        Some(Pauses) => "pauses",
        Some(Reason) => "reason",
        Some(LimitedBy) => "limited_by",
        Some(RetryAfter) => "retry_after",
        Some(Waited) => "waited",
        Some(Transcript) => "transcript",
        Some(Shown) => "shown",
        None => scenario.verdict.word(),
    }
}

/// The attempts that the case's own failure or error does not tell of: all but the last one, or for a flaky scenario
/// all.
fn others(scenario: &ScenarioRecord) -> &[AttemptRecord] {
    match (&scenario.attempts[..], scenario.verdict) {
        (all, Verdict::Flaky) => all,
        ([before @ .., _], _) => before,
        ([], _) => &[],
    }
}

/// An element for each attempt with this verdict.
fn attempts(xml: &mut Xml<'_>, attempts: &[AttemptRecord], verdict: Verdict, name: &str) {
    for attempt in attempts.iter().filter(|attempt| attempt.verdict == verdict) {
        let reason = attempt.reason.as_deref().unwrap_or_default();
        open(xml, name, &[("message", reason), ("type", verdict.word())]);
        text(xml, "stackTrace", &[], reason);
        close(xml, name);
    }
}

fn end_line(xml: &mut Xml<'_>) {
    xml.get_mut().push(b'\n');
}

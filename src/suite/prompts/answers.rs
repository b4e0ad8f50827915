//! Reads the answers of a simulated service.

use std::sync::Arc;

use crate::assist::{Scripted, ScriptedAnswer, ScriptedRetryAfter};
use crate::source::diagnostics::{closest, quoted};
use crate::source::yaml::{Node, Reader};
use crate::suite::keypad::transpose;
use crate::suite::rules;

/// Maximum number of answers in one list.
const MOST: usize = 1_000;
/// Longer than any request is waited for: settings allow at most an hour.
const NEVER_MS: u64 = 24 * 60 * 60 * 1000;
/// The answers that are no status.
const WORDS: [&str; 4] = ["ok", "no_connection", "malformed", "timeout"];

/// Answers by request, or the only one.
pub(super) fn answers(node: &Node, reader: &mut Reader<'_>) -> Option<Arc<[Scripted]>> {
    let nodes = reader.one_or_many(node);
    if nodes.is_empty() {
        let diagnostic = reader.error(rules::INVALID_VALUE, node.span, "a service that is asked answers something");
        reader.report(diagnostic.help("write 'ok' for a service that always answers well"));
        return None;
    }
    if let Some(first) = nodes.get(MOST) {
        let message = format!("{} answers, more than the {MOST} allowed", nodes.len());
        let diagnostic = reader.error(rules::TOO_MANY, first.span, message).label("one too many");
        reader.report(diagnostic);
        return None;
    }
    let answers: Vec<_> = nodes.iter().map(|node| answer(node, reader)).collect();
    answers.into_iter().collect::<Option<Vec<_>>>().map(Arc::from)
}

fn answer(node: &Node, reader: &mut Reader<'_>) -> Option<Scripted> {
    if node.as_scalar().is_some() {
        return simple(node, reader);
    }
    let mut fields = reader.mapping(node, "an answer")?;
    let status = fields.take("status").map(|node| status(node, reader));
    let word = fields.take("answer").map(|node| simple(node, reader));
    let retry_after = fields.take("retry_after").map(|node| retry_after(node, reader));
    let latency = fields.take("latency").map(|node| reader.duration(node, "how long the answer takes"));
    let given = (status.is_some(), word.is_some(), retry_after.is_some());
    fields.finish(reader);
    let (status, word) = (transpose(status)?, transpose(word)?);
    let (retry_after, latency) = (transpose(retry_after)?, transpose(latency)?);
    let mut scripted = match (given, status, word) {
        ((true, false, _), Some(status), _) => {
            Scripted { latency_ms: 0, answer: ScriptedAnswer::Status { status, retry_after } }
        }
        ((false, true, false), _, Some(word)) => word,
        (given, ..) => {
            let (message, help) = match given {
                (true, true, _) => ("an answer has either 'status' or 'answer'", "remove one of them"),
                (_, true, true) => {
                    ("only an answer with a 'status' has a 'retry_after'", "write '{ status: 429, retry_after: 2s }'")
                }
                _ => ("nothing says what the answer is", "write '{ status: 503 }', or '{ answer: malformed }'"),
            };
            let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message).help(help);
            reader.report(diagnostic);
            return None;
        }
    };
    if let Some(latency) = latency {
        scripted.latency_ms = latency;
    }
    Some(scripted)
}

/// A status or a word.
fn simple(node: &Node, reader: &mut Reader<'_>) -> Option<Scripted> {
    let good = |answer| Some(Scripted { latency_ms: 0, answer });
    let text = reader.text(node, "an answer")?;
    match &*text.value {
        "ok" => return good(ScriptedAnswer::Good),
        "no_connection" => return good(ScriptedAnswer::NoConnection),
        "malformed" => return good(ScriptedAnswer::Malformed),
        "timeout" => return Some(Scripted { latency_ms: NEVER_MS, answer: ScriptedAnswer::Good }),
        _ => {}
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let status = status(node, reader)?;
        return good(ScriptedAnswer::Status { status, retry_after: None });
    }
    let message = format!("expected a status or a word for an answer, found {}", quoted(&text));
    let diagnostic = reader.error(rules::RULES.wrong_type, node.span, message);
    reader.report(match closest(&text, WORDS) {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
        None => {
            diagnostic.help("write a status such as 503, or one of 'ok', 'no_connection', 'malformed' and 'timeout'")
        }
    });
    None
}

fn status(node: &Node, reader: &mut Reader<'_>) -> Option<u16> {
    // Informational answers are not the last ones, so that no service can end with them.
    let status = reader.integer(node, "a status", 200, 599)?;
    u16::try_from(status).ok()
}

/// `2s`, or `{ date_in: 2s }` for the form with a date.
fn retry_after(node: &Node, reader: &mut Reader<'_>) -> Option<ScriptedRetryAfter> {
    if node.as_scalar().is_some() {
        return seconds(node, reader).map(ScriptedRetryAfter::Seconds);
    }
    let mut fields = reader.mapping(node, "a Retry-After")?;
    let date = fields.required(reader, "date_in").and_then(|node| seconds(node, reader));
    fields.finish(reader);
    date.map(ScriptedRetryAfter::DateIn)
}

fn seconds(node: &Node, reader: &mut Reader<'_>) -> Option<u64> {
    let ms = reader.duration(node, "a duration")?;
    if ms % 1000 != 0 {
        let message = "a Retry-After counts whole seconds";
        let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message);
        reader.report(diagnostic.help(format!("write '{}s'", ms.div_ceil(1000))));
        return None;
    }
    Some(ms / 1000)
}

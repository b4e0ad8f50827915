//! Reads the expectations of prompts.

use super::model::{ExpectedCount, ExpectedStatus, PromptExpectations, Results, TranscriptExpectation};
use super::patch::placed;
use crate::assist::MAX_LISTED_PROMPTS;
use crate::assist::{LimitedBy, Outcome, TranscriptState};
use crate::flow::Name;
use crate::source::diagnostics::{Span, closest, quoted};
use crate::source::yaml::{Data, Entry, Node, Reader};
use crate::suite::condition::{bound, condition};
use crate::suite::expect::either;
use crate::suite::keypad::transpose;
use crate::suite::{Condition, Placed, rules};

/// The keys that only expectations have.
pub(in crate::suite) const EXPECTATIONS: [&str; 11] = [
    "result",
    "counts",
    "attempts",
    "statuses",
    "pauses",
    "reason",
    "limited_by",
    "retry_after",
    "waited",
    "duration",
    "shown",
];

/// The fields of a prompt, by their path on the wire.
pub(in crate::suite) const FIELDS: [&str; 10] = [
    "interactionId",
    "promptId",
    "content",
    "priority",
    "uiConfig.componentType",
    "uiConfig.position",
    "uiConfig.timeoutMs",
    "context.sentimentScore",
    "context.keywords",
    "targetAgentId",
];

impl PromptExpectations {
    /// Reads an `expect`.
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "the expectations")?;
        let ms = |node: &Node, reader: &mut Reader<'_>| {
            let bound = bound(node, reader, |node, reader| reader.duration(node, "a duration"))?;
            Some(placed(bound, node.span, reader))
        };
        let expect = Self {
            results: fields.take("result").and_then(|node| results(node, reader)),
            counts: fields.take("counts").and_then(|node| counts(node, reader)),
            attempts: fields.take("attempts").and_then(|node| {
                let bound = bound(node, reader, |node, reader| count(node, "a number of attempts", reader))?;
                Some(placed(bound, node.span, reader))
            }),
            statuses: fields.take("statuses").and_then(|node| {
                let statuses = listed(node, "a list of statuses", reader, expected_status)?;
                Some(placed(statuses, node.span, reader))
            }),
            pauses_ms: fields.take("pauses").and_then(|node| {
                let pauses = listed(node, "a list of pauses", reader, |node, reader| {
                    if is_open(node) {
                        return Some(None);
                    }
                    bound(node, reader, |node, reader| reader.duration(node, "a pause")).map(Some)
                })?;
                Some(placed(pauses, node.span, reader))
            }),
            reason: fields.take("reason").and_then(|node| {
                let text = reader.text(node, "a part of a reason")?;
                if text.is_empty() {
                    let diagnostic = reader.error(rules::INVALID_VALUE, node.span, "every reason contains nothing");
                    reader.report(diagnostic.help("write a word of the reason, or remove it"));
                    return None;
                }
                Some(placed(text.value, node.span, reader))
            }),
            limited_by: fields.take("limited_by").and_then(|node| {
                let word = reader.word(node, "'agent' or 'tenant'", &LimitedBy::WORDS)?;
                Some(placed(*LimitedBy::ALL.get(word)?, node.span, reader))
            }),
            retry_after_ms: fields.take("retry_after").and_then(|node| ms(node, reader)),
            waited_ms: fields.take("waited").and_then(|node| ms(node, reader)),
            duration_ms: fields.take("duration").and_then(|node| ms(node, reader)),
            transcript: fields.take("transcript").and_then(|node| transcript(node, reader)),
            shown: fields.take("shown").and_then(|node| shown(node, reader)),
            given: false,
        };
        fields.finish(reader);
        let given = matches!(&node.data, Data::Mapping(entries) if entries.iter().any(|entry| !entry.value.is_empty()));
        Some(Self { given, ..expect })
    }

    /// These with what only the others say, key by key.
    pub(super) fn over(&self, defaults: &Self) -> Self {
        Self {
            results: either(&self.results, &defaults.results),
            counts: either(&self.counts, &defaults.counts),
            attempts: either(&self.attempts, &defaults.attempts),
            statuses: either(&self.statuses, &defaults.statuses),
            pauses_ms: either(&self.pauses_ms, &defaults.pauses_ms),
            reason: either(&self.reason, &defaults.reason),
            limited_by: either(&self.limited_by, &defaults.limited_by),
            retry_after_ms: either(&self.retry_after_ms, &defaults.retry_after_ms),
            waited_ms: either(&self.waited_ms, &defaults.waited_ms),
            duration_ms: either(&self.duration_ms, &defaults.duration_ms),
            transcript: either(&self.transcript, &defaults.transcript),
            shown: either(&self.shown, &defaults.shown),
            given: self.given || defaults.given,
        }
    }

    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        fn none<T>(list: Option<&Vec<T>>) -> bool {
            list.is_none_or(Vec::is_empty)
        }
        let results = match &self.results {
            None => true,
            Some(Results::Every(_)) => false,
            Some(Results::Each(list)) => list.iter().all(Option::is_none),
        };
        results
            && none(self.counts.as_ref())
            && self.attempts.is_none()
            && self.statuses.is_none()
            && self.pauses_ms.is_none()
            && self.reason.is_none()
            && self.limited_by.is_none()
            && self.retry_after_ms.is_none()
            && self.waited_ms.is_none()
            && self.duration_ms.is_none()
            && self.transcript.is_none()
            && none(self.shown.as_ref())
    }
}

/// Whether an item of a list is left open: `_`.
fn is_open(node: &Node) -> bool {
    node.as_scalar().is_some_and(|scalar| &*scalar.text == "_")
}

/// A list of at most [`MAX_LISTED_PROMPTS`] items; every one is read, so that all mistakes are
/// reported.
fn listed<T>(
    node: &Node,
    what: &'static str,
    reader: &mut Reader<'_>,
    mut read: impl FnMut(&Node, &mut Reader<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let nodes = reader.sequence(node, what)?;
    if let Some(first) = nodes.get(MAX_LISTED_PROMPTS) {
        let message = format!("{} items, more than the {MAX_LISTED_PROMPTS} allowed", nodes.len());
        let diagnostic = reader.error(rules::TOO_MANY, first.span, message).label("one too many");
        reader.report(diagnostic);
        return None;
    }
    let items: Vec<_> = nodes.iter().map(|node| read(node, reader)).collect();
    items.into_iter().collect()
}

fn outcome(node: &Node, reader: &mut Reader<'_>) -> Option<Placed<Outcome>> {
    let word = reader.word(node, "a result", &Outcome::WORDS)?;
    Some(placed(*Outcome::ALL.get(word)?, node.span, reader))
}

fn results(node: &Node, reader: &mut Reader<'_>) -> Option<Results> {
    if node.as_scalar().is_some() {
        return outcome(node, reader).map(Results::Every);
    }
    listed(node, "a result, or a list of them by prompt", reader, |node, reader| {
        if is_open(node) { Some(None) } else { outcome(node, reader).map(Some) }
    })
    .map(Results::Each)
}

fn counts(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<ExpectedCount>> {
    let counts: Vec<_> = reader
        .entries(node, "a mapping of results and their numbers")?
        .iter()
        .map(|entry| {
            let outcome = Outcome::from_word(&entry.key);
            if outcome.is_none() {
                let message = format!("no prompt ends as {}", quoted(&entry.key));
                let diagnostic = reader.error(rules::UNKNOWN_OUTCOME, entry.key.span, message);
                reader.report(match closest(&entry.key, Outcome::WORDS) {
                    Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
                    None => diagnostic.help(format!("the results are {}", Outcome::WORDS.map(quoted).join(", "))),
                });
            }
            let bound = bound(&entry.value, reader, |node, reader| count(node, "a number of prompts", reader));
            Some(placed((outcome?, bound?), whole(entry), reader))
        })
        .collect();
    counts.into_iter().collect()
}

/// A key with its value; without a value there is only the key to point at.
fn whole(entry: &Entry) -> Span {
    Span { start: entry.key.span.start, end: entry.value.span.end.max(entry.key.span.end) }
}

fn count(node: &Node, what: &'static str, reader: &mut Reader<'_>) -> Option<u64> {
    reader.integer(node, what, 0, i64::MAX).map(i64::unsigned_abs)
}

fn expected_status(node: &Node, reader: &mut Reader<'_>) -> Option<ExpectedStatus> {
    match node.as_scalar().map(|scalar| &*scalar.text) {
        Some("_") => Some(ExpectedStatus::Any),
        Some("none") => Some(ExpectedStatus::NoAnswer),
        _ => {
            let status = reader.integer(node, "a status, 'none' or '_'", 100, 599)?;
            u16::try_from(status).ok().map(ExpectedStatus::Status)
        }
    }
}

fn transcript(node: &Node, reader: &mut Reader<'_>) -> Option<Placed<TranscriptExpectation>> {
    let state = |node: &Node, reader: &mut Reader<'_>| {
        let word = reader.word(node, "the state of a transcript", &TranscriptState::WORDS)?;
        TranscriptState::ALL.get(word).copied()
    };
    if node.as_scalar().is_some() {
        let expect = TranscriptExpectation { state: Some(state(node, reader)?), ..TranscriptExpectation::default() };
        return Some(placed(expect, node.span, reader));
    }
    let mut fields = reader.mapping(node, "what is expected of a transcript")?;
    let state = fields.take("state").map(|node| state(node, reader));
    let id = fields.take("id").map(|node| reader.text(node, "the id of a transcript"));
    let questions = fields
        .take("questions")
        .map(|node| bound(node, reader, |node, reader| count(node, "a number of questions", reader)));
    let took = fields.take("took").map(|node| bound(node, reader, |node, reader| reader.duration(node, "a duration")));
    let nothing = state.is_none() && id.is_none() && questions.is_none() && took.is_none();
    fields.finish(reader);
    if nothing {
        let diagnostic = reader.error(rules::INVALID_VALUE, node.span, "nothing is expected of the transcript");
        reader.report(diagnostic.help("write '{ state: correlated }', or one of 'id', 'questions' and 'took'"));
        return None;
    }
    let expect = TranscriptExpectation {
        state: transpose(state)?,
        id: transpose(id)?.map(|id| id.value),
        questions: transpose(questions)?,
        took_ms: transpose(took)?,
    };
    Some(placed(expect, node.span, reader))
}

fn shown(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Placed<(Name, Condition)>>> {
    let shown: Vec<_> = reader
        .entries(node, "a mapping of a prompt's fields")?
        .iter()
        .map(|entry| {
            let known = FIELDS.contains(&&**entry.key);
            if !known {
                let message = format!("a prompt has no field {}", quoted(&entry.key));
                let diagnostic = reader.error(rules::RULES.unknown_key, entry.key.span, message);
                // The last part of the path alone is what people write first.
                let part = |field: &&&str| field.rsplit_once('.').is_some_and(|(_, last)| last == &**entry.key);
                let near = FIELDS.iter().find(part).copied().or_else(|| closest(&entry.key, FIELDS));
                reader.report(match near {
                    Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
                    None => diagnostic.help(format!("the fields are {}", FIELDS.map(quoted).join(", "))),
                });
            }
            let condition = condition(&entry.value, reader);
            Some(placed((Name::from(&*entry.key.value), condition.filter(|_| known)?), whole(entry), reader))
        })
        .collect();
    shown.into_iter().collect()
}

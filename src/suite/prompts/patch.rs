//! The settings that defaults and scenarios share: prompts and their context, merged patch over
//! patch.

use std::sync::Arc;

use super::answers::answers;
use super::bursts::bursts;
use super::model::{Burst, PromptExpectations};
use super::service::ServicePatch;
use crate::assist::{ComponentType, Position, Priority, Scripted};
use crate::source::diagnostics::Span;
use crate::source::yaml::{Fields, Node, Reader};
use crate::suite::keypad::transpose;
use crate::suite::{Placed, rules};

/// The keys that a suite of prompts has only below `defaults`.
pub(in crate::suite) const DEFAULTS: [&str; 14] = [
    "service",
    "agent",
    "prompt",
    "sentiment",
    "answers",
    "fallback",
    "transcript",
    "burst",
    "stop_at",
    "seed",
    "timeout",
    "retries",
    "properties",
    "expect",
];

/// The settings of defaults or a scenario; missing keys come from the patch below.
#[derive(Clone, Debug, Default)]
pub(in crate::suite) struct Patch {
    pub(super) service: ServicePatch,
    pub(super) agent: AgentPatch,
    pub(super) prompt: PromptPatch,
    pub(super) sentiment: Option<Placed<f64>>,
    pub(super) answers: Option<Arc<[Scripted]>>,
    pub(super) fallback: Option<FallbackPatch>,
    pub(super) transcript: Option<Arc<[Scripted]>>,
    pub(super) bursts: Option<Arc<[Burst]>>,
    pub(super) stop_at_ms: Option<u64>,
    pub(super) expect: PromptExpectations,
}

impl Patch {
    /// The defaults of a suite over those of the suite that is extended, or none at all. What is
    /// wrong is reported; the file is then not used, so that it may stay out.
    pub(crate) fn read(fields: &mut Fields<'_>, base: &Self, reader: &mut Reader<'_>) -> Self {
        let own = Self {
            service: fields.take("service").and_then(|node| ServicePatch::read(node, reader)).unwrap_or_default(),
            agent: fields.take("agent").and_then(|node| AgentPatch::read(node, reader)).unwrap_or_default(),
            prompt: fields.take("prompt").and_then(|node| PromptPatch::read(node, reader)).unwrap_or_default(),
            sentiment: fields.take("sentiment").and_then(|node| placed_sentiment(node, reader)),
            answers: fields.take("answers").and_then(|node| answers(node, reader)),
            fallback: fields.take("fallback").and_then(|node| FallbackPatch::read(node, reader)),
            transcript: fields.take("transcript").and_then(|node| answers(node, reader)),
            bursts: fields.take("burst").and_then(|node| bursts(node, reader)),
            stop_at_ms: fields.take("stop_at").and_then(|node| reader.duration(node, "a time from the start")),
            expect: fields.take("expect").and_then(|node| PromptExpectations::read(node, reader)).unwrap_or_default(),
        };
        own.over(base)
    }

    /// Merges with defaults key by key; keys of `self` take precedence.
    pub(crate) fn over(&self, defaults: &Self) -> Self {
        Self {
            service: self.service.over(&defaults.service),
            agent: self.agent.over(&defaults.agent),
            prompt: self.prompt.over(&defaults.prompt),
            sentiment: self.sentiment.clone().or_else(|| defaults.sentiment.clone()),
            answers: self.answers.clone().or_else(|| defaults.answers.clone()),
            fallback: match (&self.fallback, &defaults.fallback) {
                (Some(FallbackPatch::Some(own)), Some(FallbackPatch::Some(other))) => {
                    Some(FallbackPatch::Some(own.over(other)))
                }
                (own, other) => own.clone().or_else(|| other.clone()),
            },
            transcript: self.transcript.clone().or_else(|| defaults.transcript.clone()),
            bursts: self.bursts.clone().or_else(|| defaults.bursts.clone()),
            stop_at_ms: self.stop_at_ms.or(defaults.stop_at_ms),
            expect: self.expect.over(&defaults.expect),
        }
    }
}

/// One `agent` as written.
#[derive(Clone, Debug, Default)]
pub(super) struct AgentPatch {
    pub id: Option<Placed<String>>,
    pub skills: Option<Vec<String>>,
    pub tenant: Option<String>,
    /// Whether the service knows the agent.
    pub known: Option<bool>,
}

impl AgentPatch {
    /// Reads an `agent`.
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "an agent")?;
        let id = fields.take("id").map(|node| text(node, "the id of an agent", reader));
        let skills = fields.take("skills").map(|node| skills(node, reader));
        let tenant = fields.take("tenant").map(|node| reader.text(node, "the name of a tenant"));
        let known = fields.take("known").map(|node| reader.boolean(node, "true or false"));
        fields.finish(reader);
        Some(Self {
            id: transpose(id)?,
            skills: transpose(skills)?,
            tenant: transpose(tenant)?.map(|tenant| tenant.value),
            known: transpose(known)?,
        })
    }

    fn over(&self, defaults: &Self) -> Self {
        Self {
            id: self.id.clone().or_else(|| defaults.id.clone()),
            skills: self.skills.clone().or_else(|| defaults.skills.clone()),
            tenant: self.tenant.clone().or_else(|| defaults.tenant.clone()),
            known: self.known.or(defaults.known),
        }
    }
}

/// One `prompt` as written.
#[derive(Clone, Debug, Default)]
pub(super) struct PromptPatch {
    pub interaction: Option<Placed<String>>,
    pub id: Option<Placed<String>>,
    pub content: Option<Placed<String>>,
    pub priority: Option<Priority>,
    pub component: Option<ComponentType>,
    pub position: Option<Position>,
    pub timeout_ms: Option<Placed<u64>>,
    pub keywords: Option<Placed<Vec<String>>>,
}

impl PromptPatch {
    /// Reads a `prompt`.
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "a prompt")?;
        let interaction = fields.take("interaction").map(|node| text(node, "the id of an interaction", reader));
        let id = fields.take("id").map(|node| text(node, "the id of a prompt", reader));
        let content = fields.take("content").map(|node| text(node, "what the agent reads", reader));
        let priority = fields.take("priority").map(|node| priority(node, reader));
        let ui = fields.take("ui").map(|node| Self::ui(node, reader));
        let keywords = fields.take("keywords").map(|node| {
            let words = texts(node, "a keyword", reader)?;
            Some(placed(words, node.span, reader))
        });
        fields.finish(reader);
        let ui = transpose(ui)?.unwrap_or_default();
        Some(Self {
            interaction: transpose(interaction)?,
            id: transpose(id)?,
            content: transpose(content)?,
            priority: transpose(priority)?,
            keywords: transpose(keywords)?,
            ..ui
        })
    }

    fn ui(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "the ui of a prompt")?;
        let component = fields.take("component").map(|node| {
            let word = reader.word(node, "a component", &ComponentType::WORDS)?;
            ComponentType::ALL.get(word).copied()
        });
        let position = fields.take("position").map(|node| {
            let word = reader.word(node, "a position", &Position::WORDS)?;
            Position::ALL.get(word).copied()
        });
        let timeout = fields.take("timeout").map(|node| {
            let ms = reader.duration(node, "a duration")?;
            Some(placed(ms, node.span, reader))
        });
        fields.finish(reader);
        Some(Self {
            component: transpose(component)?,
            position: transpose(position)?,
            timeout_ms: transpose(timeout)?,
            ..Self::default()
        })
    }

    fn over(&self, defaults: &Self) -> Self {
        Self {
            interaction: self.interaction.clone().or_else(|| defaults.interaction.clone()),
            id: self.id.clone().or_else(|| defaults.id.clone()),
            content: self.content.clone().or_else(|| defaults.content.clone()),
            priority: self.priority.or(defaults.priority),
            component: self.component.or(defaults.component),
            position: self.position.or(defaults.position),
            timeout_ms: self.timeout_ms.clone().or_else(|| defaults.timeout_ms.clone()),
            keywords: self.keywords.clone().or_else(|| defaults.keywords.clone()),
        }
    }
}

/// One `fallback` as written.
#[derive(Clone, Debug)]
pub(super) enum FallbackPatch {
    /// There is none.
    None,
    /// There is one.
    Some(FallbackFields),
}

/// The fields of a fallback.
#[derive(Clone, Debug, Default)]
pub(super) struct FallbackFields {
    pub content: Option<Placed<String>>,
    pub priority: Option<Priority>,
}

impl FallbackPatch {
    /// Reads a `fallback`.
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if node.as_scalar().is_some() {
            return reader.word(node, "a fallback or 'none'", &["none"]).map(|_| Self::None);
        }
        let mut fields = reader.mapping(node, "a fallback")?;
        let content = fields.take("content").map(|node| text(node, "what the agent reads", reader));
        let priority = fields.take("priority").map(|node| priority(node, reader));
        fields.finish(reader);
        Some(Self::Some(FallbackFields { content: transpose(content)?, priority: transpose(priority)? }))
    }
}

impl FallbackFields {
    fn over(&self, defaults: &Self) -> Self {
        Self {
            content: self.content.clone().or_else(|| defaults.content.clone()),
            priority: self.priority.or(defaults.priority),
        }
    }
}

/// A value of this reader's source.
pub(super) fn placed<T>(value: T, span: Span, reader: &Reader<'_>) -> Placed<T> {
    Placed { value, source: reader.source().clone(), span }
}

/// A sentiment: a decimal from -1 to 1.
pub(super) fn sentiment(node: &Node, reader: &mut Reader<'_>) -> Option<f64> {
    let value = reader.decimal(node, "a sentiment")?;
    if (-1.0..=1.0).contains(&value) {
        return Some(value);
    }
    let message = format!("expected a sentiment from -1 to 1, found {value}");
    let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message);
    reader.report(diagnostic.help("-1 is the angriest, 1 the happiest"));
    None
}

/// The same with its place.
pub(super) fn placed_sentiment(node: &Node, reader: &mut Reader<'_>) -> Option<Placed<f64>> {
    let value = sentiment(node, reader)?;
    Some(placed(value, node.span, reader))
}

/// Skills: words, each once.
pub(super) fn skills(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    texts(node, "a skill", reader)
}

fn texts(node: &Node, what: &'static str, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let texts: Vec<_> = reader
        .one_or_many(node)
        .iter()
        .map(|node| {
            let text = reader.text(node, what)?;
            if text.trim().is_empty() {
                let diagnostic = reader.error(rules::INVALID_VALUE, node.span, format!("{what} is empty"));
                reader.report(diagnostic.help("remove it, or write a word"));
                return None;
            }
            Some(text.value)
        })
        .collect();
    texts.into_iter().collect()
}

fn text(node: &Node, what: &'static str, reader: &mut Reader<'_>) -> Option<Placed<String>> {
    let text = reader.text(node, what)?;
    Some(placed(text.value, node.span, reader))
}

fn priority(node: &Node, reader: &mut Reader<'_>) -> Option<Priority> {
    let word = reader.word(node, "a priority", &Priority::WORDS)?;
    Priority::ALL.get(word).copied()
}

//! Reads `burst`: series of prompts.

use std::sync::Arc;

use super::answers::answers;
use super::model::{Burst, MOST_PROMPTS};
use super::patch::sentiment;
use crate::assist::{FieldError, check_id};
use crate::flow::Name;
use crate::source::yaml::{Node, Reader};
use crate::suite::keypad::transpose;
use crate::suite::rules;

/// Maximum number of bursts in one list.
const MAX_BURSTS: usize = 1_000;

/// One burst, or several one after the other.
pub(super) fn bursts(node: &Node, reader: &mut Reader<'_>) -> Option<Arc<[Burst]>> {
    let nodes = reader.one_or_many(node);
    let problem = match nodes.len() {
        0 => Some((node.span, rules::INVALID_VALUE, "a scenario needs at least one prompt".to_owned())),
        count if count > MAX_BURSTS => {
            let message = format!("{count} bursts, more than the {MAX_BURSTS} allowed");
            Some((nodes[MAX_BURSTS].span, rules::TOO_MANY, message))
        }
        _ => None,
    };
    if let Some((span, rule, message)) = problem {
        let diagnostic = reader.error(rule, span, message);
        reader.report(diagnostic);
        return None;
    }
    let bursts: Vec<_> = nodes.iter().map(|node| burst(node, reader)).collect();
    let bursts: Vec<Burst> = bursts.into_iter().collect::<Option<_>>()?;
    let count: u64 = bursts.iter().map(|burst| burst.count).sum();
    if count > MOST_PROMPTS {
        let message = format!("{count} prompts, more than the {MOST_PROMPTS} allowed");
        let diagnostic = reader.error(rules::TOO_MANY, node.span, message).help("split the scenario");
        reader.report(diagnostic);
        return None;
    }
    Some(bursts.into())
}

fn burst(node: &Node, reader: &mut Reader<'_>) -> Option<Burst> {
    let mut fields = reader.mapping(node, "a burst")?;
    let count = fields
        .required(reader, "count")
        .and_then(|node| reader.integer(node, "a number of prompts", 1, MOST_PROMPTS as i64));
    let every = fields.take("every").map(|node| reader.duration(node, "the time from one prompt to the next"));
    let after = fields.take("after").map(|node| reader.duration(node, "the time from the prompt before"));
    let agents = fields.take("agents").map(|node| agents(node, reader));
    let sentiment = fields.take("sentiment").map(|node| sentiment(node, reader));
    let answers = fields.take("answers").map(|node| answers(node, reader));
    fields.finish(reader);
    Some(Burst {
        count: count?.unsigned_abs(),
        every_ms: transpose(every)?.unwrap_or(0),
        after_ms: transpose(after)?.unwrap_or(0),
        agents: transpose(agents)?.unwrap_or_default(),
        sentiment: transpose(sentiment)?,
        prompt_service: transpose(answers)?,
    })
}

fn agents(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Name>> {
    let agents: Vec<_> = reader
        .one_or_many(node)
        .iter()
        .map(|node| {
            let id = reader.text(node, "the id of an agent")?;
            let mut wrong: Vec<FieldError> = Vec::new();
            check_id("the id of an agent", &id, &mut wrong);
            match wrong.first() {
                None => Some(Name::from(&*id.value)),
                Some(wrong) => {
                    let message = format!("the id of an agent {}", wrong.message);
                    let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message);
                    reader.report(diagnostic);
                    None
                }
            }
        })
        .collect();
    agents.into_iter().collect()
}

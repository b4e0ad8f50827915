//! Prompts.

use super::context::Context;
use super::outcomes::report_either;
use crate::flow::{Name, Prompt, PromptContent};
use crate::source::yaml::{Data, Fields, Node};

/// Reads the prompts under an optional key.
pub(super) fn read_prompts(cx: &mut Context<'_>, fields: &mut Fields<'_>, key: &'static str) -> Vec<Prompt> {
    fields.take(key).map(|node| read_list(cx, node)).unwrap_or_default()
}

/// Reads the prompts of a node that requires them.
pub(super) fn required_prompts(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Vec<Prompt> {
    fields.required(&mut cx.reader, "prompts").map(|node| read_list(cx, node)).unwrap_or_default()
}

fn read_list(cx: &mut Context<'_>, node: &Node) -> Vec<Prompt> {
    cx.reader.one_or_many(node).iter().filter_map(|item| read_prompt(cx, item)).collect()
}

fn read_prompt(cx: &mut Context<'_>, node: &Node) -> Option<Prompt> {
    if !matches!(node.data, Data::Mapping(_)) {
        let text = cx.template(node, "a prompt");
        return Some(Prompt { content: PromptContent::Say(vec![(None, text)]), duration_ms: None });
    }
    let mut fields = cx.reader.mapping(node, "a prompt")?;
    let say = fields.take("say");
    let asset = fields.take("asset");
    let content = match (say, asset) {
        (Some(say), None) => Some(PromptContent::Say(read_say(cx, say))),
        (None, Some(asset)) => cx.name(asset, "the id of an asset").map(|id| PromptContent::Asset(id.value)),
        (say, _) => {
            report_either(cx, node.span, "a prompt", ["say", "asset"], say.is_some());
            None
        }
    };
    // The duration of a recording comes from `assets`.
    let duration_ms = match say {
        Some(_) => fields.take("duration").and_then(|node| cx.reader.duration(node, "a duration")),
        None => None,
    };
    fields.finish(&mut cx.reader);
    Some(Prompt { content: content?, duration_ms })
}

fn read_say(cx: &mut Context<'_>, node: &Node) -> Vec<(Option<Name>, crate::flow::expression::Template)> {
    if !matches!(node.data, Data::Mapping(_)) {
        return vec![(None, cx.template(node, "a text"))];
    }
    let entries = cx.reader.entries(node, "texts by language").unwrap_or_default();
    if entries.is_empty() {
        super::outcomes::report_empty(cx, node.span, "a prompt", "say");
    }
    let mut texts = Vec::new();
    for entry in entries {
        let language = cx.key_name(&entry.key, "a language");
        let text = cx.template(&entry.value, "a text");
        texts.extend(language.map(|language| (Some(language), text)));
    }
    texts
}

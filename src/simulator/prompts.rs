//! What is said, in which words, and how long it takes.

use super::engine::Engine;
use super::request::WORD_MS;
use super::state::{Interrupt, NodeError};
use crate::flow::expression::{Template, words};
use crate::flow::{Flow, Name, Prompt, PromptContent, Value};

/// A prompt that can be played.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    /// As the trace shows it.
    text: Name,
    /// How long it lasts, in ms.
    pub ms: u64,
}

impl Engine<'_> {
    /// Makes the prompts ready, in `self.ready`; returns their length together in ms.
    pub(super) fn prepare(&mut self, flow: &Flow, prompts: &[Prompt]) -> Result<u64, NodeError> {
        self.ready.clear();
        let mut total = 0_u64;
        for prompt in prompts {
            let ready = self.ready_prompt(flow, prompt)?;
            total = total.saturating_add(ready.ms);
            self.ready.push(ready);
        }
        Ok(total)
    }

    fn ready_prompt(&mut self, flow: &Flow, prompt: &Prompt) -> Result<Ready, NodeError> {
        match &prompt.content {
            PromptContent::Say(texts) => {
                let Some(template) = self.in_language(flow, texts) else {
                    return Err(NodeError::Mistake("the prompt has no text".to_owned()));
                };
                let (text, words) = match template.as_static() {
                    Some(text) => (text.clone(), template.words()),
                    None => {
                        let text = self.render(template)?;
                        let words = words(&text);
                        (text.into(), words)
                    }
                };
                let ms = prompt.duration_ms.unwrap_or_else(|| words.saturating_mul(WORD_MS));
                Ok(Ready { text, ms })
            }
            PromptContent::Asset(id) => {
                let own = flow.assets.iter().find(|(name, _)| name == id).map(|(_, asset)| asset.duration_ms);
                let given = || self.request.media.iter().any(|media| media.asset == *id).then_some(0);
                let Some(ms) = own.or_else(given) else {
                    return Err(NodeError::Mistake(format!(
                        "recording '{id}' is neither among the flow's assets nor the scenario's media"
                    )));
                };
                Ok(Ready { text: format!("[{id}]").into(), ms: prompt.duration_ms.unwrap_or(ms) })
            }
        }
    }

    /// The text in the caller's language: of the variable `language`, else the flow's, else the first.
    fn in_language<'t>(&self, flow: &Flow, texts: &'t [(Option<Name>, Template)]) -> Option<&'t Template> {
        let first = texts.first().map(|(_, template)| template);
        if texts.len() < 2 {
            return first;
        }
        let by = |wanted: &str| {
            texts.iter().find(|(language, _)| language.as_deref() == Some(wanted)).map(|(_, template)| template)
        };
        let chosen = flow.slots.get("language").and_then(|slot| self.state.frame.get(slot)).and_then(Value::as_text);
        chosen.and_then(by).or_else(|| flow.language.as_deref().and_then(by)).or(first)
    }

    /// Plays what is ready from now on, up to `cut` ms, where it is cut short, by a key or not; time passes.
    pub(super) fn play(&mut self, cut: Option<u64>, by_key: bool) -> Result<(), Interrupt> {
        if self.state.caller.is_gone() {
            return Ok(());
        }
        let end = cut.map_or(u64::MAX, |cut| self.state.now.saturating_add(cut));
        let ready = std::mem::take(&mut self.ready);
        let result = ready.iter().try_for_each(|prompt| self.play_one(prompt, end, by_key));
        self.ready = ready;
        result
    }

    /// Plays one prompt until its own end or that moment, whichever comes first.
    pub(super) fn play_one(&mut self, prompt: &Ready, end: u64, by_key: bool) -> Result<(), Interrupt> {
        let start = self.state.now;
        if start >= end {
            return Ok(());
        }
        let own_end = start.saturating_add(prompt.ms);
        let passed = self.pass_until(own_end.min(end));
        let interrupted = by_key && end < own_end && passed.is_ok();
        self.log.spoken(&prompt.text, start, self.state.now - start, interrupted);
        passed
    }
}

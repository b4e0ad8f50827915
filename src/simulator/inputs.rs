//! The nodes that a caller answers by keys: menu, collect, and play with `detect`.

use super::engine::Engine;
use super::event::EventDetail;
use super::keypad::{Entry, Listening, Typing, global_key};
use super::request::{Input, KEY_GAP_MS, REACTION_MS};
use super::state::{NodeError, StepResult};
use super::validate;
use crate::flow::{Collect, Flow, Menu, Node, Play, Value};

impl<'a> Engine<'a> {
    pub(super) fn menu(&mut self, flow: &'a Flow, node: &'a Node, menu: &'a Menu) -> Result<StepResult, NodeError> {
        let choices = menu.choices.len();
        let listening = Listening {
            barge_in: menu.barge_in,
            type_ahead: menu.type_ahead,
            clear_buffer: menu.clear_buffer,
            no_input_ms: menu.no_input_ms,
            interdigit_ms: menu.interdigit_ms,
            secret: false,
        };
        let complete = |keys: &str| {
            let last = keys.chars().next_back();
            !menu.choices.iter().any(|choice| choice.len() > keys.len() && choice.starts_with(keys))
                || last == menu.terminator
                || global_key(flow, node, choices, last).is_some()
        };
        if self.ask(flow, &menu.prompts, &listening, &complete)? == Entry::Nothing {
            return Ok(self.failed(node, choices, "no_input", menu.max_attempts, choices + 2));
        }
        let keys = self.entry_keys(false);
        let said = without(&keys, menu.terminator);
        let chosen = menu.choices.iter().enumerate().find(|(_, choice)| ***choice == *said);
        let result = if let Some((outcome, choice)) = chosen {
            if let Some(slot) = menu.variable {
                self.set(slot, Value::Text(choice.clone()));
            }
            self.good(outcome as u16)
        } else if let Some(outcome) = global_key(flow, node, choices, keys.chars().next_back()) {
            self.good(outcome)
        } else {
            self.failed(node, choices + 1, "no_match", menu.max_attempts, choices + 2)
        };
        self.keys = keys;
        Ok(result)
    }

    pub(super) fn collect(
        &mut self,
        flow: &'a Flow,
        node: &'a Node,
        collect: &'a Collect,
    ) -> Result<StepResult, NodeError> {
        let listening = Listening {
            barge_in: collect.barge_in,
            type_ahead: collect.type_ahead,
            clear_buffer: collect.clear_buffer,
            no_input_ms: collect.no_input_ms,
            interdigit_ms: collect.interdigit_ms,
            secret: collect.secret,
        };
        let complete = |keys: &str| {
            let last = keys.chars().next_back();
            last == collect.terminator
                || last == collect.cancel
                || keys.chars().count() >= collect.max as usize
                || global_key(flow, node, 0, last).is_some()
        };
        if self.ask(flow, &collect.prompts, &listening, &complete)? == Entry::Nothing {
            return Ok(self.failed(node, 1, "no_input", collect.max_attempts, 4));
        }
        let keys = self.entry_keys(collect.secret);
        let last = keys.chars().next_back();
        let result = if last == collect.cancel {
            self.good(self.outcome(node, 3, "cancelled"))
        } else if let Some(outcome) = global_key(flow, node, 0, last) {
            self.good(outcome)
        } else {
            let digits = without(&keys, collect.terminator);
            let enough = digits.chars().count() >= collect.min as usize;
            if enough && collect.validate.as_ref().is_none_or(|rule| validate::valid(rule, digits)) {
                if let Some(slot) = collect.variable {
                    self.set(slot, Value::from(digits));
                }
                self.good(self.outcome(node, 0, "ok"))
            } else {
                self.failed(node, 2, "invalid", collect.max_attempts, 4)
            }
        };
        self.keys = keys;
        Ok(result)
    }

    pub(super) fn play_node(
        &mut self,
        flow: &'a Flow,
        node: &'a Node,
        play: &'a Play,
    ) -> Result<StepResult, NodeError> {
        if play.clear_buffer {
            self.drop_buffer();
        }
        if play.detect {
            let detected = self.detect(flow, node, !play.clear_buffer, play.barge_in, |engine| {
                let length = engine.prepare(flow, &play.prompts)?;
                Ok((length, None))
            })?;
            return Ok(detected.unwrap_or_else(|| StepResult::Outcome(self.outcome(node, 0, "next"))));
        }
        // Keys that wait cut every prompt short that can be; the node itself uses none of them.
        if !play.barge_in || self.state.buffer.is_empty() {
            self.prepare(flow, &play.prompts)?;
            self.play(None, true)?;
        }
        Ok(StepResult::Outcome(self.outcome(node, 0, "next")))
    }

    /// Plays what `prepare` makes ready and lets the time that it says pass, unless a key comes before: then there is an
    /// outcome. `prepare` says as well where the prompts end that last longer.
    pub(super) fn detect(
        &mut self,
        flow: &'a Flow,
        node: &'a Node,
        takes_buffer: bool,
        barge_in: bool,
        prepare: impl FnOnce(&mut Self) -> Result<(u64, Option<u64>), NodeError>,
    ) -> Result<Option<StepResult>, NodeError> {
        let ahead = self.state.buffer.is_empty() && self.take_ahead(takes_buffer);
        if let Some(key) = self.state.buffer.pop_front() {
            self.log.waiting_key_used(false);
            return Ok(Some(self.detected(flow, node, key)));
        }
        let (length, fade) = prepare(self)?;
        let item = if ahead { None } else { self.take_input() };
        let start = self.state.now;
        let usual = REACTION_MS.min(length);
        if let Some(Input::HangUp { at_ms }) = item {
            self.hang_up_in(at_ms.unwrap_or(usual));
        }
        let Some(Input::Keys { keys, gap_ms, at_ms }) = item else {
            self.play(fade, false)?;
            self.pass_until(start.saturating_add(length))?;
            return Ok(None);
        };
        let mut at = at_ms.unwrap_or(usual);
        let typing = Typing { start_ms: start.saturating_add(at), gap_ms: gap_ms.unwrap_or(KEY_GAP_MS) };
        let mut lost = 0;
        let mut heard = None;
        for key in keys.chars() {
            if at > length {
                break;
            }
            if barge_in || at == length {
                heard = Some((key, at));
                break;
            }
            lost += 1;
            at = at.saturating_add(gap_ms.unwrap_or(KEY_GAP_MS));
        }
        let played = match heard {
            Some((_, at)) if at < fade.unwrap_or(u64::MAX) => self.play(Some(at), true),
            _ => self.play(fade, false),
        };
        let until = heard.map_or(length, |(_, at)| at);
        if let Err(interrupt) = played.and_then(|()| self.pass_until(start.saturating_add(until))) {
            self.log_unused_keys(typing, keys);
            self.log.unused(keys.chars().count());
            return Err(interrupt.into());
        }
        self.log.unused(lost);
        self.log_keys(typing, keys, lost, usize::from(heard.is_some()), false);
        Ok(heard.map(|(key, _)| self.detected(flow, node, key)))
    }

    fn detected(&mut self, flow: &Flow, node: &Node, key: char) -> StepResult {
        self.log.pressed(1);
        self.progress();
        self.keys.clear();
        self.keys.push(key);
        self.keys = self.entry_keys(false);
        let outcome = global_key(flow, node, 0, Some(key));
        self.good(outcome.unwrap_or_else(|| self.outcome(node, 1, "digit")))
    }

    /// The input of the step that is being executed is known.
    pub(super) fn log_input(&mut self) {
        let step = self.log.current() as u32;
        self.log.event(self.state.now, EventDetail::InputUsed { step });
    }

    /// The keys heard, which become the step's input, masked where they are secret.
    fn entry_keys(&mut self, secret: bool) -> String {
        let keys = std::mem::take(&mut self.keys);
        self.log.entry(self.here(), &keys);
        if self.log.on {
            self.input = Some(if secret { "•".repeat(keys.chars().count()).into() } else { keys.as_str().into() });
            self.log_input();
        }
        keys
    }
}

/// The keys without the terminator at their end.
fn without(keys: &str, terminator: Option<char>) -> &str {
    terminator.and_then(|terminator| keys.strip_suffix(terminator)).unwrap_or(keys)
}

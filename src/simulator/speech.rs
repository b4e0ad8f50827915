//! The nodes that listen to speech: bot and record.

use super::engine::Engine;
use super::keypad::{Entry, Listening, Typing, global_key};
use super::request::{Input, KEY_GAP_MS, REACTION_MS, WORD_MS};
use super::state::{Interrupt, NodeError, StepResult};
use super::utterance;
use crate::flow::{Bot, Flow, Node, Record, Value};

/// The time between two keys that a caller presses at a bot, at most.
const INTERDIGIT_MS: u64 = 2_000;

impl<'a> Engine<'a> {
    pub(super) fn bot(&mut self, flow: &'a Flow, node: &'a Node, bot: &'a Bot) -> Result<StepResult, NodeError> {
        let intents = bot.intents.len();
        let name = self.name();
        self.keys.clear();
        let entry = match self.next_input() {
            Some(Input::Say(said)) => {
                self.drop_buffer();
                self.prepare(flow, &bot.prompts)?;
                self.take_input();
                self.hear(said, bot.no_input_ms)?
            }
            // Nobody says what the caller does, but what the bot understands is known.
            None if self.has_stub(name) => {
                self.drop_buffer();
                self.prepare(flow, &bot.prompts)?;
                self.hear("", bot.no_input_ms)?
            }
            _ => {
                let listening = Listening {
                    barge_in: bot.barge_in,
                    type_ahead: false,
                    clear_buffer: false,
                    no_input_ms: bot.no_input_ms,
                    interdigit_ms: INTERDIGIT_MS,
                    secret: false,
                };
                let complete = |keys: &str| global_key(flow, node, intents, keys.chars().next_back()).is_some();
                self.ask(flow, &bot.prompts, &listening, &complete)?
            }
        };
        if entry == Entry::Nothing {
            return Ok(self.failed(node, intents + 1, "no_input", bot.max_attempts, intents + 2));
        }
        let said = std::mem::take(&mut self.keys);
        self.log.entry(self.here(), &said);
        if self.log.on && !said.is_empty() {
            self.input = Some(said.as_str().into());
            self.log_input();
        }
        if let Some(outcome) = global_key(flow, node, intents, said.chars().next_back()).filter(|_| is_keyed(&said)) {
            return Ok(self.good(outcome));
        }
        // Where only a stub speaks, nobody knows the words.
        if let Some(slot) = bot.variable.filter(|_| !said.is_empty()) {
            self.set(slot, Value::from(&*said));
        }
        let outcome = match self.answer(node, name, None)? {
            Some(answered) => {
                self.pass_until(self.state.now.saturating_add(answered.answer.latency_ms.unwrap_or(0)))?;
                answered.outcome
            }
            None => match utterance::intent(&bot.intents, &said) {
                Some(intent) => intent as u16,
                None => self.outcome(node, intents, "no_intent"),
            },
        };
        Ok(match usize::from(outcome).checked_sub(intents) {
            Some(0) => self.failed(node, intents, "no_intent", bot.max_attempts, intents + 2),
            Some(1) => self.failed(node, intents + 1, "no_input", bot.max_attempts, intents + 2),
            _ => self.good(outcome),
        })
    }

    /// Plays what is ready and hears what is said after it, if that begins within `patience` ms.
    fn hear(&mut self, said: &str, patience: u64) -> Result<Entry, Interrupt> {
        self.play(None, true)?;
        if REACTION_MS > patience {
            self.pass_until(self.state.now.saturating_add(patience))?;
            return Ok(Entry::Nothing);
        }
        let words = said.split_whitespace().count() as u64;
        self.pass_until(self.state.now.saturating_add(REACTION_MS).saturating_add(words.saturating_mul(WORD_MS)))?;
        self.keys.push_str(said);
        self.progress();
        Ok(Entry::Keys)
    }

    pub(super) fn record(
        &mut self,
        flow: &'a Flow,
        node: &'a Node,
        record: &'a Record,
    ) -> Result<StepResult, NodeError> {
        self.drop_buffer();
        let ahead = self.take_ahead(false);
        let length = self.prepare(flow, &record.prompts)?;
        let item: Option<&'a Input> = if ahead { None } else { self.take_input() };
        if let Some(Input::HangUp { at_ms }) = item {
            self.hang_up_in(at_ms.unwrap_or_else(|| length.saturating_add(REACTION_MS)));
        }
        let keyed = match item {
            Some(Input::Keys { keys, gap_ms, at_ms }) => {
                self.ending_key(flow, node, record, keys, *gap_ms, *at_ms, length)
            }
            _ => None,
        };
        let (spoken, silence) = match (item, keyed) {
            (_, Some((_, at, _))) => (at.saturating_sub(length), 0),
            (Some(Input::Speak(ms)), _) => (*ms, record.silence_ms),
            // They speak until they hang up.
            (Some(Input::HangUp { .. }), _) => (record.max_ms, 0),
            _ => (0, record.silence_ms),
        };
        let too_long = spoken >= record.max_ms;
        let spoken = spoken.min(record.max_ms);
        let (typing, keys) = match item {
            Some(Input::Keys { keys, gap_ms, at_ms }) => {
                let first = at_ms.unwrap_or_else(|| length.saturating_add(REACTION_MS));
                let gap_ms = gap_ms.unwrap_or(KEY_GAP_MS);
                (Typing { start_ms: self.state.now.saturating_add(first), gap_ms }, &**keys)
            }
            _ => (Typing::default(), ""),
        };
        let pressed = keys.chars().count();
        let begin = self.state.now.saturating_add(length);
        let end = begin.saturating_add(if too_long { spoken } else { spoken.saturating_add(silence) });
        if let Err(interrupt) = self.play(None, true).and_then(|()| self.pass_until(end)) {
            self.log_unused_keys(typing, keys);
            self.log.unused(pressed);
            if interrupt != Interrupt::HungUp {
                return Err(interrupt.into());
            }
            self.keep_length(record, self.state.now.saturating_sub(begin));
            return Ok(StepResult::HungUp(Some(self.outcome(node, 2, "hung_up"))));
        }
        self.keep_length(record, spoken);
        let used = match keyed {
            Some((place, _, outcome)) if !too_long => {
                self.log.pressed(1);
                self.progress();
                self.log_keys(typing, keys, place, 1, false);
                self.input = keys.chars().nth(place).filter(|_| self.log.on).map(|key| key.to_string().into());
                self.log_input();
                if let Some(outcome) = outcome {
                    self.log.unused(place);
                    return Ok(self.good(outcome));
                }
                place
            }
            _ => {
                self.log_unused_keys(typing, keys);
                pressed
            }
        };
        self.log.unused(used);
        Ok(if too_long {
            self.good(self.outcome(node, 3, "too_long"))
        } else if spoken > 0 || keyed.is_some() {
            self.good(self.outcome(node, 0, "recorded"))
        } else {
            StepResult::Outcome(self.outcome(node, 1, "no_audio"))
        })
    }

    /// The first key after the prompt that ends the recording: its place, its time from the prompt's start, and the
    /// outcome of a global key.
    #[allow(clippy::too_many_arguments)] // the parts of one item, taken apart by the caller
    fn ending_key(
        &self,
        flow: &Flow,
        node: &Node,
        record: &Record,
        keys: &str,
        gap: Option<u64>,
        first: Option<u64>,
        length: u64,
    ) -> Option<(usize, u64, Option<u16>)> {
        let mut at = first.unwrap_or_else(|| length.saturating_add(REACTION_MS));
        for (place, key) in keys.chars().enumerate() {
            if at >= length {
                let global = global_key(flow, node, 0, Some(key));
                if global.is_some() || Some(key) == record.terminator {
                    return Some((place, at, global));
                }
            }
            at = at.saturating_add(gap.unwrap_or(KEY_GAP_MS));
        }
        None
    }

    fn keep_length(&mut self, record: &Record, ms: u64) {
        if let Some(slot) = record.variable {
            self.set(slot, Value::Integer(i64::try_from(ms).unwrap_or(i64::MAX)));
        }
    }
}

/// Whether it consists of keys alone: nobody says `#`.
fn is_keyed(said: &str) -> bool {
    !said.is_empty() && said.chars().all(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D'))
}

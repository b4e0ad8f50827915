//! The keypad: what the caller keys, when, and which of it an input node hears.
//!
//! All times of one entry are worked out first, in ms from the moment at which its prompt starts; then the time passes
//! at once. So a hang-up in the middle needs no special care: the entry simply never came about.

use super::caller::Question;
use super::engine::Engine;
use super::request::{Input, KEY_GAP_MS, REACTION_MS};
use super::state::{NodeError, State};
use super::timers::Timer;
use crate::flow::{Flow, Node, Prompt};

/// How a node listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listening {
    pub barge_in: bool,
    pub type_ahead: bool,
    pub clear_buffer: bool,
    pub no_input_ms: u64,
    pub interdigit_ms: u64,
    /// Whether the keys are a secret.
    pub secret: bool,
}

/// What a node heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// No key in time.
    Nothing,
    /// The keys in `Engine::keys`.
    Keys,
}

/// When the keys of one item are pressed, in virtual ms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Typing {
    pub start_ms: u64,
    pub gap_ms: u64,
}

impl Typing {
    fn moments(self) -> impl Iterator<Item = u64> {
        (0..).map(move |place: u64| self.start_ms.saturating_add(self.gap_ms.saturating_mul(place)))
    }
}

/// The course of one item, in ms from the prompt's start.
#[derive(Debug, Default)]
struct Course {
    /// A key cuts the prompt short.
    cut: Option<u64>,
    /// Keys that fall into a prompt that cannot be cut short.
    lost: usize,
    /// Keys that were heard.
    heard: usize,
    /// The end of the entry.
    end: u64,
}

impl<'a> Engine<'a> {
    /// Plays the prompts and listens for keys until `complete` says so of all keys so far, or time runs out.
    pub(super) fn ask(
        &mut self,
        flow: &Flow,
        prompts: &[Prompt],
        listening: &Listening,
        complete: &dyn Fn(&str) -> bool,
    ) -> Result<Entry, NodeError> {
        let takes_buffer = listening.type_ahead && !listening.clear_buffer;
        if !takes_buffer {
            self.drop_buffer();
        }
        self.keys.clear();
        let ahead = self.state.buffer.is_empty() && self.take_ahead(takes_buffer);
        if !self.state.buffer.is_empty() {
            return self.ask_buffer(listening, complete, ahead);
        }
        let length = self.prepare(flow, prompts)?;
        let item = if ahead { None } else { self.take_input() };
        self.listen(item, length, listening.no_input_ms, listening, complete)
    }

    /// Uses the buffered keys; the caller's next item follows them if they are not enough.
    fn ask_buffer(
        &mut self,
        listening: &Listening,
        complete: &dyn Fn(&str) -> bool,
        mut item_taken: bool,
    ) -> Result<Entry, NodeError> {
        self.progress();
        loop {
            while let Some(key) = self.state.buffer.pop_front() {
                self.log.waiting_key_used(listening.secret);
                self.keys.push(key);
                if complete(&self.keys) {
                    self.log.pressed(self.keys.chars().count());
                    return Ok(Entry::Keys);
                }
            }
            if item_taken || !self.take_ahead(true) {
                break;
            }
            item_taken = true;
        }
        let item = if item_taken { None } else { self.take_input() };
        self.ready.clear();
        self.listen(item, 0, listening.interdigit_ms, listening, complete)
    }

    /// Takes the next item if its keys are pressed before the prompt; they are lost where the node takes none such.
    pub(super) fn take_ahead(&mut self, takes_buffer: bool) -> bool {
        let Some(Input::Ahead(keys)) = self.next_input() else { return false };
        self.state.given += 1;
        for key in keys.chars() {
            if takes_buffer {
                self.wait_key(self.state.now, key);
            } else {
                self.log.key_unused(self.state.now, key);
                self.log.unused(1);
            }
        }
        true
    }

    /// What the caller does next at this node.
    pub(super) fn next_input(&self) -> Option<&'a Input> {
        let State { now, given, .. } = self.state;
        self.caller.input(&Question { node: self.here(), visit: self.visit, at_ms: now, given })
    }

    /// Uses the caller's next input.
    pub(super) fn take_input(&mut self) -> Option<&'a Input> {
        let input = self.next_input()?;
        self.state.given += 1;
        Some(input)
    }

    /// Plays what is ready, of `length` ms, and listens to one item, whose first key must come within `patience` ms
    /// after that.
    pub(super) fn listen(
        &mut self,
        item: Option<&'a Input>,
        length: u64,
        patience: u64,
        listening: &Listening,
        complete: &dyn Fn(&str) -> bool,
    ) -> Result<Entry, NodeError> {
        let start = self.state.now;
        let before = self.keys.chars().count();
        let silent = Course { end: length.saturating_add(patience), ..Course::default() };
        // Keys ahead are there when the prompt starts.
        let mut typing = Typing { start_ms: start, gap_ms: 0 };
        let (course, keys) = match item {
            Some(Input::Keys { keys, gap_ms, at_ms }) => {
                let first = at_ms.unwrap_or_else(|| length.saturating_add(REACTION_MS));
                typing = Typing { start_ms: start.saturating_add(first), gap_ms: gap_ms.unwrap_or(KEY_GAP_MS) };
                let course = self.course(keys, first, *gap_ms, length, silent, listening, complete);
                (course, &**keys)
            }
            Some(Input::Ahead(keys)) => (silent, &**keys),
            Some(Input::HangUp { at_ms }) => {
                self.hang_up_in(at_ms.unwrap_or_else(|| length.saturating_add(REACTION_MS)));
                (silent, "")
            }
            Some(Input::Silence | Input::Say(_) | Input::Speak(_)) | None => (silent, ""),
        };
        let passed = self.play(course.cut, true).and_then(|()| self.pass_until(start.saturating_add(course.end)));
        if let Err(interrupt) = passed {
            self.log_unused_keys(typing, keys);
            self.log.unused(before + keys.chars().count());
            return Err(interrupt.into());
        }
        self.log.pressed(before + course.heard);
        self.log.unused(course.lost);
        self.log_keys(typing, keys, course.lost, course.heard, listening.secret);
        if before + course.heard == 0 {
            return Ok(Entry::Nothing);
        }
        self.progress();
        Ok(Entry::Keys)
    }

    /// Which keys of an item are heard, and when; those heard are appended to `self.keys`.
    #[allow(clippy::too_many_arguments)] // the parts of one rule; a struct for them would be used nowhere else
    fn course(
        &mut self,
        keys: &str,
        first: u64,
        gap: Option<u64>,
        length: u64,
        silent: Course,
        listening: &Listening,
        complete: &dyn Fn(&str) -> bool,
    ) -> Course {
        let mut course = silent;
        let mut at = first;
        for key in keys.chars() {
            if course.heard == 0 && at < length {
                if !listening.barge_in {
                    course.lost += 1;
                    at = at.saturating_add(gap.unwrap_or(KEY_GAP_MS));
                    continue;
                }
                course.cut = Some(at);
            } else if at > course.end {
                break;
            }
            self.keys.push(key);
            course.heard += 1;
            if complete(&self.keys) {
                course.end = at;
                break;
            }
            course.end = at.saturating_add(listening.interdigit_ms);
            at = at.saturating_add(gap.unwrap_or(KEY_GAP_MS));
        }
        course
    }

    /// Drops the keys that wait.
    pub(super) fn drop_buffer(&mut self) {
        self.log.unused(self.state.buffer.len());
        self.log.waiting_keys_dropped();
        self.state.buffer.clear();
    }

    /// A key that waits for a node from now on.
    pub(super) fn wait_key(&mut self, at_ms: u64, key: char) {
        self.log.key_waits(at_ms, key);
        self.state.buffer.push_back(key);
    }

    /// The keys of an entry: the first are lost, the next are heard, the others wait.
    pub(super) fn log_keys(&mut self, typing: Typing, keys: &str, lost: usize, heard: usize, secret: bool) {
        for ((place, key), at_ms) in keys.chars().enumerate().zip(typing.moments()) {
            if place < lost {
                self.log.key_unused(at_ms, key);
            } else if place < lost + heard {
                self.log.key_used(at_ms, key, secret);
            } else {
                self.wait_key(at_ms, key);
            }
        }
    }

    /// The keys of an entry that was interrupted: those that were pressed before.
    pub(super) fn log_unused_keys(&mut self, typing: Typing, keys: &str) {
        let now = self.state.now;
        for (key, at_ms) in keys.chars().zip(typing.moments()).take_while(|(_, at_ms)| *at_ms <= now) {
            self.log.key_unused(at_ms, key);
        }
    }

    /// The caller will hang up so many ms from now, if they do not do it before.
    pub(super) fn hang_up_in(&mut self, ms: u64) {
        if !self.state.caller.is_gone() {
            self.state.timers.set_earlier(Timer::HangUp, self.state.now.saturating_add(ms));
        }
    }
}

/// The outcome of a global key: one beyond the first `named`, which are a flow's own names, that is called like the key.
pub(super) fn global_key(flow: &Flow, node: &Node, named: usize, key: Option<char>) -> Option<u16> {
    if flow.events.keys.is_empty() {
        return None;
    }
    let key = key?;
    let place = node.outcomes.get(named..)?.iter().position(|outcome| {
        let mut name = outcome.name.chars();
        name.next() == Some(key) && name.next().is_none()
    })?;
    u16::try_from(named + place).ok()
}

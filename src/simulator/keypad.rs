//! The keypad: what the caller keys, when, and which of it an input node hears.
//!
//! All times of one entry are worked out first, in ms from the moment at which its prompt starts; then the time passes
//! at once. So a hang-up in the middle needs no special care: the entry simply never came about.

use super::engine::Engine;
use super::request::{Input, KEY_GAP_MS, REACTION_MS};
use super::state::Trouble;
use crate::flow::{Flow, Node, Prompt};

/// How a node listens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listening {
    pub barge_in: bool,
    pub type_ahead: bool,
    pub clear_buffer: bool,
    pub no_input_ms: u64,
    pub interdigit_ms: u64,
}

/// What a node heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// No key in time.
    Nothing,
    /// The keys in `Engine::keys`.
    Keys,
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
    ) -> Result<Entry, Trouble> {
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
        let item = if ahead { None } else { self.take_item() };
        self.listen(item, length, listening.no_input_ms, listening, complete)
    }

    /// Uses the buffered keys; the caller's next item follows them if they are not enough.
    fn ask_buffer(
        &mut self,
        listening: &Listening,
        complete: &dyn Fn(&str) -> bool,
        mut item_taken: bool,
    ) -> Result<Entry, Trouble> {
        self.progress();
        loop {
            while let Some(key) = self.state.buffer.pop_front() {
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
        let item = if item_taken { None } else { self.take_item() };
        self.ready.clear();
        self.listen(item, 0, listening.interdigit_ms, listening, complete)
    }

    /// Takes the next item if its keys are pressed before the prompt; they are lost where the node takes none such.
    pub(super) fn take_ahead(&mut self, takes_buffer: bool) -> bool {
        let [Input::Ahead(keys), rest @ ..] = self.state.items else { return false };
        self.state.items = rest;
        if takes_buffer {
            self.state.buffer.extend(keys.chars());
        } else {
            self.log.unused(keys.chars().count());
        }
        true
    }

    /// The caller's next item.
    pub(super) fn take_item(&mut self) -> Option<&'a Input> {
        let (item, rest) = self.state.items.split_first()?;
        self.state.items = rest;
        Some(item)
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
    ) -> Result<Entry, Trouble> {
        let start = self.state.now;
        let before = self.keys.chars().count();
        let silent = Course { end: length.saturating_add(patience), ..Course::default() };
        let (course, keys) = match item {
            Some(Input::Keys { keys, gap_ms, at_ms }) => {
                let first = at_ms.unwrap_or_else(|| length.saturating_add(REACTION_MS));
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
        if let Err(halt) = passed {
            self.log.unused(before + keys.chars().count());
            return Err(halt.into());
        }
        self.log.pressed(before + course.heard);
        self.log.unused(course.lost);
        self.state.buffer.extend(keys.chars().skip(course.lost + course.heard));
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
        self.state.buffer.clear();
    }

    /// The caller will hang up so many ms from now, if he does not do it before.
    pub(super) fn hang_up_in(&mut self, ms: u64) {
        let at = self.state.now.saturating_add(ms);
        self.state.hang_up_at = Some(self.state.hang_up_at.map_or(at, |earlier| earlier.min(at)));
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

//! Inputs of the caller with their timing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::simulator::Input;

/// One input of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum KeypadItem {
    /// Presses keys.
    Keys {
        /// The keys in order, `0-9 * # A-D`; not empty.
        keys: Box<str>,
        /// The time between two keys, in ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gap_ms: Option<u64>,
        /// The time from the prompt's start to the first key, in ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_ms: Option<u64>,
    },
    /// Presses keys before the prompt starts.
    Ahead {
        /// The keys in order; not empty.
        keys: Box<str>,
    },
    /// Does nothing.
    Silence {},
    /// Hangs up.
    HangUp {
        /// The time from the prompt's start, in ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_ms: Option<u64>,
    },
    /// Says something to a bot.
    Say {
        /// The words.
        text: Box<str>,
    },
    /// Speaks to a recording.
    Speak {
        /// How long, in ms.
        duration_ms: u64,
    },
}

impl From<&Input> for KeypadItem {
    fn from(input: &Input) -> Self {
        match input {
            Input::Keys { keys, gap_ms, at_ms } => Self::Keys { keys: keys.clone(), gap_ms: *gap_ms, at_ms: *at_ms },
            Input::Ahead(keys) => Self::Ahead { keys: keys.clone() },
            Input::Silence => Self::Silence {},
            Input::HangUp { at_ms } => Self::HangUp { at_ms: *at_ms },
            Input::Say(text) => Self::Say { text: text.clone() },
            Input::Speak(duration_ms) => Self::Speak { duration_ms: *duration_ms },
        }
    }
}

impl From<KeypadItem> for Input {
    fn from(item: KeypadItem) -> Self {
        match item {
            KeypadItem::Keys { keys, gap_ms, at_ms } => Self::Keys { keys, gap_ms, at_ms },
            KeypadItem::Ahead { keys } => Self::Ahead(keys),
            KeypadItem::Silence {} => Self::Silence,
            KeypadItem::HangUp { at_ms } => Self::HangUp { at_ms },
            KeypadItem::Say { text } => Self::Say(text),
            KeypadItem::Speak { duration_ms } => Self::Speak(duration_ms),
        }
    }
}

/// The item of `dtmfSequence` for an input; none if the input has more than keys.
pub(super) fn plain(input: &Input) -> Option<&str> {
    match input {
        Input::Keys { keys, gap_ms: None, at_ms: None } => Some(keys),
        Input::Silence => Some(""),
        _ => None,
    }
}

/// The input of an item of `dtmfSequence`.
pub(super) fn from_plain(text: &str) -> Input {
    match text {
        "" => Input::Silence,
        keys => Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None },
    }
}

//! Prompts, and the node that plays them.

use crate::flow::Name;
use crate::flow::expression::Template;

/// Plays prompts.
#[derive(Debug)]
pub struct Play {
    /// What is played, in order.
    pub prompts: Vec<Prompt>,
    /// Whether a key interrupts the prompts.
    pub barge_in: bool,
    /// Whether it detects keys while it plays.
    pub detect: bool,
    /// Whether it discards keys pressed before.
    pub clear_buffer: bool,
}

/// Speech or a recording.
#[derive(Debug)]
pub struct Prompt {
    /// Its content.
    pub content: PromptContent,
    /// An explicit duration in ms; otherwise that of the content.
    pub duration_ms: Option<u64>,
}

/// The content of a prompt.
#[derive(Debug)]
pub enum PromptContent {
    /// Texts by language; a single text has the language `None`.
    Say(Vec<(Option<Name>, Template)>),
    /// A recording by its id.
    Asset(Name),
}

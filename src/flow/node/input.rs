//! Settings of the nodes that read the caller's input.

use super::prompt::Prompt;
use crate::flow::Name;

/// Waits for one of several choices.
#[derive(Debug)]
pub struct Menu {
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// The keys of each choice; choice k is outcome k.
    pub choices: Vec<Name>,
    /// Timeout for the first key after the prompts, in ms.
    pub no_input_ms: u64,
    /// Timeout for each further key, in ms.
    pub interdigit_ms: u64,
    /// The key that ends the input early.
    pub terminator: Option<char>,
    /// Maximum number of attempts, at least 1.
    pub max_attempts: u32,
    /// Whether a key interrupts the prompts.
    pub barge_in: bool,
    /// Whether it reads keys pressed before.
    pub type_ahead: bool,
    /// Whether it discards keys pressed before.
    pub clear_buffer: bool,
    /// The slot that stores the keys of the choice.
    pub variable: Option<usize>,
}

/// Collects digits.
#[derive(Debug)]
pub struct Collect {
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// The slot for the digits.
    pub variable: Option<usize>,
    /// Minimum number of keys of a valid entry.
    pub min: u32,
    /// Number of keys that complete the entry; at least 1 and at least `min`.
    pub max: u32,
    /// The key that completes the entry.
    pub terminator: Option<char>,
    /// The key that cancels; not the terminator.
    pub cancel: Option<char>,
    /// Timeout for the first key after the prompts, in ms.
    pub no_input_ms: u64,
    /// Timeout for each further key, in ms.
    pub interdigit_ms: u64,
    /// Maximum number of attempts, at least 1.
    pub max_attempts: u32,
    /// Whether a key interrupts the prompts.
    pub barge_in: bool,
    /// Whether it reads keys pressed before.
    pub type_ahead: bool,
    /// Whether it discards keys pressed before.
    pub clear_buffer: bool,
    /// The validation of the digits.
    pub validate: Option<Validation>,
    /// Whether the digits are masked everywhere.
    pub secret: bool,
}

/// The validation of collected digits.
#[derive(Debug)]
pub enum Validation {
    /// The whole entry matches.
    Regex(regex::Regex),
    /// The check digit of card numbers (ISO/IEC 7812-1, annex B).
    Luhn,
    /// An existing date in this order of `DD`, `MM`, `YY` or `YYYY`.
    Date(String),
}

/// Matches an utterance with intents.
#[derive(Debug)]
pub struct Bot {
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// Intent k is outcome k: its name and the phrases that mean it, normalised.
    pub intents: Vec<(Name, Vec<String>)>,
    /// Timeout for the caller to speak, in ms.
    pub no_input_ms: u64,
    /// Maximum number of attempts, at least 1.
    pub max_attempts: u32,
    /// Whether speech interrupts the prompts.
    pub barge_in: bool,
    /// The slot that stores the utterance.
    pub variable: Option<usize>,
}

/// Records the caller.
#[derive(Debug)]
pub struct Record {
    /// The prompts.
    pub prompts: Vec<Prompt>,
    /// Maximum length of the recording, in ms.
    pub max_ms: u64,
    /// Length of silence that ends it, in ms.
    pub silence_ms: u64,
    /// The key that ends it.
    pub terminator: Option<char>,
    /// The slot that stores the length in ms.
    pub variable: Option<usize>,
}

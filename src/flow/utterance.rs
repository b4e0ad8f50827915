//! What a caller says, compared with what a bot knows.

use super::{Bot, Name};

/// An utterance or phrase without case and punctuation: its words in small letters, one space apart.
pub fn normalised(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if matches!(c, '\'' | '\u{2019}') {
            // Inside a word: "don't" is one.
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

impl Bot {
    /// The intent that an utterance means, as an index into `intents`: the one with the longest phrase (in bytes)
    /// that the utterance consists of or contains as whole words; the first of them on a tie.
    pub fn intent_of(&self, utterance: &str) -> Option<usize> {
        let words = format!(" {} ", normalised(utterance));
        let longest = |(index, (_, phrases)): (usize, &(Name, Vec<String>))| {
            let lengths = phrases.iter().filter(|phrase| words.contains(&format!(" {phrase} "))).map(String::len);
            lengths.max().map(|length| (length, index))
        };
        let found = self.intents.iter().enumerate().filter_map(longest);
        // `max_by_key` takes the last of equals, so the order is turned around.
        found.max_by_key(|&(length, index)| (length, std::cmp::Reverse(index))).map(|(_, index)| index)
    }
}

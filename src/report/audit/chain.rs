//! The bytes of a line, and how lines hang together.
//!
//! A line is `{"previous":"P","line":N,` BODY `,"hash":"H"}` and a line feed, in UTF-8 without spaces between its parts. P is
//! the hash of the line before, 64 zeros in the first; N counts from 1; H is the SHA-256 of all bytes of the line before
//! `,"hash":"`. P, N and H thus stand at fixed places, and no rule about writing JSON is needed to compute a hash.

use std::io::Write;

use crate::record::sha_256;

/// What the first line follows.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const START: &str = "{\"previous\":\"";
const NUMBER: &str = "\",\"line\":";
const HASH: &str = ",\"hash\":\"";
const END: &str = "\"}";
/// Digits of a hash.
const DIGITS: usize = 64;

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The hash of the last line.
    pub head: String,
    /// Its number.
    pub lines: u64,
}

impl Default for Chain {
    fn default() -> Self {
        Self { head: GENESIS.to_owned(), lines: 0 }
    }
}

impl Chain {
    /// Appends the next line of the chain, with its line feed. `body` is the inside of a JSON object.
    pub(crate) fn add(&mut self, body: &str, into: &mut Vec<u8>) {
        self.lines += 1;
        let start = into.len();
        // Writing into memory cannot fail.
        let _ = write!(into, "{START}{}{NUMBER}{},{body}", self.head, self.lines);
        self.head = sha_256(&into[start..]);
        let _ = writeln!(into, "{HASH}{}{END}", self.head);
    }
}

/// A line taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link<'a> {
    /// The hash of the line before, as it says.
    pub previous: &'a str,
    /// Its number.
    pub number: u64,
    /// The inside of the object between the number and the hash.
    pub body: &'a str,
    /// Its hash, as it says.
    pub hash: &'a str,
    sealed: &'a str,
}

impl<'a> Link<'a> {
    /// Of a line without its line feed; none where it is not one.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        let (sealed, hash) = line.strip_suffix(END)?.rsplit_once(HASH)?;
        let (previous, rest) = sealed.strip_prefix(START)?.split_at_checked(DIGITS)?;
        let (number, body) = rest.strip_prefix(NUMBER)?.split_once(',')?;
        let is_hash =
            |text: &str| text.len() == DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_number = !number.starts_with(['0', '+']);
        let number = number.parse().ok().filter(|_| is_number)?;
        (is_hash(previous) && is_hash(hash)).then_some(Self { previous, number, body, hash, sealed })
    }

    /// The hash that the line must have.
    pub(crate) fn digest(&self) -> String {
        sha_256(self.sealed.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(body: &str) -> String {
        let mut line = Vec::new();
        Chain::default().add(body, &mut line);
        String::from_utf8(line).unwrap()
    }

    /// The example of docs/audit.md, computed with `sha256sum`.
    #[test]
    fn the_bytes_are_as_documented() {
        let line = first("\"event\":\"example\"");
        assert_eq!(
            line,
            format!(
                "{{\"previous\":\"{GENESIS}\",\"line\":1,\"event\":\"example\",\"hash\":\"{}\"}}\n",
                "a76dfb0b4d399afe341b2ff4312210f5a511086ea5847bd98d3abbe344852dac"
            )
        );
        let link = Link::parse(line.trim_end().as_bytes()).unwrap();
        assert_eq!((link.previous, link.number, link.body), (GENESIS, 1, "\"event\":\"example\""));
        assert_eq!(link.digest(), link.hash);
    }

    #[test]
    fn what_is_no_line_is_none() {
        let line = first("\"event\":\"x\"");
        let line = line.trim_end();
        for broken in [
            String::new(),
            "{}".to_owned(),
            line.replacen('0', "A", 1),
            line.replace("\"line\":1,", "\"line\":01,"),
            line.replace("\"line\":1,", "\"line\":+1,"),
            format!("{line} "),
            format!(" {line}"),
            line.replace("\"hash\"", "\"Hash\""),
        ] {
            assert_eq!(Link::parse(broken.as_bytes()), None, "{broken}");
        }
    }
}

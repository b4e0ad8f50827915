//! JSON written piece by piece.
//!
//! Results are most of what a server writes. Serde's way to them takes a tree of the result first and writes every name in
//! four pieces, which takes longer than the simulation itself.

use serde::Serialize;

use crate::flow::{Name, Value};

/// JSON that is being written, in memory. Who writes sees to it that what is opened is closed.
#[derive(Debug)]
pub(super) struct Json(Vec<u8>);

impl Json {
    /// Nothing yet, with room for so many bytes.
    pub fn with_room(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// What is JSON already.
    #[inline]
    pub fn raw(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    /// A comma, unless an object or a list has just begun.
    pub fn separate(&mut self) {
        // No value ends with such a bracket.
        if !matches!(self.0.last(), Some(b'{' | b'[')) {
            self.0.push(b',');
        }
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        if is_plain(text) {
            self.0.reserve(text.len() + 2);
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
        } else {
            self.other(text);
        }
    }

    /// A whole number.
    pub fn number(&mut self, number: u64) {
        match number {
            0..=9 => self.0.push(b'0' + number as u8),
            _ => self.other(&number),
        }
    }

    /// A value.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Text(text) => self.text(text),
            value => self.other(value),
        }
    }

    /// An object of these members.
    pub fn fields<'v>(&mut self, members: impl IntoIterator<Item = (&'v Name, &'v Value)>) {
        self.raw("{");
        for (name, value) in members {
            self.separate();
            self.text(name);
            self.raw(":");
            self.value(value);
        }
        self.raw("}");
    }

    /// A list of what `write` writes for each of these.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.raw("[");
        for item in items {
            self.separate();
            write(self, item);
        }
        self.raw("]");
    }

    /// Anything else, as serde writes it.
    pub fn other(&mut self, value: &(impl Serialize + ?Sized)) {
        // Memory takes all that is written, and none of the wire's types refuses to be.
        let _ = serde_json::to_writer(&mut self.0, value);
    }
}

/// Whether nothing in a text needs an escape: no quotation mark, no backslash, no control character (RFC 8259, section 7).
fn is_plain(text: &str) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // Eight bytes at once: the top bit of a byte is set where a subtraction of 1 borrows, which takes a zero, or one of 32,
    // which takes a control character. Borrows reach neighbours only where there is such a byte anyway.
    let zero = |word: u64| word.wrapping_sub(all(1)) & !word;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    words.iter().all(|bytes| {
        let word = u64::from_ne_bytes(*bytes);
        let control = word.wrapping_sub(all(b' ')) & !word;
        (control | zero(word ^ all(b'"')) | zero(word ^ all(b'\\'))) & all(0x80) == 0
    }) && rest.iter().all(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_that_needs_an_escape_is_seen_wherever_it_stands() {
        for byte in 0..0x80 {
            for place in 0..17 {
                let text: String = (0..17).map(|at| if at == place { char::from(byte) } else { 'é' }).collect();
                let plain = byte >= b' ' && byte != b'"' && byte != b'\\';
                assert_eq!(is_plain(&text), plain, "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn texts_and_numbers_are_written_as_serde_does(
            texts in proptest::collection::vec(".{0,40}|[a-z\"\\\\\n\u{1}]{0,40}", 0..4),
            numbers in proptest::collection::vec(any::<u64>().prop_map(|bits| bits >> (bits % 64)), 0..4),
        ) {
            let mut json = Json::with_room(0);
            json.raw("{\"texts\":");
            json.list(&texts, |json, text| json.text(text));
            json.raw(",\"numbers\":");
            json.list(&numbers, |json, number| json.number(*number));
            json.raw("}");
            let expected = format!(
                "{{\"texts\":{},\"numbers\":{}}}",
                serde_json::to_string(&texts).unwrap(),
                serde_json::to_string(&numbers).unwrap()
            );
            prop_assert_eq!(String::from_utf8(json.into_bytes()).unwrap(), expected);
        }
    }
}

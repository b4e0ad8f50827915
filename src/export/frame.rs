//! Lines with a checksum: `CHECKSUM TEXT`, where the checksum is the first 16 hexadecimal digits of
//! the SHA-256 of the text.

use crate::record::sha_256;

/// Number of hexadecimal digits of a checksum.
const CHECKSUM_DIGITS: usize = 16;

/// Adds checksum and line break. The text must not contain a line break; compact JSON has none.
pub(super) fn frame(text: &str) -> String {
    let mut line = String::with_capacity(CHECKSUM_DIGITS + text.len() + 2);
    line.push_str(&checksum(text.as_bytes()));
    line.push(' ');
    line.push_str(text);
    line.push('\n');
    line
}

/// Returns the text of a line without line break; none where the checksum does not match.
pub(super) fn unframe(line: &[u8]) -> Option<&str> {
    let (sum, text) = line.split_at_checked(CHECKSUM_DIGITS)?;
    let text = text.strip_prefix(b" ")?;
    if sum != checksum(text).as_bytes() {
        return None;
    }
    std::str::from_utf8(text).ok()
}

fn checksum(text: &[u8]) -> String {
    let mut digits = sha_256(text);
    digits.truncate(CHECKSUM_DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_its_checksum_and_its_text() {
        assert_eq!(frame("hello"), "2cf24dba5fb0a30e hello\n");
        assert_eq!(unframe(b"2cf24dba5fb0a30e hello"), Some("hello"));
        assert_eq!(unframe(b""), None);
        assert_eq!(unframe(b"2cf24dba5fb0a30e"), None);
    }

    proptest! {
        #[test]
        fn a_changed_or_truncated_line_is_detected(text in "[^\n]{0,40}", at in 0usize..60, to in any::<u8>()) {
            let line = frame(&text);
            let line = line.trim_end_matches('\n').as_bytes();
            prop_assert_eq!(unframe(line), Some(text.as_str()));
            let at = at % line.len();
            prop_assert_eq!(unframe(&line[..at]), None);
            let mut changed = line.to_vec();
            changed[at] = to;
            prop_assert_eq!(unframe(&changed).is_some(), to == line[at]);
        }
    }
}

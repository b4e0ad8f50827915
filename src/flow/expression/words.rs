//! Counts the words of a text.

/// Counts runs of non-space characters.
pub(crate) fn words(text: &str) -> u64 {
    if !text.is_ascii() {
        return text.split_whitespace().count() as u64;
    }
    // Unicode white space below 128: tab to carriage return, and the space. Neighbours are compared
    // without carried state, so that the compiler can vectorise the loop.
    let is_space = |byte: u8| byte == b' ' || byte.wrapping_sub(b'\t') < 5;
    let bytes = text.as_bytes();
    let Some((&first, rest)) = bytes.split_first() else { return 0 };
    let starts = bytes.iter().zip(rest).filter(|&(&before, &byte)| is_space(before) && !is_space(byte)).count();
    starts as u64 + u64::from(!is_space(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_runs_of_other_characters_than_white_space(text in "[ -~\t\n\r\u{b}\u{c}\u{1c}]{0,60}") {
            prop_assert_eq!(words(&text), text.split_whitespace().count() as u64);
        }
    }
}

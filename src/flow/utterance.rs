//! What a caller says, made comparable with what a bot knows.

/// An utterance or phrase without case and punctuation: its words in small letters, with single spaces. What is
/// neither letter nor digit falls away without leaving a space, so `don't` becomes `dont`.
pub(crate) fn normalised(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let start = plain.len();
        if start > 0 {
            plain.push(' ');
        }
        let before = plain.len();
        plain.extend(word.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase));
        if plain.len() == before {
            plain.truncate(start);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_punctuation_and_spaces_do_not_count() {
        assert_eq!(normalised("  I've LOST\tmy -- card!\n"), "ive lost my card");
        assert_eq!(normalised("¿Dónde está?"), "dónde está");
        assert_eq!(normalised("... !"), "");
    }
}

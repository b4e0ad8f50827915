//! Normalises utterances so that they can be compared with the phrases of intents.

/// Normalises an utterance or phrase: lower-case words separated by single spaces. Characters other
/// than letters and digits are removed without leaving a space, so `don't` becomes `dont`.
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

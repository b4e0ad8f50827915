//! Which intent an utterance means.

use crate::flow::{Name, normalised};

/// The intent by the phrases that mean it, which are normalised: the utterance is one of them, or contains one as whole words. The longest
/// phrase wins; of equally long ones, that of the first intent.
pub(super) fn intent(intents: &[(Name, Vec<String>)], utterance: &str) -> Option<usize> {
    let said = normalised(utterance);
    let mut best: Option<(usize, usize)> = None;
    for (index, (_, phrases)) in intents.iter().enumerate() {
        for phrase in phrases {
            if contains(&said, phrase) && best.is_none_or(|(length, _)| phrase.len() > length) {
                best = Some((phrase.len(), index));
            }
        }
    }
    best.map(|(_, index)| index)
}

/// Whether the words of `phrase` occur one after the other in `said`.
fn contains(said: &str, phrase: &str) -> bool {
    !phrase.is_empty()
        && said.match_indices(phrase).any(|(start, _)| {
            let end = start + phrase.len();
            (start == 0 || said.as_bytes().get(start - 1) == Some(&b' '))
                && (end == said.len() || said.as_bytes().get(end) == Some(&b' '))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let intents = [
            (Name::from("flight"), vec!["book".to_owned(), "book a flight".to_owned()]),
            (Name::from("hotel"), vec!["book a hotel".to_owned(), "book".to_owned()]),
            (Name::from("no"), vec!["no".to_owned()]),
        ];
        assert_eq!(intent(&intents, "I'd like to BOOK a hotel, please!"), Some(1));
        assert_eq!(intent(&intents, "book"), Some(0), "ties go to the first intent");
        assert_eq!(intent(&intents, "I know nothing"), None, "whole words only");
        assert_eq!(intent(&intents, "..."), None);
        assert_eq!(intent(&[(Name::from("x"), vec![String::new()])], "?"), None);
    }
}

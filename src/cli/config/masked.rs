//! Masks the secrets of a configuration for messages.

use std::borrow::Cow;

use regex::{Captures, Regex};

/// The key that holds a secret.
pub(super) const SECRET: &str = "client-secret";

/// Replaces the values of `client-secret` and of `key` by stars. Every offset stays the same.
pub(super) fn masked<'a>(text: &'a str, key: Option<&str>) -> Cow<'a, str> {
    let keys = [Some(SECRET), key].into_iter().flatten().map(regex::escape).collect::<Vec<_>>().join("|");
    // The value is a multi-line string or list, or the rest of the line, well formed or not. The
    // equals sign may be missing.
    let pattern = format!(
        r#"((?:{keys})["']?[ \t]*=?[ \t]*)("""(?s:.*?)(?:"""|\z)|'''(?s:.*?)(?:'''|\z)|\[(?s:.*?)(?:\]|\z)|[^\r\n]*)"#
    );
    let Ok(pattern) = Regex::new(&pattern) else {
        // The key is too long for a pattern, so everything is masked.
        return Cow::Owned(stars(text));
    };
    pattern.replace_all(text, |found: &Captures<'_>| format!("{}{}", &found[1], stars(&found[2])))
}

fn stars(text: &str) -> String {
    let star = |c: char| if c.is_whitespace() { c.to_string() } else { "*".repeat(c.len_utf8()) };
    text.chars().map(star).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_of_secret_keys_are_masked_in_every_form() {
        let table = [
            ("client-secret = \"a b\" # c\nx = 1", "client-secret = ** ** * *\nx = 1"),
            ("\"client-secret\"='hunter2'\r\nx = 1", "\"client-secret\"=*********\r\nx = 1"),
            ("x = { client-secret = \"a\", y = 1 }\n", "x = { client-secret = **** * * * *\n"),
            ("target.a.client-secret=5\n", "target.a.client-secret=*\n"),
            ("client-secret \"é\"\n", "client-secret ****\n"),
            ("client-secret = \"\"\"\na\nb\"\"\"\nx = 1", "client-secret = ***\n*\n****\nx = 1"),
            ("client-secret = '''\na\nb", "client-secret = ***\n*\n*"),
            ("client-secret = [\n\"a\",\n]\nx = 1", "client-secret = *\n****\n*\nx = 1"),
            ("client-secert = \"a\"\nbase-url = \"b\"", "client-secert = ***\nbase-url = \"b\""),
        ];
        for (text, shown) in table {
            assert_eq!(masked(text, Some("client-secert")), shown);
        }
    }

    proptest! {
        #[test]
        fn every_offset_stays_the_same(text in "(client-secret|[a-c =\"'\\[\\]\né]|\"\"\"){0,30}", key in ".{0,9}") {
            let shown = masked(&text, Some(&key));
            prop_assert_eq!(shown.len(), text.len());
            let breaks = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
            prop_assert_eq!(breaks(&shown), breaks(&text));
        }
    }
}

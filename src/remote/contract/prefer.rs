//! Preferences of a client (RFC 7240). A server that does not support them ignores them.

use std::fmt;

/// The request header with the preferences.
pub(crate) const PREFER: &str = "prefer";
/// The response header with the preferences that were applied.
pub(crate) const PREFERENCE_APPLIED: &str = "preference-applied";

/// The preferences that are supported; others are ignored, as the standard says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// `return=representation`: the response to a submission is the result, if it is ready.
    pub representation: bool,
    /// `wait=N`: the response may come up to N seconds later, when the result is ready.
    pub wait_s: Option<u32>,
}

impl Preferences {
    /// Reads the values of the header. If a preference appears twice the first one counts; invalid
    /// ones are ignored.
    pub fn read<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        let mut seen = [false; 2];
        for preference in values.into_iter().flat_map(|value| value.split(',')) {
            // A semicolon begins the parameters of a preference; the supported ones have none.
            let preference = preference.split_once(';').map_or(preference, |(preference, _)| preference);
            let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
            let value = value.trim().trim_matches('"');
            if name.trim().eq_ignore_ascii_case("return") && !std::mem::replace(&mut seen[0], true) {
                found.representation = value.eq_ignore_ascii_case("representation");
            } else if name.trim().eq_ignore_ascii_case("wait") && !std::mem::replace(&mut seen[1], true) {
                found.wait_s = value.parse().ok();
            }
        }
        found
    }
}

impl fmt::Display for Preferences {
    /// Writes the value of the header; empty without preferences.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.representation, self.wait_s) {
            (false, None) => Ok(()),
            (true, None) => f.write_str("return=representation"),
            (false, Some(wait)) => write!(f, "wait={wait}"),
            (true, Some(wait)) => write!(f, "return=representation, wait={wait}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn preferences_are_found_among_others() {
        let read = |values: &[&str]| Preferences::read(values.iter().copied()).to_string();
        for (values, expected) in [
            (&["return=representation"][..], "return=representation"),
            (&["respond-async, Wait = 10; x=1, handling=lenient"], "wait=10"),
            (&["return=\"representation\"", "wait=0"], "return=representation, wait=0"),
            (&["return=minimal, return=representation"], ""),
            (&["wait=soon, wait=5"], ""),
            (&["wait=-1"], ""),
            (&["wait=99999999999"], ""),
            (&["return, wait, =, ;,"], ""),
            (&[], ""),
        ] {
            assert_eq!(read(values), expected, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(representation: bool, wait_s: Option<u32>) {
            let preferences = Preferences { representation, wait_s };
            prop_assert_eq!(Preferences::read([preferences.to_string().as_str()]), preferences);
        }

        #[test]
        fn anything_is_read(text in "[a-z=;, \"0-9]{0,40}|.{0,40}") {
            Preferences::read([text.as_str()]);
        }
    }
}

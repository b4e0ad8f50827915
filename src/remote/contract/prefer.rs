//! What a client would like beyond the contract (RFC 7240): servers that do not know it answer as ever.

use std::fmt;

/// The header of a request with its preferences.
pub(crate) const PREFER: &str = "prefer";
/// The header of an answer with those that were heeded.
pub(crate) const PREFERENCE_APPLIED: &str = "preference-applied";

/// The preferences in use here; others are ignored, as the standard has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// `return=representation`: the answer to a submission is the result, where there is one when it is answered.
    pub representation: bool,
    /// `wait=N`: the answer may come up to so many seconds later, when there is a result.
    pub wait_s: Option<u32>,
}

impl Preferences {
    /// The preferences of a header's values. Of one that is there twice the first counts; what is not understood is
    /// ignored.
    pub fn read<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        let mut seen = [false; 2];
        for preference in values.into_iter().flat_map(|value| value.split(',')) {
            // Parameters of a preference follow on a semicolon; neither of these has any.
            let preference = preference.split(';').next().unwrap_or_default();
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
    /// As a header's value; empty where there is none.
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

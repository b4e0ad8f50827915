//! The rule names of the reader and the wording that its messages share.

use crate::source::diagnostics::quoted;
use crate::source::yaml::Rules;

/// Maximum number of names listed in one message.
const MAX_LISTED_WORDS: usize = 24;

/// The rules under which a [`Reader`](crate::source::yaml::Reader) reports.
pub(in crate::flow) const RULES: Rules =
    Rules { unknown_key: "flow/unknown-key", missing_key: "flow/missing-key", wrong_type: "flow/wrong-type" };

/// `'a', 'b' and 'c'`, for messages.
pub(super) fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = words.into_iter();
    let mut quoted: Vec<String> = words.by_ref().take(MAX_LISTED_WORDS).map(quoted).collect();
    let more = words.count();
    if more > 0 {
        quoted.push(format!("{more} more"));
    }
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

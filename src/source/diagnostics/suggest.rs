//! "Did you mean" suggestions: the known name nearest to a misspelt one.

/// Maximum length in characters of the names compared.
const MAX_NAME_CHARS: usize = 64;

/// The known name that `typed` probably means: the nearest spelling (see [`misspelt`]), else the
/// shortest name that begins or ends with `typed` as whole words, as `main_menu` begins with
/// `main`.
pub(crate) fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    misspelt(typed, known.iter().copied()).or_else(|| shortened(&typed.to_lowercase(), known))
}

/// The known name nearest to `typed`, if it is near enough to be a typo.
///
/// Near enough is a Damerau-Levenshtein distance (Unicode characters, case folded) of at most a
/// third of the longer name's length, and at least 1 is always allowed for names of two characters
/// and more. Ties go to the first.
///
/// Names of more than 64 characters are not compared, because the comparison is quadratic.
pub(crate) fn misspelt<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = typed.chars().take(MAX_NAME_CHARS + 1).count();
    if length > MAX_NAME_CHARS {
        return None;
    }
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .filter_map(|name| {
            let other = name.chars().take(MAX_NAME_CHARS + 1).count();
            let longer = length.max(other);
            let allowed = if longer < 2 { 0 } else { (longer / 3).max(1) };
            if other > MAX_NAME_CHARS || length.abs_diff(other) > allowed {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&typed, &name.to_lowercase());
            (distance <= allowed).then_some((distance, name))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

fn shortened<'a>(typed: &str, known: Vec<&'a str>) -> Option<&'a str> {
    const WORDS_END: [char; 5] = ['_', '-', '.', ':', '/'];
    if typed.chars().count() < 3 {
        return None;
    }
    let is_part = |name: &str| {
        let name = name.to_lowercase();
        name.strip_prefix(typed).is_some_and(|rest| rest.starts_with(WORDS_END))
            || name.strip_suffix(typed).is_some_and(|rest| rest.ends_with(WORDS_END))
    };
    known.into_iter().filter(|name| is_part(name)).min_by_key(|name| name.len())
}

#[cfg(test)]
mod tests {
    use super::{closest, misspelt};

    #[test]
    fn a_slip_of_the_keys_is_corrected() {
        let keys = ["dtmf", "say", "expect", "wait", "until"];
        for (typed, meant) in
            [("dtfm", "dtmf"), ("DTMF", "dtmf"), ("sya", "say"), ("expcet", "expect"), ("expects", "expect")]
        {
            assert_eq!(closest(typed, keys), Some(meant), "{typed}");
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for typed in ["", "x", "speech", "timeout", &"dtmf".repeat(1000)] {
            assert_eq!(closest(typed, ["dtmf", "say", "expect"]), None, "{typed}");
        }
        assert_eq!(closest("a", ["b"]), None);
    }

    #[test]
    fn a_name_that_was_cut_short_is_completed() {
        let names = ["main_menu_again", "main_menu", "check_pin", "airline/find", "fine"];
        for (typed, meant) in [("main", "main_menu"), ("pin", "check_pin"), ("Find", "fine"), ("check", "check_pin")] {
            assert_eq!(closest(typed, names), Some(meant), "{typed}");
        }
        assert_eq!(misspelt("main", names), None);
        assert_eq!(closest("airline", names), Some("airline/find"));
        for typed in ["ma", "men", "mainly", ""] {
            assert_eq!(closest(typed, names), None, "{typed}");
        }
    }

    #[test]
    fn ties_go_to_the_first_and_characters_count() {
        assert_eq!(closest("ba", ["bb", "bc"]), Some("bb"));
        assert_eq!(closest("gr\u{fc}\u{df}e", ["gr\u{fc}sse", "gr\u{fc}\u{df}en"]), Some("gr\u{fc}\u{df}en"));
    }
}

//! Durations in text form, such as `1m 30s`.

use std::fmt::Write;

use crate::source::diagnostics::quoted;

/// Maximum length in bytes of a duration.
const MAX_DURATION_BYTES: usize = 100;

/// Parses a duration such as `250ms`, `4s`, `1m 30s` or `PT5S` into milliseconds; the error says
/// what is wrong with it. Negative durations, fractions of a millisecond, calendar units (days and
/// longer) and bare numbers are errors.
///
/// The grammar is jiff's: its "friendly" form and ISO 8601. Fractions are allowed if the result is
/// a whole number of milliseconds (`1.5s`), up to about 20,000 years.
pub(crate) fn parse_duration(text: &str) -> Result<u64, String> {
    let shown = quoted(text);
    if text.parse::<f64>().is_ok() {
        return Err(format!("{shown} has no unit"));
    }
    if text.len() > MAX_DURATION_BYTES {
        return Err(format!("{shown} is not a duration"));
    }
    let span: jiff::Span = text.parse().map_err(|_| format!("{shown} is not a duration"))?;
    if span.is_negative() || text.trim_start().starts_with('-') {
        return Err(format!("{shown} is negative"));
    }
    if span.get_years() != 0 || span.get_months() != 0 || span.get_weeks() != 0 || span.get_days() != 0 {
        return Err(format!("{shown} counts days or longer; the longest unit is the hour"));
    }
    // Each unit is below 2^63, so that their sum in nanoseconds fits into 128 bits.
    let seconds =
        i128::from(span.get_hours()) * 3600 + i128::from(span.get_minutes()) * 60 + i128::from(span.get_seconds());
    let millis = seconds * 1000 + i128::from(span.get_milliseconds());
    let nanos = millis * 1_000_000 + i128::from(span.get_microseconds()) * 1000 + i128::from(span.get_nanoseconds());
    if nanos % 1_000_000 != 0 {
        return Err(format!("{shown} is not a whole number of milliseconds"));
    }
    u64::try_from(nanos / 1_000_000).map_err(|_| format!("{shown} is too long"))
}

/// Formats milliseconds as the shortest duration: `0s`, `250ms`, `1m 30s`. [`parse_duration`] reads
/// it back as the same number.
pub(crate) fn format_duration(ms: u64) -> String {
    let units = [(ms / 3_600_000, "h"), (ms / 60_000 % 60, "m"), (ms / 1000 % 60, "s"), (ms % 1000, "ms")];
    let mut shown = String::new();
    for (count, unit) in units.into_iter().filter(|(count, _)| *count > 0) {
        let space = if shown.is_empty() { "" } else { " " };
        // Writing to a String does not fail.
        let _ = write!(shown, "{space}{count}{unit}");
    }
    if shown.is_empty() { "0s".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_of_time_are_read() {
        for (text, ms) in [
            ("250ms", 250),
            ("4s", 4000),
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("PT5S", 5000),
            ("pt1m", 60_000),
            ("1.5s", 1500),
            ("2 hours", 7_200_000),
            ("0s", 0),
            ("5000us", 5),
        ] {
            assert_eq!(parse_duration(text), Ok(ms), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        let reasons: Vec<String> = [
            "4", "-4s", "4s ago", "-PT1S", "1d", "P1D", "1mo", "2 weeks", "0.5ms", "500us", "", "soon", "4 s s", "1e3",
            "-0s",
        ]
        .into_iter()
        .map(|text| parse_duration(text).unwrap_err())
        .collect();
        insta::assert_snapshot!(reasons.join("\n"), @r"
        '4' has no unit
        '-4s' is negative
        '4s ago' is negative
        '-PT1S' is negative
        '1d' counts days or longer; the longest unit is the hour
        'P1D' counts days or longer; the longest unit is the hour
        '1mo' counts days or longer; the longest unit is the hour
        '2 weeks' counts days or longer; the longest unit is the hour
        '0.5ms' is not a whole number of milliseconds
        '500us' is not a whole number of milliseconds
        '' is not a duration
        'soon' is not a duration
        '4 s s' is not a duration
        '1e3' has no unit
        '-0s' is negative
        ");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in prop_oneof![0..100_000u64, 0..30 * 86_400_000u64, 0..600_000_000_000_000u64]) {
            prop_assert_eq!(parse_duration(&format_duration(ms)), Ok(ms));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}|[0-9 .hmsPTd-]{0,12}") {
            if let Ok(ms) = parse_duration(&text) {
                prop_assert_eq!(parse_duration(&format_duration(ms)), Ok(ms));
            }
        }
    }
}

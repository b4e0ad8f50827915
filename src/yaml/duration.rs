//! Lengths of time as people write them.

use crate::diagnose::quoted;

/// Longer texts are no length of time.
const LONGEST: usize = 100;

/// Milliseconds of a text such as `250ms`, `4s`, `1m 30s` or `PT5S`; the error says what is wrong with it.
/// Negative, fractional-millisecond and calendar lengths (days and longer) are errors, as is a bare number.
///
/// The grammar is jiff's: its "friendly" form and ISO 8601. Fractions are allowed as long as whole milliseconds come
/// out (`1.5s`), up to about 20,000 years.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let shown = quoted(text);
    if text.parse::<f64>().is_ok() {
        return Err(format!("{shown} has no unit"));
    }
    if text.len() > LONGEST {
        return Err(format!("{shown} is not a length of time"));
    }
    let span: jiff::Span = text.parse().map_err(|_| format!("{shown} is not a length of time"))?;
    if span.is_negative() || text.trim_start().starts_with('-') {
        return Err(format!("{shown} is negative"));
    }
    if span.get_years() != 0 || span.get_months() != 0 || span.get_weeks() != 0 || span.get_days() != 0 {
        return Err(format!("{shown} counts days or longer; the longest unit is the hour"));
    }
    // Each unit is far below 2^63, their sum in nanoseconds fits into 128 bits with ease.
    let seconds =
        i128::from(span.get_hours()) * 3600 + i128::from(span.get_minutes()) * 60 + i128::from(span.get_seconds());
    let millis = seconds * 1000 + i128::from(span.get_milliseconds());
    let nanos = millis * 1_000_000 + i128::from(span.get_microseconds()) * 1000 + i128::from(span.get_nanoseconds());
    if nanos % 1_000_000 != 0 {
        return Err(format!("{shown} is not a whole number of milliseconds"));
    }
    u64::try_from(nanos / 1_000_000).map_err(|_| format!("{shown} is too long"))
}

/// The shortest such text: `0s`, `250ms`, `1m 30s`. [`parse_duration`] reads it back to the same number.
pub fn format_duration(ms: u64) -> String {
    let units = [(ms / 3_600_000, "h"), (ms / 60_000 % 60, "m"), (ms / 1000 % 60, "s"), (ms % 1000, "ms")];
    let parts: Vec<String> =
        units.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

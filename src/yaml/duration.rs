//! Lengths of time as people write them.

/// Milliseconds of a text such as `250ms`, `4s`, `1m 30s` or `PT5S`; the error says what is wrong with it.
/// Negative, fractional-millisecond and calendar lengths (days and longer) are errors, as is a bare number.
pub fn parse_duration(_text: &str) -> Result<u64, String> {
    todo!()
}

/// The shortest such text: `0s`, `250ms`, `1m 30s`.
pub fn format_duration(_ms: u64) -> String {
    todo!()
}

//! The header `Retry-After` (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

/// How long a pause a server asks for; none where the header is absent or says nothing that can be understood.
///
/// `value` is the header, a number of seconds or a date. Some servers write fractions of seconds, which the standard does not
/// know. A date is compared with the answer's own `Date` header where there
/// is one, so that clocks that differ do no harm, else with `now`. A date that has passed is no wait at all.
pub(crate) fn retry_after(value: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if value.starts_with(|first: char| first.is_ascii_digit())
        && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        // More than a clock can count is still a wait: one that nobody waits for.
        return Some(Duration::try_from_secs_f64(value.parse().ok()?).unwrap_or(Duration::MAX));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "Mon, 02 Mar 2026 10:00:00 GMT";

    fn seconds(value: &str, date: Option<&str>) -> Option<u64> {
        let now = httpdate::parse_http_date(NOW).unwrap();
        retry_after(value, date, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_all_three_forms_of_dates() {
        assert_eq!(seconds("0", None), Some(0));
        assert_eq!(seconds(" 120 ", None), Some(120));
        assert_eq!(seconds("Mon, 02 Mar 2026 10:00:07 GMT", None), Some(7));
        assert_eq!(seconds("Monday, 02-Mar-26 10:00:07 GMT", None), Some(7));
        assert_eq!(seconds("Mon Mar  2 10:00:07 2026", None), Some(7));
        assert_eq!(seconds("99999999999999999999999", None), Some(u64::MAX));
    }

    #[test]
    fn fractions_of_seconds_are_taken_as_they_are_meant() {
        let now = httpdate::parse_http_date(NOW).unwrap();
        for (value, ms) in [("1.5", 1_500), ("0.25", 250), ("2.", 2_000)] {
            assert_eq!(retry_after(value, None, now), Some(Duration::from_millis(ms)), "{value}");
        }
    }

    #[test]
    fn a_date_is_relative_to_the_servers_own_clock() {
        let skewed = Some("Mon, 02 Mar 2026 13:00:00 GMT");
        assert_eq!(seconds("Mon, 02 Mar 2026 13:00:05 GMT", skewed), Some(5));
        assert_eq!(seconds("Mon, 02 Mar 2026 12:59:00 GMT", skewed), Some(0));
        assert_eq!(seconds("Mon, 02 Mar 2026 10:00:05 GMT", Some("yesterday")), Some(5));
    }

    #[test]
    fn what_cannot_be_understood_is_no_header() {
        for value in ["", "soon", "-1", "1.5.2", ".5", "1e3", "+3", "1s", "\u{0661}"] {
            assert_eq!(seconds(value, None), None, "{value}");
        }
    }
}

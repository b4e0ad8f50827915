//! Numbers as people read them.

/// What stands where nothing was counted.
pub(super) const NONE: &str = "–";

/// A ratio as a percentage with one decimal; a dash where there is none. Only a whole is shown as 100.0%, and only nothing as
/// 0.0%: a rounded number does not hide the one call that went wrong.
pub(super) fn percent(ratio: Option<f64>) -> String {
    let Some(ratio) = ratio else { return NONE.to_owned() };
    let percent = ratio * 100.0;
    let shown = if ratio < 1.0 && percent >= 99.95 {
        99.9
    } else if ratio > 0.0 && percent < 0.05 {
        0.1
    } else {
        percent
    };
    format!("{shown:.1}%")
}

/// A whole number with its digits in groups.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of things.
pub(super) fn things(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Wall time: µs below a second as ms, above as seconds.
pub(super) fn wall(us: u64) -> String {
    match us {
        0..1_000 => format!("{:.2} ms", us as f64 / 1e3),
        1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        1_000_000..60_000_000 => format!("{:.2} s", us as f64 / 1e6),
        _ => format!("{} min {} s", us / 60_000_000, us / 1_000_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_one_decimal_and_never_round_to_all_or_nothing() {
        let shown = [None, Some(0.0), Some(0.0001), Some(1.0 / 3.0), Some(0.99999), Some(1.0)].map(percent);
        assert_eq!(shown, ["–", "0.0%", "0.1%", "33.3%", "99.9%", "100.0%"]);
    }

    #[test]
    fn digits_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn wall_times_have_the_unit_that_fits() {
        let shown = [40, 1_250, 12_345_678, 61_000_000].map(wall);
        assert_eq!(shown, ["0.04 ms", "1.2 ms", "12.35 s", "1 min 1 s"]);
    }
}

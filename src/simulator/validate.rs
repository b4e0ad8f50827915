//! What keyed digits and numbers must satisfy.

use crate::flow::Validation;

/// Whether the digits satisfy it.
pub(super) fn valid(rule: &Validation, digits: &str) -> bool {
    match rule {
        Validation::Regex(regex) => regex.find(digits).is_some_and(|found| found.len() == digits.len()),
        Validation::Luhn => luhn(digits),
        Validation::Date(order) => date(order, digits),
    }
}

/// The check digit of card numbers (ISO/IEC 7812-1, annex B): from the right, every second digit counts double, its
/// digits summed; the sum is a multiple of 10. One digit alone has no check digit.
fn luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0') << (place % 2);
        sum += digit / 10 + digit % 10;
    }
    digits.len() > 1 && sum % 10 == 0
}

/// Whether the digits, in this order of `D`, `M` and `Y`, are a date of the Gregorian calendar. A year of two digits
/// is one of 2000 to 2099, which settles whether it has a 29 February.
fn date(order: &str, digits: &str) -> bool {
    if order.len() != digits.len() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let (mut day, mut month, mut year, mut year_digits) = (0_u16, 0_u16, 0_u16, 0);
    for (letter, digit) in order.bytes().zip(digits.bytes()) {
        let digit = u16::from(digit - b'0');
        let part = match letter {
            b'D' => &mut day,
            b'M' => &mut month,
            _ => {
                year_digits += 1;
                &mut year
            }
        };
        *part = part.saturating_mul(10).saturating_add(digit);
    }
    if year_digits <= 2 {
        year = year.saturating_add(2000);
    }
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => jiff::civil::Date::new(year, month, day).is_ok(),
        _ => false,
    }
}

/// Whether a call can be handed to it: `+` and 5 to 15 digits (ITU-T E.164), 2 to 15 digits (an extension or a
/// national number), or a SIP address.
pub(super) fn is_number(number: &str) -> bool {
    let (digits, least) = match number.strip_prefix('+') {
        Some(digits) => (digits, 5),
        None => (number, 2),
    };
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (least..=15).contains(&digits.len());
    }
    number.strip_prefix("sip:").or_else(|| number.strip_prefix("sips:")).is_some_and(|address| {
        !address.is_empty() && !address.chars().any(|character| character.is_whitespace() || character.is_control())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_have_a_check_digit() {
        for valid in ["4111111111111111", "79927398713", "00", "18"] {
            assert!(luhn(valid), "{valid}");
        }
        for invalid in ["4111111111111112", "79927398710", "", "0", "4a", "１８"] {
            assert!(!luhn(invalid), "{invalid}");
        }
    }

    #[test]
    fn dates_must_exist() {
        for (order, digits) in [("MMDDYYYY", "02292024"), ("DDMMYY", "290224"), ("YYYYMMDD", "19991231")] {
            assert!(date(order, digits), "{order} {digits}");
        }
        for (order, digits) in [
            ("MMDDYYYY", "02292023"),
            ("MMDDYYYY", "13012024"),
            ("DDMMYY", "310424"),
            ("MMDDYYYY", "0101202"),
            ("MMDDYYYY", "01012024#"),
            ("MMDDYYYY", "00012024"),
        ] {
            assert!(!date(order, digits), "{order} {digits}");
        }
    }

    #[test]
    fn a_pattern_holds_for_the_whole_entry() {
        let rule = Validation::Regex(regex::Regex::new("[0-9]{4}").unwrap());
        assert!(valid(&rule, "1234"));
        assert!(!valid(&rule, "12345"));
        assert!(!valid(&rule, "123"));
    }

    #[test]
    fn numbers_that_can_be_dialled() {
        for number in ["+15550100", "12", "123456789012345", "sip:desk@example.com", "sips:a"] {
            assert!(is_number(number), "{number}");
        }
        for number in ["", "1", "+1234", "1234567890123456", "555 0100", "sip:", "sip:a b", "sales"] {
            assert!(!is_number(number), "{number}");
        }
    }
}

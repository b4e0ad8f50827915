//! Ids of simulations and requests.

use super::draw::mix;
use crate::source::diagnostics::hexadecimal;

/// Turns counters into ids that cannot be guessed and back: a Feistel network of four rounds (Luby and Rackoff 1988)
/// over 64 bits. So a server knows of an id that it has given out once without keeping it.
#[derive(Debug)]
pub(super) struct Ids {
    key: u64,
}

impl Ids {
    pub(super) fn new(key: u64) -> Self {
        Self { key }
    }

    /// The number that stands for the counter.
    pub(super) fn hide(&self, counter: u64) -> u64 {
        let (mut left, mut right) = ((counter >> 32) as u32, counter as u32);
        for round in 0..4 {
            (left, right) = (right, left ^ self.round(round, right));
        }
        u64::from(left) << 32 | u64::from(right)
    }

    /// The counter behind the number.
    pub(super) fn reveal(&self, number: u64) -> u64 {
        let (mut left, mut right) = ((number >> 32) as u32, number as u32);
        for round in (0..4).rev() {
            (left, right) = (right ^ self.round(round, left), left);
        }
        u64::from(left) << 32 | u64::from(right)
    }

    fn round(&self, round: u64, half: u32) -> u32 {
        mix(self.key ^ (round << 32 | u64::from(half)).rotate_left(17)) as u32
    }
}

/// An id of a simulation as text.
pub(super) fn write(number: u64) -> String {
    ["sim-", &digits(number)].concat()
}

/// The sixteen hexadecimal digits of a number.
pub(super) fn digits(number: u64) -> String {
    hexadecimal(&number.to_be_bytes())
}

/// The number of such a text.
pub(super) fn read(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("sim-").filter(|digits| digits.len() == 16)?;
    // `from_str_radix` alone would take a sign and capitals.
    digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        .then(|| u64::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_leads_back_to_its_counter(key in any::<u64>(), counter in any::<u64>()) {
            let ids = Ids::new(key);
            prop_assert_eq!(ids.reveal(ids.hide(counter)), counter);
            let text = write(counter);
            prop_assert_eq!(&text, &format!("sim-{counter:016x}"));
            prop_assert_eq!(read(&text), Some(counter));
        }
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in
            ["", "sim-", "sim-00000000000000", "sim-000000000000000G", "sim-+00000000000000f", "00000000000000ff"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

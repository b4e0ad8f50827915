//! Small hashes of a call's state: the same on every machine and in every run.

use crate::flow::Value;

/// Two odd constants with well-mixed bits (the fractions of the golden ratio and of the square root of 2).
const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0x6a09_e667_f3bc_c909;

/// Both numbers as one: the halves of their product, folded.
pub(super) const fn mix(a: u64, b: u64) -> u64 {
    let product = (a ^ FIRST) as u128 * (b ^ SECOND) as u128;
    (product as u64 ^ (product >> 64) as u64).wrapping_add(a.rotate_left(29) ^ b)
}

/// A text.
pub(super) fn text(text: &str) -> u64 {
    let mut chunks = text.as_bytes().chunks_exact(8);
    let mut hash = text.len() as u64;
    for chunk in &mut chunks {
        hash = mix(hash, chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    }
    mix(hash, chunks.remainder().iter().fold(0, |word, &byte| word << 8 | u64::from(byte)))
}

/// A value, by its type and content. Nesting is bounded where values are read.
pub(super) fn value(value: &Value) -> u64 {
    match value {
        Value::Null => 1,
        Value::Boolean(flag) => mix(2, u64::from(*flag)),
        Value::Integer(number) => mix(3, *number as u64),
        Value::Decimal(number) => mix(4, number.to_bits()),
        Value::Text(name) => mix(5, text(name)),
        Value::List(items) => items.iter().fold(6, |hash, item| mix(hash, self::value(item))),
        Value::Record(members) => {
            members.iter().fold(7, |hash, (name, member)| mix(mix(hash, text(name)), self::value(member)))
        }
    }
}

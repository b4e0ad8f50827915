//! Draws that depend on nothing but what they are for.

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input changes half of the output's.
pub(super) const fn mix(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A number in 0..1 for request `k` of a stream under a seed: the same however many other draws there are, and in
/// whatever order.
pub(super) fn unit(seed: u64, stream: u64, k: u64) -> f64 {
    let bits = mix(mix(mix(seed) ^ stream) ^ k);
    // The upper 53 bits are the mantissa of a double.
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

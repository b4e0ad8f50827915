//! Chance for pauses between tries.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A small generator (SplitMix64, Steele, Lea and Flood 2014): good enough to spread tries over time, not for secrets.
#[derive(Clone, Debug)]
pub struct Jitter(u64);

impl Jitter {
    /// The generator of a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator that differs from process to process and from call to call.
    pub fn random() -> Self {
        Self(RandomState::new().hash_one(0))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A length of time between nothing and `most`, both possible.
    pub fn up_to(&mut self, most: Duration) -> Duration {
        // 53 random bits are a fraction in [0, 1) that an f64 holds exactly.
        let fraction = (self.number() >> 11) as f64 / (1u64 << 53) as f64;
        most.mul_f64(fraction)
    }
}

/// The longest pause before try `tries + 1`: `base` doubled with every try after the first, at most `cap`.
pub(crate) fn ceiling(base: Duration, cap: Duration, tries: u32) -> Duration {
    let factor = 1u32 << tries.saturating_sub(1).min(31);
    base.saturating_mul(factor).min(cap)
}

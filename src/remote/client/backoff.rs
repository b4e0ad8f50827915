//! Chance for pauses between tries.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A random generator for pauses: good enough to spread attempts over time, not for secrets.
#[derive(Clone, Debug)]
pub struct Jitter(SplitMix64);

impl Jitter {
    /// The generator of a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(SplitMix64::seed_from_u64(seed))
    }

    /// Generator `index` of a family: each has a sequence of its own, whatever the order in which they are made.
    pub fn derived(seed: u64, index: u64) -> Self {
        Self::seeded(seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A generator that differs from process to process and from call to call.
    pub fn random() -> Self {
        Self::seeded(RandomState::new().hash_one(0))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Tests and rehearsals name seeds: the same seed must draw the same pauses in every version.
    #[test]
    fn the_draws_of_a_seed_never_change() {
        let numbers = |mut jitter: Jitter| (0..10).map(|_| jitter.number()).collect::<Vec<_>>();
        assert_eq!(
            numbers(Jitter::seeded(0)),
            [
                0xe220_a839_7b1d_cdaf,
                0x6e78_9e6a_a1b9_65f4,
                0x06c4_5d18_8009_454f,
                0xf88b_b8a8_724c_81ec,
                0x1b39_896a_51a8_749b,
                0x53cb_9f0c_747e_a2ea,
                0x2c82_9abe_1f45_32e1,
                0xc584_133a_c916_ab3c,
                0x3ee5_7890_41c9_8ac3,
                0xf3b8_488c_368c_b0a6
            ]
        );
        assert_eq!(
            numbers(Jitter::seeded(7)),
            [
                0x63cb_e1e4_5932_0dd7,
                0x044c_3cd7_f43c_661c,
                0xe698_4080_bab1_2a02,
                0x953a_eb70_673e_29cb,
                0x73d3_3b66_6a1e_21da,
                0x3fda_be86_cbbe_aa11,
                0x77cb_c4a1_33c2_d0f6,
                0x53fc_d651_3d02_befe,
                0x225e_c07a_9950_6761,
                0x69c3_a276_8879_5369
            ]
        );
        assert_eq!(
            numbers(Jitter::seeded(u64::MAX)),
            [
                0xe4d9_7177_1b65_2c20,
                0xe99f_f867_dbf6_82c9,
                0x382f_f84c_b272_81e9,
                0x6d1d_b36c_cba9_82d2,
                0xb4a0_472e_5780_69ae,
                0xd31d_adbd_a438_bb33,
                0xf14f_2cf8_0208_3fa5,
                0x405d_a438_a39e_8064,
                0xc4fe_a708_156e_0c84,
                0x031e_50fe_7bbd_6e1c
            ]
        );
        let pauses = |seed| {
            let mut jitter = Jitter::seeded(seed);
            (0..10).map(|_| jitter.up_to(Duration::from_secs(1)).as_nanos()).collect::<Vec<_>>()
        };
        assert_eq!(
            pauses(0),
            [
                883_310_808,
                431_527_997,
                26_433_772,
                970_881_978,
                106_346_692,
                327_325_764,
                173_867_866,
                771_546_556,
                245_688_949,
                952_030_691
            ]
        );
        assert_eq!(
            pauses(7),
            [
                389_829_748,
                16_788_295,
                900_760_681,
                582_930_293,
                452_441_895,
                249_431_522,
                467_953_004,
                328_076_739,
                134_258_299,
                413_141_397
            ]
        );
        assert_eq!(
            pauses(u64::MAX),
            [
                893_942_920,
                912_597_204,
                219_481_963,
                426_234_449,
                705_570_649,
                824_671_611,
                942_614_375,
                251_428_856,
                769_510_688,
                12_181_341
            ]
        );
        let derived = |seed| (0..10).map(|index| Jitter::derived(seed, index).number()).collect::<Vec<_>>();
        assert_eq!(
            derived(0),
            [
                0xe220_a839_7b1d_cdaf,
                0x6e78_9e6a_a1b9_65f4,
                0x06c4_5d18_8009_454f,
                0xf88b_b8a8_724c_81ec,
                0x1b39_896a_51a8_749b,
                0x53cb_9f0c_747e_a2ea,
                0x2c82_9abe_1f45_32e1,
                0xc584_133a_c916_ab3c,
                0x3ee5_7890_41c9_8ac3,
                0xf3b8_488c_368c_b0a6
            ]
        );
        assert_eq!(
            derived(7),
            [
                0x63cb_e1e4_5932_0dd7,
                0xec77_9c36_93f8_8501,
                0x9ceb_e8a6_d050_dd01,
                0x28ce_b6e1_edda_d0c2,
                0xb4a0_472e_5780_69ae,
                0x616f_9630_b007_4044,
                0x0cba_6c4c_b43d_380b,
                0x85e7_bb0f_1227_8575,
                0x225e_c07a_9950_6761,
                0x56a7_458a_6eec_e57b
            ]
        );
        assert_eq!(
            derived(u64::MAX),
            [
                0xe4d9_7177_1b65_2c20,
                0xb4d0_55fc_f2cb_bd7b,
                0xde0a_564c_bcd0_60c4,
                0x738b_10af_1713_67ff,
                0x8f33_8340_13b3_1f7c,
                0x13e7_2363_2ca2_39f9,
                0x4d02_a792_5ca1_f8ea,
                0x8f1f_b04e_b547_c8ec,
                0x8bde_40ab_8762_3c48,
                0xf994_78f8_1db9_1d39
            ]
        );
    }
}

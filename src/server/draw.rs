//! Random draws that are a pure function of seed, stream and number.

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Draws a uniform number in 0..1 for item `k` of a stream. It does not depend on other draws or
/// their order.
pub(super) fn uniform(seed: u64, stream: u64, k: u64) -> f64 {
    let bits = scramble(scramble(scramble(seed) ^ stream) ^ k);
    // A double has 53 bits of mantissa.
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// The first number that SplitMix64 draws from a seed. Each bit of the seed affects half of the
/// bits on average.
fn scramble(seed: u64) -> u64 {
    SplitMix64::seed_from_u64(seed).next_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Latency;

    /// Fault files and `--seed` promise the same faults and processing times in every version of
    /// callpath.
    #[test]
    fn the_draws_of_a_seed_never_change() {
        let draws = |seed| (1..=10).map(|k| (uniform(seed, 258, k) * (1_u64 << 53) as f64) as u64).collect::<Vec<_>>();
        assert_eq!(
            draws(0),
            [
                0x0019_5b8e_c963_389e,
                0x0007_dc89_bd09_c067,
                0x0012_750c_db38_094d,
                0x001b_8af3_fc2a_f08e,
                0x000f_ac2c_ab52_7851,
                0x0003_4e6f_6bc4_f640,
                0x0013_c3e4_30a6_35b3,
                0x000a_f815_f69b_ec3c,
                0x000f_3f1a_d170_39e0,
                0x0017_36be_dec2_db57
            ]
        );
        assert_eq!(
            draws(7),
            [
                0x0003_3774_687d_f0cc,
                0x0003_8a5e_bbfa_492f,
                0x0003_e6f2_c61d_1286,
                0x000d_b169_8a9b_0441,
                0x000a_294c_5f7a_428a,
                0x0017_10df_35dc_c3b1,
                0x000e_d596_f77a_a669,
                0x0000_a129_2b49_f8a6,
                0x0001_6ba5_c03e_1817,
                0x000b_3dac_4d7e_432d
            ]
        );
        assert_eq!(
            draws(u64::MAX),
            [
                0x0004_d759_802e_ffbb,
                0x000a_6845_b7af_68f7,
                0x000b_facc_1125_23b6,
                0x0002_1b74_ddec_c7d1,
                0x001e_8753_1925_67cf,
                0x0017_3b67_27c1_0489,
                0x0019_e740_f9a2_aded,
                0x0018_3979_ef22_7138,
                0x001a_0b44_8e7b_3886,
                0x0002_0d92_2ff3_a362
            ]
        );
        let struck = |seed| (1..=60).filter(|&k| uniform(seed, 1, k) < 0.1).collect::<Vec<_>>();
        assert_eq!(struck(0), [3, 8, 49, 59]);
        assert_eq!(struck(7), [2, 7, 21, 35, 45, 58]);
        assert_eq!(struck(u64::MAX), [26, 38, 48, 50, 53]);
        let times = |latency: Latency, seed| -> Vec<_> {
            (0..10).map(|k| latency.sample(uniform(seed, 1 << 62, k)).as_micros()).collect()
        };
        let uniform = Latency::Uniform { min: 20, max: 80 };
        let exponential = Latency::Exponential { mean: 50, cap: 400 };
        assert_eq!(times(uniform, 0), [24_219, 21_958, 73_908, 20_481, 51_333, 40_937, 53_921, 66_122, 45_584, 72_749]);
        assert_eq!(
            times(exponential, 0),
            [3_645, 1_659, 114_370, 402, 36_930, 21_459, 41_661, 73_205, 27_791, 105_664]
        );
        assert_eq!(times(uniform, 7), [51_573, 48_761, 55_674, 61_819, 68_063, 47_810, 44_938, 61_671, 56_422, 21_260]);
        assert_eq!(
            times(exponential, 7),
            [37_350, 32_634, 45_140, 59_700, 80_736, 31_135, 26_862, 59_293, 46_703, 1_061]
        );
        assert_eq!(
            times(uniform, u64::MAX),
            [58_851, 40_838, 49_664, 62_773, 51_524, 25_231, 21_916, 32_516, 56_809, 50_133]
        );
        assert_eq!(
            times(exponential, u64::MAX),
            [52_138, 21_331, 34_101, 62_394, 37_264, 4_561, 1_622, 11_698, 47_529, 34_881]
        );
    }
}

//! Draws that depend on the seed, the node and its visit alone.

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::digest;

/// What SplitMix64 adds to its state with each draw, so that any draw can be reached directly (Steele, Lea, Flood: "Fast
/// splittable pseudorandom number generators", 2014).
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number that the k-th visit of a node draws, uniform over all 64-bit numbers.
pub(super) fn draw(seed: u64, node: &str, visit: u32) -> u64 {
    let state = (seed ^ digest::text(node)).wrapping_add(GOLDEN_GAMMA.wrapping_mul(u64::from(visit)));
    SplitMix64::seed_from_u64(state).next_u64()
}

/// Which of the weights a number chooses; none when they are all 0.
pub(super) fn choose(weights: &[u32], number: u64) -> Option<usize> {
    let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    // The high half of the product is uniform below `total` (Lemire 2019, without the rejection: the bias is below
    // total / 2^64).
    let mut place = ((u128::from(number) * u128::from(total)) >> 64) as u64;
    weights.iter().position(|&weight| {
        let chosen = place < u64::from(weight);
        place = place.saturating_sub(u64::from(weight));
        chosen
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_weights() {
        let weights = [70, 0, 30];
        let mut counts = [0; 3];
        for visit in 0..10_000 {
            counts[choose(&weights, draw(7, "split", visit)).unwrap()] += 1;
        }
        assert_eq!(counts[1], 0);
        // 5 standard deviations of a binomial draw: 5 * sqrt(10000 * 0.7 * 0.3) = 229
        assert!((6771..=7229).contains(&counts[0]), "{counts:?}");
        assert_eq!(choose(&[0, 0], 5), None);
    }

    #[test]
    fn seed_node_and_visit_all_matter() {
        let first = draw(1, "a", 0);
        assert_eq!(first, draw(1, "a", 0));
        assert!([draw(2, "a", 0), draw(1, "b", 0), draw(1, "a", 1)].iter().all(|&other| other != first));
    }

    /// Runs and exported cases name their seeds: the same seed must draw the same numbers in every version.
    #[test]
    fn the_draws_of_a_seed_never_change() {
        let draws = |seed| (0..10).map(|visit| draw(seed, "main menu", visit)).collect::<Vec<_>>();
        assert_eq!(
            draws(0),
            [
                0xdec6_981a_fff4_4552,
                0x2e74_1a81_0036_1312,
                0x635f_abb6_0591_3d75,
                0xfb8e_4013_7416_0703,
                0xa3eb_385a_54a8_7018,
                0x058e_0d5a_48d5_2c5b,
                0x110a_db7c_b5ff_17cf,
                0x967b_a319_32f0_d08e,
                0x2989_3d2c_faa3_7d9c,
                0xb524_423a_09d6_1a65
            ]
        );
        assert_eq!(
            draws(7),
            [
                0x379a_a392_2e91_8fbf,
                0x8c21_d95d_a823_d255,
                0x202d_6efd_25dc_9313,
                0xe454_26cc_9b65_6c3d,
                0x5f1e_c57b_6264_4840,
                0x2939_44ee_b9e4_53a1,
                0x52c0_e804_38f9_7b75,
                0xf66f_8611_efad_0009,
                0x93e9_e529_7c0a_88db,
                0xed24_7c4e_4af8_1521
            ]
        );
        assert_eq!(
            draws(u64::MAX),
            [
                0x0d4e_c497_1b34_d21c,
                0xf18d_4362_9100_2c30,
                0x249b_1265_158c_c338,
                0x1718_fdbf_572e_a7a6,
                0x1779_9621_9b40_e3c9,
                0x2285_f499_2b66_a57a,
                0x66f6_b0e0_3260_9624,
                0x9b4b_c1c3_a9ab_6984,
                0xc5c4_971d_e1ee_b354,
                0x365f_fec9_3afd_dc73
            ]
        );
        let chosen = |seed| {
            let picks = (0..20).map(|visit| choose(&[50, 0, 30, 20], draw(seed, "split", visit)).unwrap());
            picks.map(|pick| char::from(b'0' + pick as u8)).collect::<String>()
        };
        assert_eq!(chosen(0), "30200000220000003322");
        assert_eq!(chosen(7), "00033202200320002202");
        assert_eq!(chosen(u64::MAX), "30033302202022200202");
    }
}

//! Draws that depend on the seed, the node and its visit alone.

use super::digest;

/// The number that the k-th visit of a node draws, uniform over all 64-bit numbers.
///
/// The source is splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014), seeked to a
/// place that seed, node and visit name.
pub(super) fn draw(seed: u64, node: &str, visit: u32) -> u64 {
    let mut z = seed ^ digest::text(node);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(u64::from(visit) + 1));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
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
}

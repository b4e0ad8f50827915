//! Coverage of single suites, as bits: a run can have many suites, and counts for each would need
//! more memory.

use super::counts::{Bits, HitCounts, ProgramCounts};

/// Two bits per item: covered by any call, and covered by a call whose scenario passed.
#[derive(Clone, Debug, Default)]
struct PassedBits([Bits; 2]);

/// What the calls of one suite covered in one program, by the numbers of its layout.
#[derive(Clone, Debug, Default)]
pub(super) struct SuiteBits {
    nodes: PassedBits,
    taken: PassedBits,
    walked: PassedBits,
    pairs: PassedBits,
}

impl PassedBits {
    fn add(&mut self, hits: &[HitCounts]) {
        self.0.iter_mut().for_each(|bits| bits.grow(hits.len()));
        for (index, hits) in hits.iter().enumerate() {
            if hits.all > 0 {
                self.0[0].set(index);
            }
            if hits.passed > 0 {
                self.0[1].set(index);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for (bits, other) in self.0.iter_mut().zip(&other.0) {
            bits.join(other);
        }
    }

    fn write_to(&self, into: &mut [HitCounts]) {
        let [all, passed] = &self.0;
        for (index, hits) in into.iter_mut().enumerate() {
            *hits = HitCounts { all: u64::from(all.has(index)), passed: u64::from(passed.has(index)) };
        }
    }
}

impl SuiteBits {
    /// Adds the hits of calls of the suite.
    pub(super) fn add(&mut self, counts: &ProgramCounts) {
        self.nodes.add(&counts.nodes);
        self.taken.add(&counts.taken);
        self.walked.add(&counts.walked);
        for (bits, counted) in self.pairs.0.iter_mut().zip(&counts.pairs) {
            bits.join(counted);
        }
    }

    /// Adds what another worker counted for the suite.
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in [
            (&mut self.nodes, &other.nodes),
            (&mut self.taken, &other.taken),
            (&mut self.walked, &other.walked),
            (&mut self.pairs, &other.pairs),
        ] {
            own.merge(other);
        }
    }

    /// Writes the bits into counts of the same program, each as one hit.
    pub(super) fn write_to(&self, counts: &mut ProgramCounts) {
        self.nodes.write_to(&mut counts.nodes);
        self.taken.write_to(&mut counts.taken);
        self.walked.write_to(&mut counts.walked);
        for (bits, seen) in counts.pairs.iter_mut().zip(&self.pairs.0) {
            bits.clear();
            bits.join(seen);
        }
    }
}

//! What the calls of one suite came to, without how often: a run may have many suites, and each has its own.

use super::counts::{Bits, Counts, Times};

/// Things that were come to by any call, and by one that passed.
#[derive(Clone, Debug, Default)]
struct Twice([Bits; 2]);

/// What the calls of one suite came to in one program, by the numbers of its layout.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    nodes: Twice,
    taken: Twice,
    walked: Twice,
    pairs: Twice,
}

impl Twice {
    fn note(&mut self, times: &[Times]) {
        self.0.iter_mut().for_each(|bits| bits.grow(times.len()));
        for (index, times) in times.iter().enumerate() {
            if times.all > 0 {
                self.0[0].set(index);
            }
            if times.passed > 0 {
                self.0[1].set(index);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for (bits, other) in self.0.iter_mut().zip(&other.0) {
            bits.join(other);
        }
    }

    fn times(&self, into: &mut [Times]) {
        let [all, passed] = &self.0;
        for (index, times) in into.iter_mut().enumerate() {
            *times = Times { all: u64::from(all.has(index)), passed: u64::from(passed.has(index)) };
        }
    }
}

impl Seen {
    /// Adds calls of the suite.
    pub(super) fn note(&mut self, counts: &Counts) {
        self.nodes.note(&counts.nodes);
        self.taken.note(&counts.taken);
        self.walked.note(&counts.walked);
        for (bits, counted) in self.pairs.0.iter_mut().zip(&counts.pairs) {
            bits.join(counted);
        }
    }

    /// Adds what another worker saw of the suite.
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

    /// Puts it into counts of the same program, each thing once.
    pub(super) fn fill(&self, counts: &mut Counts) {
        self.nodes.times(&mut counts.nodes);
        self.taken.times(&mut counts.taken);
        self.walked.times(&mut counts.walked);
        for (bits, seen) in counts.pairs.iter_mut().zip(&self.pairs.0) {
            bits.clear();
            bits.join(seen);
        }
    }
}

//! Running totals: sums of counts, so that a suite, a flow and a run are all aggregated the same way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::assist::is_zero;
use super::{ScenarioRecord, Verdict};
use crate::score::CheckState;

/// Counts over scenarios. Ratios are made from counts (micro averages), never from other ratios.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Scenarios finished, of every verdict.
    pub scenarios: u64,
    /// Of them passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// In error; files that could not be used count as one each.
    pub error: u64,
    /// Skipped.
    pub skipped: u64,
    /// Flaky.
    pub flaky: u64,
    /// Single expectations.
    pub checks: u64,
    /// Of them held.
    pub checks_held: u64,
    /// Decisions expected.
    pub decisions: u64,
    /// Of them taken as expected.
    pub decisions_right: u64,
    /// Of them never reached.
    pub decisions_not_reached: u64,
    /// Paths expected.
    pub paths: u64,
    /// The sum of their fitness.
    pub path_fitness_sum: f64,
    /// Scenarios with an efficiency.
    pub efficiencies: u64,
    /// The sum of the efficiencies.
    pub efficiency_sum: f64,
    /// Keys pressed.
    pub keypresses: u64,
    /// Prompts heard, in ms.
    pub prompt_ms: u64,
    /// Inputs asked again.
    pub retries: u64,
    /// Virtual time in ms.
    pub virtual_ms: u64,
    /// The most keys pressed in one call.
    #[serde(default)]
    pub most_keypresses: u64,
    /// The longest call in virtual time, in ms.
    #[serde(default)]
    pub longest_ms: u64,
    /// Calls that were scored: what the sums and maxima of effort are over.
    #[serde(default)]
    pub scored: u64,
    /// Scenarios of prompts that were rehearsed and scored; they have no part in the sums of calls above.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub rehearsed: u64,
    /// Prompts of which a result was expected.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub results: u64,
    /// Of them those that ended so.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub results_right: u64,
}

/// A ratio with its Wilson 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// The ratio.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The Wilson score interval at 95 % (z = 1.959964) for `good` of `all`; none where nothing was counted.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). With
/// p = good/all: centre (p + z²/2n) / (1 + z²/n), half width z·√(p(1−p)/n + z²/4n²) / (1 + z²/n). It stays within 0 to 1.
pub(crate) fn wilson(good: u64, all: u64) -> Option<Interval> {
    const Z: f64 = 1.959_963_984_540_054;
    if all == 0 {
        return None;
    }
    let n = all as f64;
    let p = good.min(all) as f64 / n;
    let z2 = Z * Z;
    let scale = 1.0 + z2 / n;
    let centre = (p + z2 / (2.0 * n)) / scale;
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    Some(Interval { value: p, low: (centre - half).clamp(0.0, p), high: (centre + half).clamp(p, 1.0) })
}

impl Totals {
    /// Adds one finished scenario.
    pub fn add(&mut self, scenario: &ScenarioRecord) {
        self.scenarios += 1;
        match scenario.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Error => self.error += 1,
            Verdict::Skipped => self.skipped += 1,
            Verdict::Flaky => self.flaky += 1,
        }
        let Some(score) = &scenario.score else { return };
        self.checks += score.checks.len() as u64;
        self.checks_held += score.checks.iter().filter(|check| check.state == CheckState::Held).count() as u64;
        if let Some(assist) = &scenario.assist {
            return self.add_results(assist);
        }
        self.decisions += score.decisions.expected;
        self.decisions_right += score.decisions.right;
        self.decisions_not_reached += score.decisions.not_reached;
        if let Some(path) = &score.path {
            self.paths += 1;
            self.path_fitness_sum += path.fitness;
        }
        if let Some(efficiency) = score.efficiency {
            self.efficiencies += 1;
            self.efficiency_sum += efficiency;
        }
        self.keypresses += score.effort.keypresses;
        self.prompt_ms += score.effort.prompt_ms;
        self.retries += score.effort.retries;
        self.virtual_ms += score.effort.duration_ms;
        self.most_keypresses = self.most_keypresses.max(score.effort.keypresses);
        self.longest_ms = self.longest_ms.max(score.effort.duration_ms);
        self.scored += 1;
    }

    /// Calls that came to a verdict of their own: what the effort is a mean over.
    pub fn calls(&self) -> u64 {
        (self.passed + self.flaky + self.failed).saturating_sub(self.rehearsed)
    }

    /// Adds a file that could not be used.
    pub fn add_rejected(&mut self) {
        self.scenarios += 1;
        self.error += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wilson_is_as_published() {
        // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
        // table I, method 3 (the first four); the others are the usual examples with ten trials.
        for (good, all, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (8, 10, 0.4902, 0.9433),
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
        ] {
            let interval = wilson(good, all).unwrap();
            assert_eq!(interval.value, good as f64 / all as f64);
            assert!((interval.low - low).abs() < 5e-5, "{good} of {all}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{good} of {all}: {interval:?}");
        }
    }

    #[test]
    fn nothing_counted_is_no_ratio() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(3, 0), None);
    }

    proptest! {
        #[test]
        fn wilson_holds_its_ratio_and_stays_within_0_and_1(all in 1u64..u64::MAX, share in 0.0f64..=1.0) {
            let good = (all as f64 * share) as u64;
            let Interval { value, low, high } = wilson(good, all).unwrap();
            prop_assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
        }

        #[test]
        fn wilson_narrows_with_more_of_the_same(all in 1u64..1000, share in 0u64..1000, times in 2u64..100) {
            let good = share % (all + 1);
            let width = |interval: Interval| interval.high - interval.low;
            let (few, many) = (wilson(good, all).unwrap(), wilson(good * times, all * times).unwrap());
            prop_assert!(width(many) < width(few));
        }

        #[test]
        fn wilson_of_the_bad_mirrors_that_of_the_good(all in 1u64..10_000, share in 0u64..10_000) {
            let good = share % (all + 1);
            let (there, back) = (wilson(good, all).unwrap(), wilson(all - good, all).unwrap());
            prop_assert!((there.low + back.high - 1.0).abs() < 1e-9);
            prop_assert!((there.high + back.low - 1.0).abs() < 1e-9);
        }
    }
}

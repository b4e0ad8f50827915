//! Success weighted by path length.

use super::bounds;
use super::checks::{Checks, Mismatch};
use super::{CheckKind, Interactions};
use crate::simulator::{Fewest, Trace};

/// Computes the efficiency and the interactions that it is based on.
///
/// S·l/max(l, p), where S is 1 if the expected end was reached and else 0, p counts executions of
/// input nodes, and l is the fewest with which the same end can be reached (P. Anderson et al., "On
/// evaluation of embodied navigation agents", arXiv:1807.06757, 2018). It is S where p is 0: no
/// call is shorter. None where no end is expected or l is unknown. The search for l is expensive,
/// so `fewest` is called only where S = 1 and p > 0.
pub(super) fn efficiency(
    reached: Option<bool>,
    trace: &Trace,
    fewest: impl FnOnce() -> Fewest,
) -> (Option<f64>, Interactions) {
    let taken = trace.interactions();
    let found = match reached {
        Some(true) if taken == 0 => Some(0),
        Some(true) => match fewest() {
            Fewest::Interactions(fewest) => Some(fewest),
            Fewest::Unknown => None,
        },
        Some(false) | None => None,
    };
    let efficiency = match (reached, found) {
        (Some(false), _) => Some(0.0),
        (Some(true), Some(_)) if taken == 0 => Some(1.0),
        (Some(true), Some(fewest)) => Some(fewest as f64 / fewest.max(taken) as f64),
        (Some(true), None) | (None, _) => None,
    };
    (efficiency, Interactions { taken: taken as u64, fewest: found.map(|fewest| fewest as u64) })
}

/// Adds the check of the efficiency. An unknown efficiency does not hold.
pub(super) fn check(checks: &mut Checks, reached: Option<bool>, efficiency: Option<f64>, interactions: Interactions) {
    let expect = checks.expect;
    let Some(placed) = &expect.efficiency else { return };
    let held = efficiency.is_some_and(|efficiency| bounds::within(&placed.value, efficiency));
    checks.add(CheckKind::Efficiency, None, held, placed, || Mismatch {
        expected: bounds::describe(&placed.value, |bound| bound.to_string()),
        actual: match (reached, efficiency, interactions.fewest) {
            (None, ..) => "none: the scenario expects neither 'outcome' nor 'ends_at'".to_owned(),
            (Some(false), ..) => "0: the expected end was not reached".to_owned(),
            (_, Some(efficiency), Some(fewest)) => {
                let rounded = (efficiency * 1000.0).round() / 1000.0;
                format!("{rounded}: {} taken, {fewest} needed", interactions.taken)
            }
            _ => "unknown: the search for the shortest call gave up".to_owned(),
        },
    });
}

#[cfg(test)]
mod tests;

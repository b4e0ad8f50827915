//! The measures that two runs are compared by.

use super::case::Run;
use super::model::{Direction, MeasureChange};
use crate::record::{CoverageKind, Scores, Totals};
use crate::suite::gate::Unit;

/// Smaller changes are those of sums in another order.
const NOISE: f64 = 1e-12;

/// Every measure that one of the runs has.
pub(super) fn measures(base: &Run, new: &Run) -> Vec<MeasureChange> {
    let mut measures = Vec::new();
    let mut add = |name: String, unit: Unit, base: Option<f64>, new: Option<f64>| {
        if base.is_some() || new.is_some() {
            measures.push(change(name, unit, base, new));
        }
    };
    type Score = fn(&Scores) -> Option<f64>;
    let scores: [(&str, Score); 6] = [
        ("accuracy", |scores| scores.accuracy),
        ("check-accuracy", |scores| scores.check_accuracy),
        ("joint-accuracy", |scores| scores.joint_accuracy.map(|joint| joint.value)),
        ("path-fitness", |scores| scores.path_fitness),
        ("efficiency", |scores| scores.efficiency),
        ("result-accuracy", |scores| scores.result_accuracy),
    ];
    for (name, of) in scores {
        add(name.to_owned(), Unit::Ratio, of(&base.scores), of(&new.scores));
    }
    for kind in CoverageKind::ALL {
        let of = |run: &Run| run.coverage.get(&kind).and_then(|count| count.ratio());
        add(format!("coverage.{}", kind.name().replace('_', "-")), Unit::Ratio, of(base), of(new));
    }
    type Sum = fn(&Totals) -> f64;
    let efforts: [(&str, Unit, Sum); 4] = [
        ("keypresses-per-call", Unit::Count, |totals| totals.keypresses as f64),
        ("retries-per-call", Unit::Count, |totals| totals.retries as f64),
        ("prompt-seconds-per-call", Unit::Seconds, |totals| totals.prompt_ms as f64 / 1e3),
        ("virtual-seconds-per-call", Unit::Seconds, |totals| totals.virtual_ms as f64 / 1e3),
    ];
    for (name, unit, sum) in efforts {
        let of = |run: &Run| {
            let totals = &run.totals;
            let calls = totals.calls();
            (calls > 0).then(|| sum(totals) / calls as f64)
        };
        add(name.to_owned(), unit, of(base), of(new));
    }
    measures
}

fn change(measure: String, unit: Unit, base: Option<f64>, new: Option<f64>) -> MeasureChange {
    let change = base.zip(new).map(|(base, new)| if (new - base).abs() < NOISE { 0.0 } else { new - base });
    // A ratio is better when it is higher, a cost when it is lower.
    let gain = change.map_or(0.0, |change| if unit == Unit::Ratio { change } else { -change });
    let direction = match gain {
        gain if gain > 0.0 => Direction::Better,
        gain if gain < 0.0 => Direction::Worse,
        _ => Direction::Same,
    };
    MeasureChange { measure, unit, base, new, change, direction }
}

//! A gate in words.

use super::numbers::{count, percent};
use crate::record::GateRecord;
use crate::suite::gate::{Measure, Unit};

/// A gate's measure, what was measured and what is asked, each in words.
pub(super) struct GateParts {
    pub(super) measure: &'static str,
    pub(super) measured: String,
    pub(super) bound: &'static str,
    pub(super) limit: String,
}

/// A gate for a table.
pub(super) fn gate_parts(gate: &GateRecord) -> GateParts {
    let measure = gate.gate.measure;
    GateParts {
        measure: words(measure),
        measured: gate.measured.map_or_else(|| "not measured".to_owned(), |value| shown(gate, value)),
        bound: if measure.is_least() { "at least" } else { "at most" },
        limit: limit(measure, gate.gate.limit),
    }
}

/// What was measured beside what is asked: `accuracy is 75.0%, at least 95% is asked`.
pub(super) fn gate_sentence(gate: &GateRecord) -> String {
    let measure = gate.gate.measure;
    let scope = gate.gate.suite.as_ref().map(|suite| format!("{suite}: ")).unwrap_or_default();
    let bound = if measure.is_least() { "at least" } else { "at most" };
    let limit = limit(measure, gate.gate.limit);
    match gate.measured {
        Some(value) => format!("{scope}{} {}, {bound} {limit} is asked", words(measure), shown(gate, value)),
        None => format!("{scope}{} was not measured, {bound} {limit} is asked", words(measure)),
    }
}

fn words(measure: Measure) -> &'static str {
    match measure {
        Measure::Keypresses => "most keypresses",
        Measure::Duration => "longest duration",
        other => other.name(),
    }
}

/// A limit as it may have been written: 0.95 is `95%`.
fn limit(measure: Measure, limit: f64) -> String {
    match measure.unit() {
        // Six digits behind the point are what a percentage can need; what rounding leaves behind them goes away.
        Unit::Ratio => format!("{}%", (limit * 1e8).round() / 1e6),
        Unit::Count => count(limit as u64),
        Unit::Seconds => format!("{limit} s"),
    }
}

fn shown(gate: &GateRecord, value: f64) -> String {
    match gate.gate.measure.unit() {
        Unit::Ratio => {
            let percent = percent(Some(value));
            let exact = limit(gate.gate.measure, value);
            // A value that looks like the limit, and is not: its digits decide.
            let close = !gate.held && (value - gate.gate.limit).abs() < 0.001;
            if close { exact } else { percent }
        }
        _ => limit(gate.gate.measure, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::GateSpec;
    use crate::suite::gate::Gate;

    fn sentence(gate: &str, measured: Option<f64>, suite: Option<&str>) -> String {
        let gate = Gate::parse(gate).unwrap();
        let held = measured.is_some_and(|value| gate.allows(value));
        gate_sentence(&GateRecord { gate: GateSpec::new(gate, suite.map(str::to_owned)), measured, held })
    }

    #[test]
    fn a_gate_says_what_was_measured_and_what_is_asked() {
        let said = [
            sentence("accuracy>=95%", Some(0.75), None),
            sentence("accuracy>=95%", Some(0.94999), None),
            sentence("efficiency>=0.333", Some(0.333), None),
            sentence("joint-accuracy-low >= 99.5 %", None, Some("bank/main")),
            sentence("coverage.edge_pairs>=0", Some(0.0), None),
            sentence("keypresses<=1200", Some(1300.0), None),
            sentence("duration<=1m 30s", Some(12.25), None),
        ];
        insta::assert_snapshot!(said.join("\n"), @r"
        accuracy 75.0%, at least 95% is asked
        accuracy 94.999%, at least 95% is asked
        efficiency 33.3%, at least 33.3% is asked
        bank/main: joint-accuracy-low was not measured, at least 99.5% is asked
        coverage.edge-pairs 0.0%, at least 0% is asked
        most keypresses 1,300, at most 1,200 is asked
        longest duration 12.25 s, at most 90 s is asked
        ");
    }
}

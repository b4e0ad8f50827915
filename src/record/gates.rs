//! Gates over a run: what was measured, and whether it is enough.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CoverageKind, RunRecord, Scores, Totals};
use crate::suite::gate::{Gate, Measure};

/// A gate of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateSpec {
    /// What is measured.
    pub measure: Measure,
    /// The least value of a ratio; the greatest of what a call costs: keys, or virtual seconds.
    pub limit: f64,
    /// The suite whose scenarios are measured; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
}

/// A gate of a run with what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateRecord {
    /// The gate.
    #[serde(flatten)]
    pub gate: GateSpec,
    /// What was measured, in the unit of the limit; null where there was nothing to measure.
    pub measured: Option<f64>,
    /// Whether it is enough. What was not measured is not.
    pub held: bool,
}

impl GateSpec {
    /// A gate over the scenarios of a suite, or over all.
    pub fn new(gate: Gate, suite: Option<String>) -> Self {
        Self { measure: gate.measure, limit: gate.limit, suite }
    }

    /// Without the suite.
    pub fn gate(&self) -> Gate {
        Gate { measure: self.measure, limit: self.limit }
    }

    /// Its name in reports: `accuracy>=0.95`, `suites/bank/main: keypresses<=12`.
    pub fn name(&self) -> String {
        match &self.suite {
            Some(suite) => format!("{suite}: {}", self.gate()),
            None => self.gate().to_string(),
        }
    }

    /// The gate with what this run measured. The record's sums decide, so that a record read back gives the same.
    pub fn judge(&self, record: &RunRecord) -> GateRecord {
        let measured = match &self.suite {
            None => measured(self.measure, &record.totals, &record.scores, Some(record)),
            Some(path) => record
                .suites
                .iter()
                .find(|suite| suite.suite == *path)
                .and_then(|suite| measured(self.measure, &suite.totals, &suite.scores, None)),
        };
        let held = measured.is_some_and(|value| self.gate().allows(value));
        GateRecord { gate: self.clone(), measured, held }
    }
}

impl RunRecord {
    /// This record with the gates of its header judged by its sums: the last step of making one. Those of a shard are not
    /// judged: what is asked of the whole need not hold of a part.
    #[must_use]
    pub fn judged(mut self) -> Self {
        if self.header.shard.is_some() {
            return self;
        }
        self.gates = self.header.gates.iter().map(|gate| gate.judge(&self)).collect();
        self
    }

    /// Gates that were missed.
    pub fn missed_gates(&self) -> impl Iterator<Item = &GateRecord> {
        self.gates.iter().filter(|gate| !gate.held)
    }
}

fn measured(measure: Measure, totals: &Totals, scores: &Scores, run: Option<&RunRecord>) -> Option<f64> {
    let most = |value: f64| (totals.scored > 0).then_some(value);
    let coverage = |kind: CoverageKind| run?.coverage.as_ref()?.totals.get(&kind)?.ratio();
    match measure {
        Measure::Accuracy => scores.accuracy,
        Measure::CheckAccuracy => scores.check_accuracy,
        Measure::JointAccuracy => scores.joint_accuracy.map(|joint| joint.value),
        Measure::JointAccuracyLow => scores.joint_accuracy.map(|joint| joint.low),
        Measure::PathFitness => scores.path_fitness,
        Measure::Efficiency => scores.efficiency,
        Measure::ResultAccuracy => scores.result_accuracy,
        Measure::CoverageNodes => coverage(CoverageKind::Nodes),
        Measure::CoverageOutcomes => coverage(CoverageKind::Outcomes),
        Measure::CoverageEdges => coverage(CoverageKind::Edges),
        Measure::CoverageEdgePairs => coverage(CoverageKind::EdgePairs),
        Measure::CoverageEnds => coverage(CoverageKind::Ends),
        Measure::CoverageSwitchCases => coverage(CoverageKind::SwitchCases),
        Measure::CoverageLookupOutcomes => coverage(CoverageKind::LookupOutcomes),
        Measure::CoverageClockClasses => coverage(CoverageKind::ClockClasses),
        Measure::StructuralDefects => Some(run?.header.structural_defects? as f64),
        Measure::Keypresses => most(totals.most_keypresses as f64),
        Measure::Duration => most(totals.longest_ms as f64 / 1e3),
    }
}

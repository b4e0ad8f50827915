//! What a QA platform is told of a result.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{ScenarioRecord, Verdict, correlation, result_key};
use crate::score::CheckState;

/// One result, as the tutorial on the CXone flow simulator lays it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QaPayload {
    /// The scenario's id.
    pub test_id: String,
    /// What this simulated call is called: no other has it.
    pub simulation_id: String,
    /// The flow's id.
    pub flow_id: String,
    /// The call's length in ms of virtual time; 0 where nothing could be simulated.
    pub duration_ms: u64,
    /// Decisions per node less 0.1 for each revisit, 0 to 1; null where nothing could be simulated.
    pub efficiency_score: Option<f64>,
    /// Accuracy less 0.1 where a node was revisited and 0.05 where something expected was never reached, 0 to 1; null where
    /// no decision was expected, or nothing could be simulated.
    pub accuracy_score: Option<f64>,
    /// What was expected and never reached: nodes, in the order of the expectations.
    pub unreachable_branches: Vec<String>,
    /// When the scenario ended, UTC, RFC 3339.
    pub timestamp: String,
    /// The correlation id, the same as in the audit log.
    pub audit_correlation: String,
    /// What the tutorial's payload does not say; absent unless it is asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub details: Option<QaDetails>,
}

/// What the tutorial's payload does not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QaDetails {
    /// The run's id.
    pub run_id: String,
    /// How the scenario ended.
    pub verdict: Verdict,
    /// Why it did not pass: one sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The suite's path.
    pub suite: String,
    /// The scenario's name.
    pub name: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The flow's version.
    pub flow_version: String,
    /// Where it was simulated.
    pub target: String,
}

/// The run that results belong to.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunHead {
    /// Its id.
    pub run_id: String,
    /// When it began, UTC, RFC 3339.
    pub started: String,
    /// Its target.
    pub target: String,
}

/// The key of a result and its payload; none for a scenario that was skipped or that is one of prompts, because no call was made.
pub(crate) fn payload(run: &RunHead, scenario: &ScenarioRecord, details: bool) -> Option<(String, QaPayload)> {
    if scenario.verdict == Verdict::Skipped || scenario.flow.is_empty() {
        return None;
    }
    let key = result_key(&run.run_id, scenario);
    let score = scenario.score.as_ref();
    let payload = QaPayload {
        test_id: scenario.id.clone(),
        simulation_id: format!("sim-{key}"),
        flow_id: scenario.flow.to_string(),
        duration_ms: scenario.trace.as_ref().map_or(0, |trace| trace.duration_ms),
        efficiency_score: score.map(|score| score.decision_density),
        accuracy_score: score.and_then(|score| score.tutorial_accuracy),
        unreachable_branches: unreached(scenario),
        timestamp: ended(&run.started, scenario),
        audit_correlation: correlation(&key),
        details: details.then(|| QaDetails {
            run_id: run.run_id.clone(),
            verdict: scenario.verdict,
            reason: scenario.why(),
            suite: scenario.suite.to_string(),
            name: scenario.name.clone(),
            tags: scenario.tags.iter().map(ToString::to_string).collect(),
            flow_version: scenario.flow_version.to_string(),
            target: run.target.clone(),
        }),
    };
    Some((key, payload))
}

/// When a scenario ended: made of the run's start and of the times in the record, so that it is the same whenever the
/// payload is made. A start that cannot be read is passed on as it is.
fn ended(started: &str, scenario: &ScenarioRecord) -> String {
    let after = scenario.wall.start_us.saturating_add(scenario.wall.duration_us);
    let after = SignedDuration::from_micros(i64::try_from(after).unwrap_or(i64::MAX));
    match started.parse::<Timestamp>().and_then(|start| start.checked_add(after)) {
        Ok(end) => end.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        Err(_) => started.to_owned(),
    }
}

/// The nodes that were expected and never walked: of checks that were not reached, and of the expected path.
fn unreached(scenario: &ScenarioRecord) -> Vec<String> {
    let Some(score) = &scenario.score else { return Vec::new() };
    let walked = |name: &str| scenario.trace.iter().flat_map(|trace| &trace.steps).any(|step| *step.node == *name);
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    let missed = score.checks.iter().filter(|check| check.state == CheckState::NotReached);
    missed.filter_map(|check| check.subject.as_deref()).for_each(&mut add);
    let rows = score.path.iter().flat_map(|path| &path.alignment);
    let expected = rows.filter(|row| row.taken.is_none()).filter_map(|row| row.expected.as_deref());
    // Wildcards are no nodes, and of `a|b` either would have done.
    expected
        .filter(|name| !matches!(*name, "..." | "?") && !name.split('|').any(|node| walked(node.trim())))
        .for_each(&mut add);
    names
}

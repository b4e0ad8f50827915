//! Payload for a QA platform.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{ScenarioRecord, Verdict, correlation, result_key};
use crate::score::CheckState;

/// One result, in the format of the CXone flow simulator's tutorial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QaPayload {
    /// The id of the scenario.
    pub test_id: String,
    /// The unique id of this simulated call.
    pub simulation_id: String,
    /// The id of the flow.
    pub flow_id: String,
    /// The duration of the call in ms of virtual time; 0 where nothing could be simulated.
    pub duration_ms: u64,
    /// Decisions per node less 0.1 for each revisit, 0 to 1; null where nothing could be simulated.
    pub efficiency_score: Option<f64>,
    /// Accuracy less 0.1 where a node was revisited and 0.05 where something expected was never
    /// reached, 0 to 1; null where no decision was expected, or nothing could be simulated.
    pub accuracy_score: Option<f64>,
    /// Expected nodes that were never reached, in the order of the expectations.
    pub unreachable_branches: Vec<String>,
    /// When the scenario ended, UTC, RFC 3339.
    pub timestamp: String,
    /// The correlation id, the same as in the audit log.
    pub audit_correlation: String,
    /// Fields beyond the tutorial's payload; absent unless configured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub details: Option<QaDetails>,
}

/// Fields beyond the tutorial's payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QaDetails {
    /// The id of the run.
    pub run_id: String,
    /// The verdict of the scenario.
    pub verdict: Verdict,
    /// Why it did not pass: one sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The path of the suite.
    pub suite: String,
    /// The name of the scenario.
    pub name: String,
    /// The tags of the scenario.
    pub tags: Vec<String>,
    /// The version of the flow.
    pub flow_version: String,
    /// The target that simulated it.
    pub target: String,
}

/// The run that the results belong to.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunHead {
    /// The id of the run.
    pub run_id: String,
    /// When the run started, UTC, RFC 3339.
    pub started: String,
    /// The target of the run.
    pub target: String,
}

/// Builds the key and the payload of a result; none for a skipped scenario and one of prompts,
/// which make no call.
pub(crate) fn build_payload(run: &RunHead, scenario: &ScenarioRecord, details: bool) -> Option<(String, QaPayload)> {
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
        unreachable_branches: unreached_nodes(scenario),
        timestamp: end_time(&run.started, scenario),
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

/// The end of a scenario, computed from the start of the run and the times in the record, so that
/// it is the same whenever the payload is built. An unreadable start is passed on unchanged.
fn end_time(started: &str, scenario: &ScenarioRecord) -> String {
    let after = scenario.wall.start_us.saturating_add(scenario.wall.duration_us);
    let after = SignedDuration::from_micros(i64::try_from(after).unwrap_or(i64::MAX));
    match started.parse::<Timestamp>().and_then(|start| start.checked_add(after)) {
        Ok(end) => end.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        Err(_) => started.to_owned(),
    }
}

/// Expected nodes that were never walked: of checks that were not reached, and of the expected
/// path.
fn unreached_nodes(scenario: &ScenarioRecord) -> Vec<String> {
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
    // Wildcards are not nodes, and one node of `a|b` is enough.
    expected
        .filter(|name| !matches!(*name, "..." | "?") && !name.split('|').any(|node| walked(node.trim())))
        .for_each(&mut add);
    names
}

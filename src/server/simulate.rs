//! Runs submissions on the engine, with the faults of simulations.

use std::sync::Arc;

use super::app::App;
use super::response::ApiError;
use super::store::{Job, JobOutcome};
use crate::flow::Program;
use crate::remote::contract::{
    Detail, Fields, NodeExecution, NodeInput, NodeOutput, SimulationResult, Status, SubmitRequest, decode,
};
use crate::simulator::{self, simulate};

/// The error message of a simulation that an injected fault lets fail.
const INJECTED_FAILURE: &str = "the simulator ran out of compute capacity";

/// A submission that can be simulated.
pub(super) struct Submission {
    pub program: Arc<Program>,
    request: simulator::Request,
    /// Whether the client asks for the values of secrets; none for a plain submission.
    reveal_secrets: Option<bool>,
}

impl Submission {
    /// Reads and checks the body of a submission.
    pub(super) fn read(app: &App, bytes: &[u8]) -> Result<Self, ApiError> {
        let submission: SubmitRequest =
            decode(bytes).map_err(|error| ApiError::invalid(error.message).field(error.field))?;
        let flow_id = submission.flow_id.clone();
        let version = submission.simulation_options.as_ref().and_then(|options| options.flow_version.clone());
        let reveal_secrets = submission.simulation_options.as_ref().map(|options| options.reveal_secrets);
        let request = submission
            .into_request(&app.options.limits)
            .map_err(|rejection| ApiError::invalid(rejection.message).field(rejection.field))?;
        let flows = &app.options.flows;
        if let Some(program) = flows.find(&flow_id, version.as_deref()) {
            return Ok(Self { program: program.clone(), request, reveal_secrets });
        }
        let shown = flow_id.escape_default();
        Err(match version.filter(|_| flows.find(&flow_id, None).is_some()) {
            Some(version) => {
                let message = format!("the flow '{shown}' has no version '{}'", version.escape_default());
                ApiError::not_found(message).field("simulationOptions.flowVersion".to_owned())
            }
            None => ApiError::not_found(format!("there is no flow '{shown}'")).field("flowId".to_owned()),
        })
    }
}

/// A result of a simulation that has not run to its end.
pub(super) fn unfinished(simulation_id: String, status: Status, error_message: Option<String>) -> SimulationResult {
    SimulationResult {
        simulation_id: Some(simulation_id),
        status,
        execution_path: Vec::new(),
        variables: Fields::default(),
        duration_ms: 0,
        error_message,
        simulation_trace: None,
    }
}

/// Computes the result of a job from its stored body, as JSON.
pub(super) fn recompute_result(app: &App, simulation_id: &str, job: &Job) -> Result<Vec<u8>, ApiError> {
    // The body was checked when it was submitted: an error here is a defect.
    let submission: SubmitRequest = decode(&job.body).map_err(|error| ApiError::internal(error.message))?;
    let reveal_secrets = submission.simulation_options.as_ref().map(|options| options.reveal_secrets);
    let request =
        submission.into_request(&app.options.limits).map_err(|rejection| ApiError::internal(rejection.message))?;
    compute_result(app, simulation_id, job, &Submission { program: job.program.clone(), request, reveal_secrets })
}

/// Computes the result of a job, as JSON.
pub(super) fn compute_result(
    app: &App,
    simulation_id: &str,
    job: &Job,
    submission: &Submission,
) -> Result<Vec<u8>, ApiError> {
    if job.outcome == JobOutcome::Failed {
        let message = Some(INJECTED_FAILURE.to_owned());
        return to_json(&unfinished(simulation_id.to_owned(), Status::Failed, message));
    }
    let is_other_version = job.outcome == JobOutcome::OtherVersion;
    let other_version = is_other_version.then(|| other_version(app, &job.program)).flatten();
    let program = other_version.as_ref().unwrap_or(&submission.program);
    let trace = simulate(program, &submission.request);
    let detail = match submission.reveal_secrets {
        None => Detail::Plain,
        Some(reveal_secrets) => Detail::Full { reveal_secrets, flow_version: Some(program.entry().version.clone()) },
    };
    let mut result = SimulationResult::from_trace(Some(simulation_id), &trace, &detail);
    if is_other_version && other_version.is_none() {
        insert_unknown_node(&mut result);
    }
    to_json(&result)
}

fn to_json(result: &SimulationResult) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(result).map_err(|error| ApiError::internal(error.to_string()))
}

/// Another version of the flow: the previous one, or else the next one.
fn other_version(app: &App, program: &Arc<Program>) -> Option<Arc<Program>> {
    let versions = app.options.flows.versions(&program.entry().id.value);
    let index = versions.iter().position(|version| Arc::ptr_eq(version, program))?;
    let other = index.checked_sub(1).unwrap_or(index + 1);
    versions.get(other).cloned()
}

/// Inserts a node that the flow does not have before the last node of the path. It stands in for
/// another version of a flow that has only one.
fn insert_unknown_node(result: &mut SimulationResult) {
    let index = result.execution_path.len().saturating_sub(1);
    let execution = NodeExecution {
        node_id: "notice_of_another_version".into(),
        node_type: "play".into(),
        input: NodeInput::default(),
        output: NodeOutput { outcome: Some("next".into()), ..NodeOutput::default() },
        decision: None,
        duration_ms: 0,
    };
    result.execution_path.insert(index, execution);
    if let Some(trace) = &mut result.simulation_trace {
        let at_ms = trace.at_ms.get(index).copied().unwrap_or(result.duration_ms);
        trace.at_ms.insert(index.min(trace.at_ms.len()), at_ms);
        let shift = |step: &mut u32| *step += u32::from(*step as usize >= index);
        trace.prompts.iter_mut().for_each(|prompt| shift(&mut prompt.step));
        trace.lookups.iter_mut().for_each(|lookup| shift(&mut lookup.step));
    }
}

//! Coverage and decisions of a record whose run did not live to count them, or that was put together of several.

use std::collections::{HashMap, HashSet};

use super::plan::Plan;
use super::trace as traces;
use crate::record::{DefinitionRecord, DefinitionSource, RunRecord, ScenarioRecord, Verdict};
use crate::score::{Coverage, Covered, PlannedCall, expected_decisions};
use crate::source::diagnostics::quoted;
use crate::suite::{CallWork, Scenario, Simulation};

/// Why the suites at hand do not tell what the calls of a record covered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecountError {
    /// A suite or flow file has another content than in the run.
    #[error("{} is not as it was in the run", quoted(.0))]
    Changed(String),
    /// A file was not part of the run.
    #[error("{} was not read in the run", quoted(.0))]
    Added(String),
    /// The run was on a target that has another version of a flow.
    #[error("the target ran another version of the flow {}", quoted(.0))]
    Elsewhere(String),
    /// A scenario of the record is not in the suites at hand.
    #[error("the suites at hand do not have the scenario {}", quoted(.0))]
    Unknown(String),
}

/// Counts coverage and decisions of a record anew, from the traces in it, and judges its gates by them.
///
/// `plan` is made of the suites that the record names, with nothing deselected. It tells what is in their flows and what
/// each scenario expects, so every file of it must be as it was in the run. The result is the one that the run itself
/// has where it lives to its end. Of a suite of which the record has no scenario yet, all count as planned: their flows
/// are not covered.
///
/// # Errors
/// Then the record is as it was.
pub fn recount(record: &mut RunRecord, plan: &Plan) -> Result<(), RecountError> {
    for (file, hash) in &plan.files {
        match record.header.files.get(file) {
            Some(then) if then == hash => {}
            Some(_) => return Err(RecountError::Changed(file.clone())),
            None => return Err(RecountError::Added(file.clone())),
        }
    }
    let elsewhere = |definition: &&DefinitionRecord| definition.used == DefinitionSource::Target;
    if let Some(definition) = record.header.definitions.iter().find(elsewhere) {
        return Err(RecountError::Elsewhere(definition.flow.clone()));
    }
    let by_id: HashMap<&str, &Scenario> = plan.scenarios.iter().map(|planned| (&*planned.id, planned)).collect();
    let mut coverage = Coverage::new();
    let mut begun: HashSet<&str> = HashSet::new();
    let mut known: HashSet<&str> = HashSet::new();
    for scenario in &record.scenarios {
        let planned = by_id.get(&*scenario.id).ok_or_else(|| RecountError::Unknown(scenario.id.clone()))?;
        begun.insert(&scenario.suite);
        known.insert(&scenario.id);
        add(&mut coverage, planned, scenario);
    }
    let suite = |planned: &Scenario| plan.suites.get(planned.suite).map_or("", |head| &head.suite);
    let planned = plan.scenarios.iter();
    let planned = planned.filter(|planned| known.contains(&*planned.id) || !begun.contains(suite(planned)));
    let planned = planned.filter_map(|planned| {
        let call = planned.simulation()?;
        Some(PlannedCall { suite: planned.suite, id: &planned.id, program: &call.program, request: &call.request })
    });
    let Covered { coverage, decisions, suites } = coverage.finish(planned);
    for (head, kinds) in plan.suites.iter().zip(suites) {
        if let Some(suite) = record.suites.iter_mut().find(|suite| *suite.suite == *head.suite) {
            suite.coverage = kinds;
        }
    }
    record.coverage = Some(coverage).filter(|coverage| !coverage.flows.is_empty());
    record.decisions = Some(decisions).filter(|decisions| !decisions.flows.is_empty());
    *record = std::mem::take(record).judged();
    Ok(())
}

/// Adds the call of a scenario's last attempt.
fn add(coverage: &mut Coverage, planned: &Scenario, scenario: &ScenarioRecord) {
    let (Some(recorded), Some(call)) = (&scenario.trace, planned.call()) else { return };
    let CallWork { simulation: Simulation { program, .. }, expect } = call;
    let trace = traces::walked(recorded, &program.table);
    let last = scenario.attempts.last().map_or(scenario.verdict, |attempt| attempt.verdict);
    // A call that could not be carried through has no score, and is measured against nothing.
    let decisions = match scenario.score {
        Some(_) => expected_decisions(expect, &trace),
        None => Vec::new(),
    };
    coverage.add(planned.suite, program, &trace, last == Verdict::Passed, &decisions);
}

//! A simulator behind the REST contract.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::drift::drift;
use super::{Definition, RequestCounts, Simulation, Target, TargetError};
use crate::flow::{Kind, Program};
use crate::remote::client::{
    ClientError, Counts, ErrorKind, HttpTransport, Jobs, RemoteSettings, Session, SetupError, Transport,
};
use crate::remote::contract::{SimulationResult, SubmitRequest, required_options};
use crate::simulator::{Trace, WallLimit};

/// Runs calls on a remote simulator.
#[derive(Debug)]
pub struct Remote<T = HttpTransport> {
    jobs: Jobs<T>,
    /// What the server runs in place of the local programs, by their address; they are kept as long as this.
    others: OnceLock<Others>,
}

/// Programs, each with its own in place of a local one, by the address of the local one, which stands first.
type Others = HashMap<usize, (Arc<Program>, Arc<Program>)>;

/// The definitions of all flows are waited for so long; without them the run has the local files.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a remote target cannot even be begun with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// Connections to it cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Its address cannot be used.
    #[error(transparent)]
    Address(#[from] ClientError),
}

impl Remote {
    /// The target of these settings. Nothing is sent before the first call.
    ///
    /// # Errors
    /// When certificates cannot be read, or there are none to check an `https` server against.
    pub fn new(settings: RemoteSettings) -> Result<Self, RemoteError> {
        let transport = HttpTransport::new(&settings)?;
        Ok(Self { jobs: Jobs::new(Session::new(settings, transport))?, others: OnceLock::new() })
    }
}

impl<T: Transport> Remote<T> {
    /// The target of these settings over a given transport, all on the runtime's clock.
    pub fn over(settings: RemoteSettings, transport: T) -> Result<Self, RemoteError> {
        Ok(Self { jobs: Jobs::new(Session::new(settings, transport))?, others: OnceLock::new() })
    }

    /// What it has sent so far.
    pub fn counts(&self) -> Counts {
        self.jobs.session().counts()
    }

    /// The submission of a call, or why this server cannot take it.
    fn submission(&self, simulation: &Simulation) -> Result<SubmitRequest, TargetError> {
        let flow = &simulation.program.entry().id.value;
        if self.jobs.session().settings().simulation_options {
            return Ok(SubmitRequest::extended(flow, &simulation.request));
        }
        let draws = || {
            simulation
                .program
                .flows
                .iter()
                .flat_map(|flow| &flow.nodes)
                .any(|node| matches!(node.kind, Kind::Random(_)))
        };
        // The seed means nothing to a flow that draws nothing, and the guards guard this process: a server has its own.
        let mut needs = required_options(&simulation.request);
        needs.retain(|&need| need != "guards" && (need != "seed" || draws()));
        if needs.is_empty() {
            return Ok(SubmitRequest::plain(flow, &simulation.request));
        }
        Err(TargetError::Skip(format!(
            "target '{}' takes no simulationOptions, which this scenario needs for {}",
            self.name(),
            listed(&needs)
        )))
    }

    /// The trace of a call, if it fits what the target runs.
    fn trace(&self, simulation: &Simulation, result: SimulationResult) -> Result<Trace, TargetError> {
        let read = |result: SimulationResult, program: &Program| {
            result
                .into_trace(&program.table)
                .map_err(|error| TargetError::Call(format!("target '{}': {error}", self.name())))
        };
        let local = &simulation.program;
        let (trace, difference) = match self.others.get().and_then(|others| others.get(&(Arc::as_ptr(local) as usize)))
        {
            // What the server runs is known: the trace has to fit that.
            Some((_, own)) => {
                let difference = drift(&read(result.clone(), own)?, own, "the target's own definition");
                (read(result, local)?, difference)
            }
            None => {
                let trace = read(result, local)?;
                let difference = drift(&trace, local, "the local flow");
                (trace, difference)
            }
        };
        match difference {
            Some(difference) => Err(TargetError::Call(format!(
                "target '{}' runs another version of flow '{}': {difference}",
                self.name(),
                local.entry().id.value
            ))),
            None => Ok(trace),
        }
    }

    /// Whether an error is about one call or about the target as a whole. `answered` is how many requests had been
    /// answered when the call began.
    fn classify(&self, error: ClientError, answered: u64) -> TargetError {
        let session = self.jobs.session();
        let message = error.to_string();
        let never_worked = session.answered() == 0;
        let unusable = match error.kind {
            ErrorKind::Credentials => true,
            // Nobody got an answer while this call tried again and again: the server has gone.
            ErrorKind::Unreachable => session.answered() == answered,
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Busy | ErrorKind::Unreadable => never_worked,
            ErrorKind::NotFound | ErrorKind::Rejected | ErrorKind::Overdue => false,
        };
        if unusable { TargetError::Unusable(message) } else { TargetError::Call(message) }
    }
}

impl<T: Transport> Target for Remote<T> {
    fn requests(&self) -> Option<RequestCounts> {
        Some(self.counts())
    }

    fn name(&self) -> &str {
        &self.jobs.session().settings().name
    }

    async fn simulate(&self, simulation: &Simulation, _: WallLimit<'_>) -> Result<Trace, TargetError> {
        let submission = self.submission(simulation)?;
        let answered = self.jobs.session().answered();
        let read = |result: SimulationResult| self.trace(simulation, result);
        self.jobs.run(&submission, read).await.map_err(|error| self.classify(error, answered))?
    }

    async fn definitions(&self, programs: &[Arc<Program>]) -> Vec<Definition> {
        let end = tokio::time::Instant::now() + PATIENCE;
        let mut list: Vec<Definition> = Vec::with_capacity(programs.len());
        let mut beyond_help: Option<String> = None;
        for program in programs {
            if let Some(reason) = &beyond_help {
                list.push(Definition::Unknown(reason.clone()));
                continue;
            }
            // One after the other: flows are few, and nobody else asks this early.
            let asked = self.jobs.session().definition(&program.entry().id.value);
            let reason = match tokio::time::timeout_at(end, asked).await {
                Ok(Ok(definition)) => {
                    list.push(Definition::of(&definition, program));
                    continue;
                }
                Ok(Err(error)) if error.kind == ErrorKind::NotFound => {
                    list.push(Definition::Unknown(error.to_string()));
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("target '{}' did not give its definitions in time", self.name()),
            };
            list.push(Definition::Unknown(reason.clone()));
            beyond_help = Some(reason);
        }
        let others = programs.iter().zip(&list).filter_map(|(local, definition)| match definition {
            Definition::Other { program, .. } => Some((Arc::as_ptr(local) as usize, (local.clone(), program.clone()))),
            _ => None,
        });
        // Asked once; a second answer would change the rules in the middle of a run.
        let _ = self.others.set(others.collect());
        list
    }
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

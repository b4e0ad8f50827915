//! The data of the simulator's REST contract, as client and server exchange it, and its translation to and from the
//! engine's requests and traces.
//!
//! The contract is that of the CXone tutorial on the Flow Simulator API. What it cannot say (the clock, stubs, the
//! timing of keys, how a call ended) travels in two optional objects that a server may refuse or leave out:
//! `simulationOptions` of a submission and `simulationTrace` of a result.

mod answered;
mod definition;
mod error;
mod execution;
mod health;
mod keypad;
mod lenient;
mod limits;
mod name;
mod null;
mod options;
mod place;
mod posted;
mod prefer;
mod read_result;
mod read_submission;
mod received;
mod result;
mod submission;
mod token;
mod trace;
mod write_result;
mod write_submission;

pub(crate) use crate::flow::Fields;
pub(crate) use answered::Answered;
pub use definition::FlowDefinition;
pub(crate) use definition::{FlowList, FlowSummary};
pub(crate) use error::FieldError;
pub(crate) use error::{ErrorBody, code};
pub(crate) use execution::{NodeExecution, NodeInput, NodeOutput};
pub(crate) use health::Health;
pub(crate) use keypad::KeypadItem;
pub(crate) use limits::Limits;
pub(crate) use name::read as read_name;
pub(crate) use options::{CallOptions, ClockOptions, GuardOptions, SignalOptions, SimulationOptions};
pub(crate) use options::{QueueOptions, StubAnswer};
pub(crate) use place::decode;
pub(crate) use posted::Posted;
pub(crate) use prefer::Preferences;
pub(crate) use prefer::{PREFER, PREFERENCE_APPLIED};
pub(crate) use read_result::trace;
pub(crate) use received::Received;
pub(crate) use result::{SimulationResult, Status};
pub(crate) use submission::{MediaAssetReference, Submission, SubmissionAnswer};
pub(crate) use token::{TokenAnswer, TokenRequest};
pub(crate) use trace::{FaultRecord, SimulationTrace};
pub use write_result::{Detail, result};
pub(crate) use write_submission::needs;

#[cfg(test)]
mod tests;

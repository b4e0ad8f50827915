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

pub use crate::flow::Fields;
pub use answered::Answered;
pub use definition::{EdgeDefinition, FlowDefinition, FlowFile, FlowList, FlowSummary, NodeDefinition};
pub use error::{ErrorBody, FieldError, code};
pub use execution::{NodeExecution, NodeInput, NodeOutput};
pub use health::Health;
pub use keypad::KeypadItem;
pub use limits::Limits;
pub(crate) use name::read as read_name;
pub use options::{
    CallOptions, ClockOptions, GuardOptions, QueueOptions, SignalOptions, SimulationOptions, StubAnswer,
};
pub use place::{Misfit, decode};
pub use posted::Posted;
pub use prefer::{PREFER, PREFERENCE_APPLIED, Preferences};
pub use read_result::{Unreadable, trace};
pub use read_submission::Rejection;
pub use received::Received;
pub use result::{SimulationResult, Status};
pub use submission::{MediaAssetReference, Submission, SubmissionAnswer};
pub use token::{TokenAnswer, TokenRequest};
pub use trace::{FaultRecord, LookupAsked, PromptHeard, SimulationTrace};
pub use write_result::{Detail, result};
pub use write_submission::needs;

#[cfg(test)]
mod tests;

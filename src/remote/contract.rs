//! The data of the simulator's REST contract, as client and server exchange it, and its translation
//! to and from the engine's requests and traces.
//!
//! The contract is that of the CXone tutorial on the Flow Simulator API. What it cannot say (the
//! clock, stubs, the timing of keys, how a call ended) travels in two optional objects that a
//! server may refuse or leave out: `simulationOptions` of a submission and `simulationTrace` of a
//! result.

mod decode;
mod definition;
mod error;
mod execution;
mod from_request;
mod from_trace;
mod health;
mod keypad;
mod lenient;
mod limits;
mod options;
mod prefer;
mod result;
mod submit;
mod to_request;
mod to_trace;
mod token;
mod trace;

pub(crate) use crate::flow::Fields;
pub(crate) use decode::{decode, strip_byte_order_mark};
pub use definition::FlowDefinition;
pub(crate) use definition::{FlowList, FlowSummary};
pub(crate) use error::{ErrorBody, FieldError, code};
pub(crate) use execution::{NodeExecution, NodeInput, NodeOutput};
pub(crate) use from_request::required_options;
pub use from_trace::Detail;
pub(crate) use health::Health;
pub(crate) use keypad::KeypadItem;
pub(crate) use limits::SubmissionLimits;
pub(crate) use options::{CallOptions, ClockOptions, GuardOptions, QueueOptions, SignalOptions};
pub(crate) use options::{SimulationOptions, StubAnswer};
pub(crate) use prefer::{PREFER, PREFERENCE_APPLIED, Preferences};
pub use result::SimulationResult;
pub(crate) use result::Status;
pub(crate) use submit::{MediaAssetReference, SubmitRequest, SubmitResponse};
pub(crate) use token::{TokenRequest, TokenResponse};
pub(crate) use trace::SimulationTrace;

#[cfg(test)]
mod tests;

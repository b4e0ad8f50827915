//! Agent assist over HTTP: `POST /simulate-prompt`, and the stand-ins for the two services behind it.

mod answers;
mod inside;
mod metrics;
mod openapi;
mod options;
mod paths;
mod prompts;
mod searches;
mod service;
mod simulate;
mod stand_in;
mod work;

pub(super) use inside::FromInside;
pub(super) use metrics::Metrics;
pub(super) use openapi::describe;
pub(crate) use options::{AssistOptions, Upstream};
pub(super) use paths::{INTERACTIONS, PROMPTS};
pub(super) use prompts::stand_ins;
pub(crate) use service::Stopped;
pub(super) use service::{Service, routes};
pub(super) use stand_in::StandIn;

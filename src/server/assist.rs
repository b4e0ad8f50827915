//! Agent assist over HTTP: `POST /simulate-prompt`, and stand-ins for the prompt service and the
//! transcript service.

mod background;
mod loopback;
mod metrics;
mod openapi;
mod options;
mod paths;
mod prompts;
mod responses;
mod routes;
mod search_queue;
mod service;
mod simulate;
mod stand_in;

pub(super) use loopback::InternalRequest;
pub(super) use metrics::Metrics;
pub(super) use openapi::describe;
pub(crate) use options::{AssistOptions, Upstream};
pub(super) use paths::{INTERACTIONS, PROMPTS};
pub(super) use routes::{service_routes, stand_in_routes};
pub(super) use service::AssistService;
pub(crate) use service::ShutdownReport;
pub(super) use stand_in::StandIn;

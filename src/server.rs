//! The simulator's REST API: the wire contract on the embedded engine, with faults that can be
//! injected.
//!
//! `docs/server.md` is the reference of its endpoints, options and faults.

mod app;
mod assist;
mod body;
mod catalogue;
mod connection;
mod definitions;
mod draw;
mod endpoint;
mod error;
mod faults;
mod latency;
mod middleware;
mod openapi;
mod options;
mod response;
mod routes;
mod serve;
mod simulate;
mod simulations;
mod store;
mod tls;
mod token;
mod tokens;

pub(crate) use assist::{AssistOptions, ShutdownReport, Upstream};
pub use catalogue::Catalogue;
pub(crate) use catalogue::CatalogueError;
pub(crate) use endpoint::Endpoint;
pub(crate) use error::ServeError;
pub use faults::{FaultPlan, read_faults};
pub use latency::Latency;
pub(crate) use openapi::openapi;
pub use options::{Client, Credentials, Scope, ServerOptions, TlsFiles};
#[cfg(test)]
pub(crate) use routes::router;
pub use serve::Server;

#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;

//! The simulator's REST face: the wire contract on the embedded engine, and the faults that a real server has.
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
mod faults;
mod front;
mod latency;
mod openapi;
mod options;
mod reply;
mod routes;
mod serve;
mod simulations;
mod store;
mod tls;
mod token;
mod tokens;

pub(crate) use assist::{AssistOptions, Stopped, Upstream};
pub use catalogue::Catalogue;
pub(crate) use catalogue::CatalogueError;
pub(crate) use endpoint::Endpoint;
pub use faults::{FaultPlan, read_faults};
pub use latency::Latency;
pub(crate) use openapi::openapi;
pub use options::{Client, Credentials, Scope, ServerOptions, TlsFiles};
#[cfg(test)]
pub(crate) use routes::router;
pub(crate) use serve::ServeError;
pub use serve::Server;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

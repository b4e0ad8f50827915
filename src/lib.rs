//! callpath runs declarative test suites against the call flows of a contact centre.
//!
//! The rooms, and the one direction of the arrows between them (each uses only rooms below it):
//!
//! ```text
//! cli        one file per command: parses arguments, prints, maps errors to exit codes
//! server     the simulator's HTTP face, and the faults of a real one
//! audit      what was run and what came of it, as a chain that shows every change
//! telemetry  traces of a run for a collector, with the feature `otel` only
//! export     results for a QA platform: spooled, then delivered
//! report     terminal, JUnit, JSON, Cobertura, comparisons: each consumes events and records
//! compare    two runs, and what is other in the second
//! history    a line for each of many runs
//! runner     plan -> schedule -> events
//! record     the run record and the events: versioned data
//! score      a trace against expectations
//! target     where calls are simulated
//! suite      the YAML language: discovery, expansion, checking
//! assist     agent-assist prompts: eligibility, rate limit, delivery, fallback, correlation
//! client     the REST client: tokens, retries, limits, polling
//! wire       the data of the REST contract
//! explore    calls that nobody wrote down, tried to find livelocks
//! simulator  the engine: virtual clock, keypad, stubs
//! flow       the graph of a call: model, expressions, hours, linking
//! gate       what a run must reach, as people write it
//! picture    layered drawings of graphs: SVG, DOT, Mermaid
//! yaml       a tree of values with places, and its reader
//! diagnose   one message type for everything that can be wrong
//! threads    work on many things at once
//! ```

pub mod assist;
pub mod audit;
pub mod cli;
pub mod client;
pub mod compare;
pub mod diagnose;
pub mod explore;
pub mod export;
pub mod flow;
pub mod gate;
pub mod history;
pub mod picture;
pub mod record;
pub mod report;
pub mod runner;
pub mod score;
pub mod server;
pub mod simulator;
pub mod suite;
pub mod target;
#[cfg(feature = "otel")]
pub mod telemetry;
mod threads;
pub mod wire;
pub mod yaml;

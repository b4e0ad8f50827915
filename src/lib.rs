//! callpath runs declarative test suites against the call flows of a contact centre.
//!
//! The rooms, and the one direction of the arrows between them (each uses only rooms below it):
//!
//! ```text
//! cli        one file per command: parses arguments, prints, maps errors to exit codes
//! report     terminal, JUnit, JSON: each consumes events and records
//! runner     plan -> schedule -> events
//! record     the run record and the events: versioned data
//! score      a trace against expectations
//! target     where calls are simulated
//! suite      the YAML language: discovery, expansion, checking
//! explore    calls that nobody wrote down, tried to find livelocks
//! simulator  the engine: virtual clock, keypad, stubs
//! flow       the graph of a call: model, expressions, hours, linking
//! yaml       a tree of values with places, and its reader
//! diagnose   one message type for everything that can be wrong
//! ```

pub mod cli;
pub mod diagnose;
pub mod explore;
pub mod flow;
pub mod record;
pub mod report;
pub mod runner;
pub mod score;
pub mod simulator;
pub mod suite;
pub mod target;
pub mod yaml;

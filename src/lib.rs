//! callpath runs declarative test suites against the call flows of a contact centre.
//!
//! The modules, and the one direction of the arrows between them (each uses only modules below it):
//!
//! ```text
//! cli        one file per command: parses arguments, prints, maps errors to exit codes
//! report     terminal, JUnit, JSON, HTML, comparisons, audit log, telemetry, drawings
//! server     the simulator's REST API over HTTP, with injected faults
//! export     delivers results to a QA platform through a spool
//! runner     plan -> schedule -> events; targets: the embedded simulator or a remote one
//! record     run record, journal, history: versioned data
//! score      compares a trace with the expectations of a scenario
//! suite      the YAML language: discovery, expansion, checking, gates
//! assist     agent-assist prompts: eligibility, rate limit, delivery, fallback, correlation
//! remote     the REST contract and its client: tokens, retries, limits, polling
//! simulator  the engine: virtual clock, keypad, stubs, search, exploration
//! flow       the graph of a call: model, expressions, hours, linking, analysis
//! source     source files: YAML with positions, diagnostics
//! ```
//!
//! The library exists for the `callpath` program. Nothing in it is stable yet: every item may change with any version.

#![cfg_attr(not(test), deny(clippy::expect_used, clippy::unwrap_used))]

mod assist;
mod cli;
mod export;
mod flow;
mod record;
mod remote;
mod report;
mod runner;
mod score;
mod server;
mod simulator;
mod source;
mod suite;

pub use cli::main;

/// Items for the benches and tests of this package. Not an API.
#[doc(hidden)]
pub mod internal {
    pub mod assist {
        pub use crate::assist::{
            Arrival, Buckets, Context, Priority, Prompt, RateLimits, Rehearsal, Scripted, UiConfig, rehearse,
        };
    }
    pub mod cli {
        pub use crate::cli::Arguments;
    }
    pub mod export {
        pub use crate::export::{ExportProfile, Platform, send_record};
    }
    pub mod flow {
        pub use crate::flow::{Library, Name, Program, Value};
        pub mod analysis {
            pub use crate::flow::analysis::analyse;
        }
        pub mod expression {
            pub use crate::flow::expression::{EvaluationError, Expression, Scope, Slots, System, Template};
        }
    }
    pub mod record {
        pub use crate::record::{
            CoverageKind, DefinitionSource, Event, EventKind, RunRecord, correlation, parse, replay, result_key,
        };
    }
    pub mod remote {
        pub mod client {
            pub use crate::remote::client::{Bucket, Environment, Rate, RemoteProfile, RemoteSettings};
        }
        pub mod contract {
            pub use crate::remote::contract::{Detail, FlowDefinition, SimulationResult};
        }
    }
    pub mod report {
        pub mod audit {
            pub use crate::report::audit::{AuditEvent, AuditLine, verify};
        }
        pub mod drawing {
            pub use crate::report::drawing::{Edge, Graph, Mark, Node, Shape, draw, svg};
        }
    }
    pub mod runner {
        pub use crate::runner::{Plan, RecountError, RunOptions, Selection, Stop, recount, run};
        pub mod targets {
            pub use crate::runner::targets::{Remote, Simulation, Target, TargetError};
        }
    }
    pub mod score {
        pub use crate::score::Coverage;
    }
    pub mod server {
        pub use crate::server::{
            Catalogue, Client, Credentials, FaultPlan, Latency, Scope, Server, ServerOptions, TlsFiles, read_faults,
        };
    }
    pub mod simulator {
        pub use crate::simulator::{
            Answer, Answers, Clock, Fewest, Input, Request, Searcher, Stubs, Trace, WallLimit, simulate,
        };
        pub mod exploration {
            pub use crate::simulator::exploration::livelocks;
        }
    }
    pub mod source {
        pub mod diagnostics {
            pub use crate::source::diagnostics::{Diagnostics, RULES, Source, Span, Spanned};
        }
        pub mod yaml {
            pub use crate::source::yaml::{Document, EditError, Limits, Step, Value, parse, write};
        }
    }
    pub mod suite {
        pub use crate::suite::{LoadOptions, Scenario, Work, discover, load};
    }
}

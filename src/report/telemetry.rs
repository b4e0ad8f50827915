//! Traces of a run for an OpenTelemetry collector, over OTLP with protocol buffers over HTTP.
//!
//! The run is the root span, suites and scenarios are below it. The trace's id is the run's id without its hyphens, so that
//! a trace is found by what every report says. The standard variables of the environment configure it; nothing is sent
//! unless one of them names a collector.

mod client;
mod ids;
mod report;
mod setup;

pub(crate) use setup::{Traces, start};

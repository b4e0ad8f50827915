//! callpath runs declarative test suites against the call flows of a contact centre.

pub mod diagnose;
pub mod flow;
pub mod yaml;

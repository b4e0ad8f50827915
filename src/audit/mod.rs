//! The audit log: what was run, by whom, and what came of it, as a chain of lines in which every later change shows.

mod chain;
mod event;
mod ledger;
mod log;
#[cfg(test)]
mod tests;
mod verify;
mod who;

pub use chain::{Chain, GENESIS, Link};
pub use event::{AUDIT_VERSION, AuditEvent, AuditLine, Finding, Finished, Started, audit_schema};
pub use ledger::append;
pub use log::AuditLog;
pub use verify::{Problem, Verified, verify};
pub use who::Who;

//! The audit log: what was run, by whom, and what came of it, as a chain of lines in which every later change shows.

mod chain;
mod event;
mod ledger;
mod log;
#[cfg(test)]
mod tests;
mod verify;
mod who;

#[cfg(test)]
use chain::Chain;
pub(crate) use event::audit_schema;
pub use event::{AuditEvent, AuditLine};
pub(crate) use log::AuditLog;
pub(crate) use verify::Verified;
pub use verify::verify;
pub(crate) use who::Who;

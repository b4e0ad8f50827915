//! What goes wrong on purpose, reproducibly.

mod damage;
mod plan;
mod read;
mod strike;

pub(super) use damage::damaged;
pub use plan::FaultPlan;
pub(crate) use plan::{Fault, RetryAfter, Rule, When};
pub use read::read_faults;
pub(super) use strike::{Faults, Strike};

//! Injected faults: reads fault files, decides which request is struck, and damages responses.

mod damage;
mod injector;
mod plan;
mod read;

pub(super) use damage::damage_response;
pub(super) use injector::{FaultInjector, InjectedFault};
pub use plan::FaultPlan;
pub(crate) use plan::{Fault, FaultRule, RequestSelector, RetryAfter};
pub use read::read_faults;

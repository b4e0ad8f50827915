//! Runs scenarios: a plan becomes events, events become reports.
//!
//! ```text
//! plan      which scenarios, in which order
//! schedule  workers that take the next scenario, one after the other
//! attempt   one simulation, with its time limit, its panic and its cancellation
//! scenario  the attempts of one scenario, and its verdict
//! deliver   the one thread that counts, orders and tells the reporters
//! ```

mod attempt;
mod deliver;
mod plan;
mod rehearsed;
mod reporter;
mod scenario;
mod schedule;
mod selection;
mod stop;
mod tags;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod trace;

pub use plan::{Plan, Planned, Task};
pub use reporter::{Order, ReportError, ReportFailure, Reporter};
pub use schedule::{RunOptions, RunOutcome, run};
pub use selection::Selection;
pub use stop::Stop;
pub use tags::TagExpression;

//! Runs scenarios: a plan becomes events, events become reports.
//!
//! ```text
//! plan      which scenarios, in which order
//! schedule  workers that take the next scenario, one after the other
//! threads   where workers run whose target computes and does not wait
//! programs  what the target runs in place of the local flows
//! attempt   one simulation, with its time limit, its panic and its cancellation
//! scenario  the attempts of one scenario, and its verdict
//! deliver   the one thread that counts, orders and tells the reporters
//! retell    a run that is over, told to reporters once more
//! recount   what an interrupted run did not live to count
//! ```

mod attempt;
mod deliver;
mod plan;
mod programs;
mod recount;
mod rehearsed;
mod reporter;
mod reporters;
mod retell;
mod scenario;
mod schedule;
mod selection;
mod stop;
mod tags;
pub(crate) mod targets;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod threads;
mod trace;

pub use plan::Plan;
pub use recount::{RecountError, recount};
pub(crate) use reporter::Json;
#[cfg(test)]
use reporter::ReportFailure;
pub(crate) use reporter::{Order, ReportError, Reporter};
pub(crate) use retell::retell;
pub(crate) use schedule::RunOutcome;
pub use schedule::{RunOptions, run};
pub use selection::Selection;
pub use stop::Stop;

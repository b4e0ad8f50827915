//! Results for a QA platform: spooled on disk first, delivered at least once.
//!
//! ```text
//! profile, settings    a platform as callpath.toml and the environment describe it
//! payload              what it is told of a result
//! frame, segment       results on disk, and which of them have arrived
//! spool, aside         the folder of segments; results that are not taken
//! authority, judge     the right to post; what an answer means
//! platform             one request, sent until it is taken or refused
//! deliver              the results of one segment
//! reporter, send       those of a run as it happens, of a record, of a spool
//! ```
//!
//! The run writes lines and never waits for the network. A result leaves the spool only when the platform took it, or when
//! it was written to the file of results set aside.

mod aside;
mod authority;
mod deliver;
mod frame;
mod judge;
mod payload;
mod platform;
mod profile;
mod reporter;
mod schema;
mod segment;
mod send;
mod settings;
mod spool;
mod tally;
#[cfg(test)]
mod tests;

pub(crate) use aside::SetAside;
pub(crate) use payload::QaPayload;
pub use platform::Platform;
pub use profile::ExportProfile;
pub(crate) use reporter::{Delivery, start};
pub(crate) use schema::payload_schema;
#[cfg(test)]
use segment::{Item, Segment, SpoolLine};
pub use send::send_record;
pub(crate) use send::{Resumed, resume};
pub(crate) use settings::ExportSettings;
#[cfg(test)]
use spool::segments;
pub(crate) use tally::Delivered;

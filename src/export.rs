//! Exports results to a QA platform: spooled on disk first, delivered at least once.
//!
//! ```text
//! profile, settings   a platform as callpath.toml and the environment describe it
//! payload             payload for a QA platform
//! frame, segment      results of one run on disk, and their acknowledgements
//! spool               the folder of segments
//! dead_letters        results that the platform rejects, with the reason
//! authorizer          tokens for requests
//! classify            classifies responses
//! platform            sends one request until it is accepted or rejected
//! deliver             delivers the results of one segment
//! reporter, send      exports a run while it goes on, a record, a spool
//! ```
//!
//! The run appends lines and never waits for the network. A result leaves the spool only after the
//! platform accepted it or it was written to the file of dead letters.

mod authorizer;
mod classify;
mod dead_letters;
mod deliver;
mod frame;
mod payload;
mod platform;
mod profile;
mod reporter;
mod schema;
mod segment;
mod send;
mod settings;
mod spool;
mod status;
#[cfg(test)]
mod tests;

pub(crate) use dead_letters::DeadLetterFile;
pub(crate) use payload::QaPayload;
pub use platform::Platform;
pub use profile::ExportProfile;
pub(crate) use reporter::{Delivery, start};
pub(crate) use schema::payload_schema;
#[cfg(test)]
use segment::{Segment, SpoolLine, SpooledResult};
pub use send::send_record;
pub(crate) use send::{Resumed, resume};
pub(crate) use settings::ExportSettings;
#[cfg(test)]
use spool::list_segments;
#[cfg(test)]
use status::DeliveryStatus;

//! The published schema of a payload.

use schemars::Schema;

use super::QaPayload;
use crate::record::draft_07;

/// The schema of one result as it is posted; a batch is an array of them.
pub(crate) fn payload_schema() -> Schema {
    draft_07::<QaPayload>()
}

//! The published schema of a payload.

use schemars::Schema;

use super::QaPayload;
use crate::record::draft_07;

/// The schema of one result as it is posted. A batch is an array of results.
pub(crate) fn payload_schema() -> Schema {
    draft_07::<QaPayload>()
}

//! The published schemas of the records, as JSON Schema draft 7.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::{Event, RunRecord};

/// The schema of `run.json`.
pub(crate) fn run_schema() -> Schema {
    draft_07::<RunRecord>()
}

/// The schema of one line of the journal.
pub(crate) fn event_schema() -> Schema {
    draft_07::<Event>()
}

/// The schema of a record: draft 7, because that is the newest that editors check reliably. Records are described as they
/// are written, so a field that is always there is required.
pub(crate) fn draft_07<T: JsonSchema>() -> Schema {
    SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<T>()
}

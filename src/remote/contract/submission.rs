//! What is submitted to be simulated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::null::or_default;
use super::{Fields, SimulationOptions, Status, name};
use crate::flow::{AssetKind, Name};

/// One call to be simulated: the body of `POST /api/v2/flow/simulator`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Submission {
    /// The id of the flow that is called.
    #[serde(deserialize_with = "name::read")]
    pub flow_id: Name,
    /// What the caller keys, one item for each input node that asks: keys of `0-9 * # A-D`; an empty text is a caller who keys nothing there.
    #[serde(default, deserialize_with = "name::read_list")]
    pub dtmf_sequence: Vec<Name>,
    /// Variables of the flow that replace or add to its initial values.
    #[serde(default)]
    pub variable_state_matrix: Fields,
    /// Media that the call may use beyond the flow's own.
    #[serde(default, deserialize_with = "or_default")]
    pub media_asset_references: Vec<MediaAssetReference>,
    /// What the plain contract cannot say; a submission with this object, even an empty one, gets a `simulationTrace` in its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation_options: Option<Box<SimulationOptions>>,
}

/// Media by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MediaAssetReference {
    /// The id.
    #[serde(deserialize_with = "name::read")]
    pub asset_id: Name,
    /// Of which kind.
    #[serde(rename = "type")]
    pub kind: AssetKind,
}

/// The answer to a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubmissionAnswer {
    /// The id under which the result can be asked for.
    pub simulation_id: String,
    /// How far it is.
    pub status: Status,
    /// Where the result is: a path on the same server, or a whole URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
}

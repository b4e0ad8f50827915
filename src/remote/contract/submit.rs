//! Submitting a simulation: the request and its response.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lenient::or_default;
use super::{Fields, SimulationOptions, Status};
use crate::flow::{AssetKind, Name};

/// One call to be simulated: the body of `POST /api/v2/flow/simulator`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SubmitRequest {
    /// The id of the flow to call.
    pub flow_id: Name,
    /// The caller's keys, one item for each execution of an input node: `0-9 * # A-D`. An empty
    /// text presses nothing.
    #[serde(default, deserialize_with = "or_default")]
    pub dtmf_sequence: Vec<Name>,
    /// Variables of the flow; they replace or add to its initial values.
    #[serde(default)]
    pub variable_state_matrix: Fields,
    /// Media that the call may use in addition to the flow's own.
    #[serde(default, deserialize_with = "or_default")]
    pub media_asset_references: Vec<MediaAssetReference>,
    /// An extension of the contract. A submission with this object, even an empty one, gets a
    /// `simulationTrace` in its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation_options: Option<Box<SimulationOptions>>,
}

/// A reference to a media asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MediaAssetReference {
    /// The id of the asset.
    pub asset_id: Name,
    /// The kind of the asset.
    #[serde(rename = "type")]
    pub kind: AssetKind,
}

/// The response to a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubmitResponse {
    /// The id of the simulation.
    pub simulation_id: String,
    /// The state of the simulation.
    pub status: Status,
    /// Where to fetch the result: a path on the same server, or an absolute URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
}

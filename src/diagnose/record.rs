//! Stub.
/// Stub.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct DiagnosticRecord {}

//! Paths of the agent-assist endpoints.

/// Sends a prompt through the whole pipeline.
pub(super) const SIMULATE: &str = "/simulate-prompt";
/// The prompt service; a prompt is one level below.
pub(crate) const PROMPTS: &str = "/api/v2/agentassist/prompts";
/// How many prompts reached agents, and how many of those the agents accepted.
pub(super) const ACCEPTANCE: &str = "/api/v2/agentassist/acceptance";
/// Interactions are one level below; their transcripts two.
pub(crate) const INTERACTIONS: &str = "/api/v2/interactions";
/// Metrics for Prometheus.
pub(super) const METRICS: &str = "/metrics";

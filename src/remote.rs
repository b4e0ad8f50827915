//! The REST contract of a flow simulator, and its client.

pub(crate) mod client;
pub(crate) mod contract;

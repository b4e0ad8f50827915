//! A flow file to a [`Flow`].

use std::sync::Arc;

use super::Flow;
use crate::diagnose::{Diagnostics, Source};
use crate::yaml::Limits;

/// Reads one flow. Every mistake is appended to `diagnostics`; a flow is returned only if none of them is an error.
pub fn read(_source: &Arc<Source>, _limits: &Limits, _diagnostics: &mut Diagnostics) -> Option<Flow> {
    todo!()
}

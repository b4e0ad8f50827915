//! Finds the lookups of a trace and their inputs.

use crate::flow::{Name, Value};
use crate::simulator::{LookupCall, Trace};

/// The lookups that asked one service.
pub(super) fn calls_to<'a>(trace: &'a Trace, service: &'a Name) -> impl Iterator<Item = &'a LookupCall> {
    trace.lookups.iter().filter(move |call| call.service == *service)
}

/// An input of a lookup; null where it has none of that name.
pub(super) fn input<'a>(call: &'a LookupCall, name: &Name) -> &'a Value {
    call.inputs.iter().find(|(other, _)| other == name).map_or(&Value::Null, |(_, value)| value)
}

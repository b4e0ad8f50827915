//! Checks bounds on the whole call: virtual time, keys pressed, unused input.

use super::CheckKind;
use super::bounds;
use super::checks::{Checks, Mismatch, pluralize};
use crate::source::yaml::format_duration;

/// Adds the checks of duration, keypresses and unused input.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    if let Some(placed) = &expect.duration_ms {
        let held = bounds::within(&placed.value, trace.duration_ms);
        checks.add(CheckKind::Duration, None, held, placed, || Mismatch {
            expected: bounds::describe(&placed.value, format_duration),
            actual: format_duration(trace.duration_ms),
        });
    }
    if let Some(placed) = &expect.keypresses {
        let pressed = u64::from(trace.keypresses);
        checks.add(CheckKind::Keypresses, None, bounds::within(&placed.value, pressed), placed, || Mismatch {
            expected: bounds::describe(&placed.value, |keys| keys.to_string()),
            actual: pressed.to_string(),
        });
    }
    if let Some(placed) = &expect.all_input_used {
        let held = trace.unused_items == 0 && trace.unused_keys == 0;
        checks.add(CheckKind::UnusedInput, None, held, placed, || Mismatch {
            expected: "all input used".to_owned(),
            actual: format!("{} never used", unused(trace.unused_items, trace.unused_keys)),
        });
    }
}

fn unused(items: u32, keys: u32) -> String {
    let items = (items > 0).then(|| pluralize(items as usize, "item", "items"));
    let keys = (keys > 0).then(|| pluralize(keys as usize, "key", "keys"));
    items.into_iter().chain(keys).collect::<Vec<_>>().join(" and ")
}

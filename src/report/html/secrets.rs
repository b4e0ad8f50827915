//! What the records say about secrets, so that the lines of the suites can be shown without them.
//!
//! A record never holds a secret: keys of a secret entry are `•`, values of secret variables `[secret]`. The suites do
//! hold what the callers key. What may be one of them is only known from the calls: so digits of a scenario's lines are
//! shown only where every call of these lines was made, used all its keys, and keyed nothing secret.

use std::collections::HashSet;

use crate::flow::{Name, Value};
use crate::record::{Fields, ScenarioRecord};

/// What stands in a record in place of a secret value.
const SECRET: &str = "[secret]";
/// What stands in a record in place of a secret key.
const KEY: char = '•';

/// Names of variables and of lookups' inputs that hold secrets in any call of the run.
#[derive(Debug, Default)]
pub(super) struct SecretNames(HashSet<Name>);

impl SecretNames {
    /// Adds those of a call.
    pub(super) fn add(&mut self, scenario: &ScenarioRecord) {
        let Some(trace) = &scenario.trace else { return };
        let fields = std::iter::once(&trace.variables).chain(trace.lookups.iter().map(|lookup| &lookup.inputs));
        for Fields(fields) in fields {
            for (name, _) in fields.iter().filter(|(_, value)| is_secret(value)) {
                if !self.0.contains(name) {
                    self.0.insert(name.clone());
                }
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn of<const N: usize>(names: [&str; N]) -> Self {
        Self(names.map(Name::from).into())
    }

    /// Whether what stands under this key of a suite may be a secret. A name that begins with `_` is what the suite's
    /// author does not want to see in ids.
    pub(super) fn hides(&self, key: &str) -> bool {
        key.starts_with('_') || self.0.contains(key)
    }

    /// Whether a text in YAML may hold such a key: all do that hold one, and few others.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let inside =
            |before: Option<&u8>| before.is_some_and(|before| before.is_ascii_alphanumeric() || *before == b'_');
        let bytes = text.as_bytes();
        // With a backslash a key can be written in many ways.
        let begins = text.contains('\\')
            || text.match_indices('_').any(|(at, _)| !inside(at.checked_sub(1).and_then(|before| bytes.get(before))));
        begins || self.0.iter().any(|name| text.contains(&**name))
    }
}

fn is_secret(value: &Value) -> bool {
    matches!(value, Value::Text(text) if &**text == SECRET)
}

/// Whether the digits on the lines of this scenario may be secret keys.
pub(super) fn may_have_keyed(scenario: &ScenarioRecord) -> bool {
    let Some(trace) = &scenario.trace else { return true };
    trace.unused_items > 0
        || trace.unused_keys > 0
        || trace.steps.iter().any(|step| step.input.as_ref().is_some_and(|input| input.contains(KEY)))
}

//! Why a run ended early.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::ScenarioRecord;

/// Why a run ended before all of its scenarios ran. Its text is also the reason of the scenarios that it skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// The user interrupted it.
    Interrupted,
    /// As many scenarios failed as `--max-fail` allows.
    MaxFail,
    /// The target cannot be used.
    Unusable {
        /// What makes it unusable.
        reason: String,
    },
}

impl StopReason {
    const INTERRUPTED: &str = "interrupted";
    const MAX_FAIL: &str = "max-fail";

    /// Whether a scenario has no result of its own because the run ended for this reason.
    pub(crate) fn is_reason_of(&self, scenario: &ScenarioRecord) -> bool {
        scenario.reason.as_deref() == Some(self.as_str())
    }

    /// As text.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Interrupted => Self::INTERRUPTED,
            Self::MaxFail => Self::MAX_FAIL,
            Self::Unusable { reason } => reason,
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The form in files. Version 1 wrote all reasons as text, so that any other text is that of an unusable target.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Text(String),
    Object { unusable: Unusable },
}

#[derive(Deserialize)]
struct Unusable {
    reason: String,
}

impl<'de> Deserialize<'de> for StopReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Text(text) if text == Self::INTERRUPTED => Self::Interrupted,
            Stored::Text(text) if text == Self::MAX_FAIL => Self::MaxFail,
            Stored::Text(reason) | Stored::Object { unusable: Unusable { reason } } => Self::Unusable { reason },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_read_back_and_so_is_that_of_version_1() {
        let unusable = StopReason::Unusable { reason: "no route to host".to_owned() };
        for (reason, stored) in [
            (StopReason::Interrupted, r#""interrupted""#),
            (StopReason::MaxFail, r#""max-fail""#),
            (unusable.clone(), r#"{"unusable":{"reason":"no route to host"}}"#),
        ] {
            assert_eq!(serde_json::to_string(&reason).unwrap(), stored);
            assert_eq!(serde_json::from_str::<StopReason>(stored).unwrap(), reason);
        }
        assert_eq!(serde_json::from_str::<StopReason>(r#""no route to host""#).unwrap(), unusable);
        assert!(serde_json::from_str::<StopReason>(r#"{"other":{}}"#).is_err());
    }
}

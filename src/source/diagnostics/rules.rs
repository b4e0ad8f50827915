//! The lint rules: their names, severities and summaries. `docs/rules.md` explains each.
//!
//! Every warning and every note with a location comes from a rule of this list, so that users can
//! allow or deny each. Errors that make a file unusable have names too, but their level is fixed.

use std::sync::Arc;

use super::{Diagnostic, Severity, Source, Span};

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in diagnostics, `--allow` and `--deny`.
    pub name: &'static str,
    /// The default severity of its findings. Individual findings may be less severe.
    pub severity: Severity,
    /// A one-line summary.
    pub summary: &'static str,
}

impl Rule {
    /// The anchor of its section in `docs/rules.md`.
    pub fn anchor(&self) -> String {
        self.name.replace('/', "")
    }

    /// Creates a finding of this rule.
    pub fn finding(&self, source: &Arc<Source>, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: self.severity, ..Diagnostic::error(self.name, source, span, message) }
    }
}

const fn warning(name: &'static str, summary: &'static str) -> Rule {
    Rule { name, severity: Severity::Warning, summary }
}

/// `flow/unreachable`
pub(crate) static UNREACHABLE: Rule = warning("flow/unreachable", "a node that no call can reach");
/// `flow/unreachable-outcome`
pub(crate) static UNREACHABLE_OUTCOME: Rule = warning("flow/unreachable-outcome", "an edge for an impossible outcome");
/// `flow/dead-end`
pub(crate) static DEAD_END: Rule = warning("flow/dead-end", "an outcome without an edge, at which the call gets stuck");
/// `flow/trap`
pub(crate) static TRAP: Rule = warning("flow/trap", "a cycle of nodes with no way out");
/// `flow/no-end`
pub(crate) static NO_END: Rule = warning("flow/no-end", "a flow in which no call can end properly");
/// `flow/livelock`
pub(crate) static LIVELOCK: Rule = warning("flow/livelock", "a call that loops forever while nothing changes");
/// `flow/shadowed-choice`
pub(crate) static SHADOWED_CHOICE: Rule =
    warning("flow/shadowed-choice", "a menu choice that begins with the keys of a shorter one");
/// `flow/max-attempts-one`
pub(crate) static MAX_ATTEMPTS_ONE: Rule =
    warning("flow/max-attempts-one", "an edge for a failed attempt of a node that asks only once");
/// `flow/constant-condition`
pub(crate) static CONSTANT_CONDITION: Rule =
    warning("flow/constant-condition", "a condition that is the same in every call");
/// `flow/overlapping-conditions`
pub(crate) static OVERLAPPING_CONDITIONS: Rule =
    warning("flow/overlapping-conditions", "two cases that hold for the same numbers");
/// `flow/schedule-gap`
pub(crate) static SCHEDULE_GAP: Rule =
    warning("flow/schedule-gap", "opening hours that leave out a minute, or that never open");
/// `flow/schedule-overlap`
pub(crate) static SCHEDULE_OVERLAP: Rule =
    warning("flow/schedule-overlap", "overlapping opening hours or duplicate holidays");
/// `flow/unset-variable`
pub(crate) static UNSET_VARIABLE: Rule =
    warning("flow/unset-variable", "a variable that is read before any path sets it");
/// `flow/unknown-variable`
pub(crate) static UNKNOWN_VARIABLE: Rule =
    warning("flow/unknown-variable", "a variable that is read but never set in the flow");
/// `flow/unknown-queue`
pub(crate) static UNKNOWN_QUEUE: Rule = warning("flow/unknown-queue", "a queue that the flow does not declare");
/// `flow/unknown-return`
pub(crate) static UNKNOWN_RETURN: Rule =
    warning("flow/unknown-return", "an outcome that the called flow never returns");
/// `suite/never-stubbed`
pub(crate) static NEVER_STUBBED: Rule = Rule {
    name: "suite/never-stubbed",
    severity: Severity::Note,
    summary: "a lookup that no scenario of the flow stubs",
};
/// `suite/unused-stub`
pub(crate) static UNUSED_STUB: Rule = warning("suite/unused-stub", "a default stub that no flow of the suite uses");
/// `suite/misspelt-variable`
pub(crate) static MISSPELT_VARIABLE: Rule =
    warning("suite/misspelt-variable", "a variable whose name nearly matches one of the flow's");
/// `suite/unused-axis`
pub(crate) static UNUSED_AXIS: Rule = warning("suite/unused-axis", "an unused axis of a matrix or column of examples");
/// `suite/unused-exclude`
pub(crate) static UNUSED_EXCLUDE: Rule =
    warning("suite/unused-exclude", "an 'exclude' that matches no cell of the matrix");

/// All rules, in the order of `docs/rules.md`.
pub static RULES: [&Rule; 21] = [
    &UNREACHABLE,
    &UNREACHABLE_OUTCOME,
    &DEAD_END,
    &TRAP,
    &NO_END,
    &LIVELOCK,
    &SHADOWED_CHOICE,
    &MAX_ATTEMPTS_ONE,
    &CONSTANT_CONDITION,
    &OVERLAPPING_CONDITIONS,
    &SCHEDULE_GAP,
    &SCHEDULE_OVERLAP,
    &UNSET_VARIABLE,
    &UNKNOWN_VARIABLE,
    &UNKNOWN_QUEUE,
    &UNKNOWN_RETURN,
    &NEVER_STUBBED,
    &UNUSED_STUB,
    &MISSPELT_VARIABLE,
    &UNUSED_AXIS,
    &UNUSED_EXCLUDE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_in_the_list_once_with_a_name_of_its_own() {
        let (code, _) = include_str!("rules.rs").split_once("#[cfg(test)]").expect("the tests");
        let written = code.matches("\npub(crate) static ").count();
        assert_eq!(written, RULES.len());
        let names: std::collections::BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        for rule in RULES {
            assert!(rule.severity < Severity::Error, "{}: what makes a file unusable cannot be allowed", rule.name);
        }
    }
}

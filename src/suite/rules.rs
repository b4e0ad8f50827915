//! The names of the rules that reading a suite enforces; `docs/suites.md` lists them. Those that
//! only warn are in [`diagnostics::rules`](crate::source::diagnostics::rules).

use crate::source::yaml::Rules;

/// What the shared reader of YAML reports under.
pub(super) static RULES: Rules =
    Rules { unknown_key: "suite/unknown-key", missing_key: "suite/missing-key", wrong_type: "suite/wrong-type" };

pub(super) const AMBIGUOUS_PATH: &str = "suite/ambiguous-path";
pub(super) const BROKEN_BASE: &str = "suite/broken-base";
pub(super) const BROKEN_FLOW: &str = "suite/broken-flow";
pub(super) const CLOCK: &str = "suite/clock";
pub(super) const DUPLICATE_KEY: &str = "suite/duplicate-key";
pub(super) const DUPLICATE_SCENARIO: &str = "suite/duplicate-scenario";
pub(super) const EXPANSION: &str = "suite/expansion";
pub(super) const EXTENDS: &str = "suite/extends";
pub(super) const GATE: &str = "suite/gate";
pub(super) const INTERPOLATION: &str = "suite/interpolation";
pub(super) const INVALID_KEY: &str = "suite/invalid-key";
pub(super) const INVALID_TAG: &str = "suite/invalid-tag";
pub(super) const INVALID_VALUE: &str = "suite/invalid-value";
pub(super) const NO_EXPECTATION: &str = "suite/no-expectation";
pub(super) const NO_SCENARIOS: &str = "suite/no-scenarios";
pub(super) const NOT_A_SUITE: &str = "suite/not-a-suite";
pub(super) const NOT_A_DECISION: &str = "suite/not-a-decision";
pub(super) const OTHER_KIND: &str = "suite/other-kind";
pub(super) const OUTSIDE_ROOT: &str = "suite/outside-root";
/// What to do about it.
pub(super) const OUTSIDE_ROOT_HELP: &str = "the root is the folder with callpath.toml, else the current one: run in a folder above, or put a callpath.toml there";
pub(super) const TOO_MANY: &str = "suite/too-many";
pub(super) const UNKNOWN_DISPOSITION: &str = "suite/unknown-disposition";
pub(super) const UNKNOWN_KIND: &str = "suite/unknown-kind";
pub(super) const UNKNOWN_NODE: &str = "suite/unknown-node";
pub(super) const UNKNOWN_OUTCOME: &str = "suite/unknown-outcome";
pub(super) const UNKNOWN_QUEUE: &str = "suite/unknown-queue";
pub(super) const UNKNOWN_SERVICE: &str = "suite/unknown-service";
pub(super) const UNKNOWN_STUB: &str = "suite/unknown-stub";
pub(super) const UNKNOWN_VARIABLE: &str = "suite/unknown-variable";
pub(super) const UNQUOTED_KEY: &str = "suite/unquoted-key";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_reference_lists_every_rule_and_no_other() {
        let names = |text: &str, before: &str| -> BTreeSet<String> {
            let found = text.split(before).skip(1);
            found.map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect()).collect()
        };
        let (code, _) = include_str!("rules.rs").split_once("#[cfg(test)]").unwrap();
        assert_eq!(names(code, "\"suite/"), names(include_str!("../../docs/suites.md"), "\n| suite/"));
    }
}

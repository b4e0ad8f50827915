//! Rule levels: the severity that `--allow`, `--warn` and `--deny` set for each rule.

use std::collections::HashMap;

use globset::Glob;

use super::rules::RULES;
use super::{Diagnostic, Diagnostics, Severity, closest, quoted};

/// The level that the user sets for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Its findings are not shown.
    Allow,
    /// Its findings are warnings, even those that are notes by default.
    Warn,
    /// Its findings are errors.
    Deny,
}

/// The rules whose level differs from the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Levels {
    by_rule: HashMap<&'static str, Level>,
}

/// A pattern that matches no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown rule {}; {help}", quoted(.pattern))]
pub(crate) struct UnknownRule {
    /// As written.
    pub pattern: String,
    /// What to write instead.
    pub help: String,
}

impl Levels {
    /// Sets the level of every rule that a pattern matches. A pattern is the name of a rule or a
    /// glob such as `flow/*`. Names take precedence over globs, later patterns over earlier ones.
    ///
    /// # Errors
    /// A pattern that matches no rule.
    pub(crate) fn set<'p>(&mut self, patterns: impl IntoIterator<Item = (&'p str, Level)>) -> Result<(), UnknownRule> {
        let (wide, exact): (Vec<_>, Vec<_>) =
            patterns.into_iter().partition(|(pattern, _)| pattern.contains(['*', '?', '[', '{']));
        for (pattern, level) in wide.into_iter().chain(exact) {
            let rules = matching_rules(pattern);
            if rules.is_empty() {
                return Err(unknown(pattern));
            }
            self.by_rule.extend(rules.into_iter().map(|rule| (rule, level)));
        }
        Ok(())
    }

    /// The level of a rule if it differs from the default.
    pub(crate) fn level(&self, rule: &str) -> Option<Level> {
        self.by_rule.get(rule).copied()
    }

    /// Applies the levels to findings: removes those of allowed rules and turns those of denied
    /// rules into errors. Findings that are errors by default stay errors.
    pub(crate) fn apply_levels(&self, found: impl IntoIterator<Item = Diagnostic>) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        diagnostics.extend(found.into_iter().filter_map(|diagnostic| self.apply_level(diagnostic)));
        diagnostics
    }

    /// Applies the levels to a list, in place.
    pub(crate) fn apply_levels_in_place(&self, list: &mut Vec<Diagnostic>) {
        *list = std::mem::take(list).into_iter().filter_map(|diagnostic| self.apply_level(diagnostic)).collect();
    }

    fn apply_level(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        if diagnostic.severity < Severity::Error {
            diagnostic.severity = match self.level(diagnostic.rule) {
                Some(Level::Allow) => return None,
                Some(Level::Warn) => Severity::Warning,
                Some(Level::Deny) => Severity::Error,
                None => diagnostic.severity,
            };
        }
        Some(diagnostic)
    }
}

/// The names of the rules that a pattern matches.
fn matching_rules(pattern: &str) -> Vec<&'static str> {
    if RULES.iter().all(|rule| rule.name != pattern)
        && let Ok(glob) = Glob::new(pattern)
    {
        let matcher = glob.compile_matcher();
        return RULES.iter().map(|rule| rule.name).filter(|name| matcher.is_match(name)).collect();
    }
    RULES.iter().map(|rule| rule.name).filter(|&name| name == pattern).collect()
}

fn unknown(pattern: &str) -> UnknownRule {
    let names = || RULES.iter().map(|rule| rule.name);
    // Users often leave out the part before the slash.
    let named = names().find(|name| name.rsplit('/').next() == Some(pattern));
    let help = match named.or_else(|| closest(pattern, names())) {
        Some(near) => format!("did you mean '{near}'?"),
        None => "`callpath validate --rules` lists them".to_owned(),
    };
    UnknownRule { pattern: pattern.to_owned(), help }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(patterns: &[(&str, Level)]) -> Result<Levels, String> {
        let mut levels = Levels::default();
        levels.set(patterns.iter().copied()).map_err(|error| error.to_string()).map(|()| levels)
    }

    #[test]
    fn a_name_takes_precedence_over_a_glob() {
        let set = levels(&[("flow/trap", Level::Warn), ("flow/*", Level::Deny)]).expect("rules");
        assert_eq!(set.level("flow/trap"), Some(Level::Warn));
        assert_eq!(set.level("flow/dead-end"), Some(Level::Deny));
        assert_eq!(set.level("suite/never-stubbed"), None);
    }

    #[test]
    fn unknown_rules_are_errors_with_a_suggestion() {
        for (pattern, message) in [
            ("flow/dead-ends", "unknown rule 'flow/dead-ends'; did you mean 'flow/dead-end'?"),
            ("trap", "unknown rule 'trap'; did you mean 'flow/trap'?"),
            ("flows/*", "unknown rule 'flows/*'; `callpath validate --rules` lists them"),
            ("", "unknown rule ''; `callpath validate --rules` lists them"),
        ] {
            assert_eq!(levels(&[(pattern, Level::Deny)]).expect_err("no rule"), message);
        }
    }
}

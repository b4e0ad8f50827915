//! Which scenarios are run.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::tags::TagExpression;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span};
use crate::suite::{Scenario, Suite};

/// Filters on tags and ids. A scenario is selected when every tag expression holds and, where there are id patterns,
/// at least one of them matches.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    tags: Vec<TagExpression>,
    ids: Vec<IdPattern>,
}

/// A pattern for ids: with `*` or `?` a glob for the whole id, otherwise a part of it.
#[derive(Clone, Debug)]
struct IdPattern {
    text: String,
    glob: Option<GlobMatcher>,
}

impl Selection {
    /// Reads the filters; all their mistakes are reported, not the first.
    pub fn new<S: AsRef<str>>(tags: &[S], ids: &[S]) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let mut selection = Self::default();
        for text in tags {
            match TagExpression::parse("--tags", text.as_ref()) {
                Ok(expression) => selection.tags.push(expression),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        for text in ids {
            match IdPattern::new(text.as_ref()) {
                Ok(pattern) => selection.ids.push(pattern),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        if diagnostics.is_empty() { Ok(selection) } else { Err(diagnostics) }
    }

    /// An error for each tag that no scenario of these suites has.
    pub fn check(&self, suites: &[Suite]) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        if self.tags.is_empty() {
            return diagnostics;
        }
        let scenarios = suites.iter().flat_map(|suite| &suite.scenarios);
        let known: BTreeSet<&str> = scenarios.flat_map(|scenario| scenario.tags.iter().map(|tag| &**tag)).collect();
        for expression in &self.tags {
            diagnostics.extend(expression.check(known.iter().copied()));
        }
        diagnostics
    }

    /// Whether a scenario is to be run.
    pub fn matches(&self, scenario: &Scenario) -> bool {
        self.tags.iter().all(|expression| expression.matches(&scenario.tags))
            && (self.ids.is_empty() || self.ids.iter().any(|pattern| pattern.matches(&scenario.id)))
    }

    /// The filters as given: tag expressions first.
    pub fn texts(&self) -> Vec<String> {
        let tags = self.tags.iter().map(|expression| expression.text().to_owned());
        tags.chain(self.ids.iter().map(|pattern| pattern.text.clone())).collect()
    }
}

impl IdPattern {
    fn new(text: &str) -> Result<Self, Box<Diagnostic>> {
        let wrong = |message: String| {
            let source = Source::new("--id", text);
            Box::new(Diagnostic::error("select/id", &source, Span::new(0, text.len()), message))
        };
        if text.trim().is_empty() {
            return Err(wrong("an id pattern needs at least one character".to_owned()));
        }
        if !text.contains(['*', '?']) {
            return Ok(Self { text: text.to_owned(), glob: None });
        }
        // Brackets and braces belong to ids (`name[tier=gold]`), so they mean themselves here.
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '[' | ']' | '{' | '}' => escaped.extend(['[', c, ']']),
                '\\' => escaped.push_str("[\\]"),
                c => escaped.push(c),
            }
        }
        let glob = GlobBuilder::new(&escaped).literal_separator(false).backslash_escape(false).build();
        let glob = glob.map_err(|error| wrong(format!("this pattern cannot be used: {}", error.kind())))?;
        Ok(Self { text: text.to_owned(), glob: Some(glob.compile_matcher()) })
    }

    fn matches(&self, id: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(id),
            None => id.contains(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, id: &str) -> bool {
        IdPattern::new(pattern).map(|pattern| pattern.matches(id)).expect("the pattern is valid")
    }

    #[test]
    fn without_a_wildcard_a_part_of_the_id_is_enough() {
        assert!(matches("lost card", "bank/main::lost card reaches an agent"));
        assert!(matches("bank/", "bank/main::lost card reaches an agent"));
        assert!(matches("[tier=gold]", "bank/main::caller[tier=gold]"));
        assert!(!matches("Lost card", "bank/main::lost card reaches an agent"));
    }

    #[test]
    fn with_a_wildcard_the_whole_id_must_match() {
        assert!(matches("bank/*::lost*", "bank/deep/main::lost card"));
        assert!(!matches("*::lost", "bank/main::lost card"));
        assert!(matches("*[tier=gold]", "bank/main::caller[tier=gold]"));
        assert!(!matches("*[tier=gold]", "bank/main::caller[tier=silver]"));
        assert!(matches("*{a,b}", "bank/main::{a,b}"));
        assert!(matches("main::caller ?", "main::caller \\"));
        assert!(matches("*\\", "main::caller \\"));
    }

    #[test]
    fn mistakes_of_all_filters_are_reported() {
        let Err(diagnostics) = Selection::new(&["a and", "b or"], &["", "*"]) else { panic!("accepted") };
        assert_eq!(diagnostics.len(), 3);
    }
}

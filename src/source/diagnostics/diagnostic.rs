//! The type of all messages about source files.

use std::sync::Arc;

use super::{Location, Source, Span};

/// The severity of a diagnostic.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Additional information.
    Note,
    /// Probably a mistake; the file is still used.
    Warning,
    /// The file cannot be used.
    Error,
}

/// A secondary location that explains the primary one.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// The label beside the caret.
    pub label: String,
}

/// One message about one location. Errors are built here, warnings and notes by their
/// [`Rule`](super::rules::Rule).
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule that was broken, as `module/kebab-name`, for example `suite/unknown-key`.
    pub rule: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// One sentence without a full stop that says what is wrong.
    pub message: String,
    /// The file that it concerns; `location` is more precise where present.
    pub path: String,
    /// The location; none for a file that could not be read.
    pub location: Option<Location>,
    /// A few words beside the caret; may be empty.
    pub label: String,
    /// Secondary locations that explain it.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Option<String>,
    /// Suggested text for the span, shown as a patch.
    pub replacement: Option<String>,
}

impl Diagnostic {
    /// Creates an error at a span.
    pub fn error(rule: &'static str, source: &Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            message: message.into(),
            path: source.path().to_owned(),
            location: Some(Location { source: source.clone(), span }),
            label: String::new(),
            related: Vec::new(),
            help: None,
            replacement: None,
        }
    }

    /// Creates an error about a whole file, for example one that cannot be read.
    pub fn file_error(rule: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: Severity::Error,
            message: message.into(),
            path: path.into(),
            location: None,
            label: String::new(),
            related: Vec::new(),
            help: None,
            replacement: None,
        }
    }

    /// Sets the label beside the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the help.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help if there is any.
    pub fn maybe_help(mut self, help: Option<impl Into<String>>) -> Self {
        self.help = help.map(Into::into).or(self.help);
        self
    }

    /// Sets the text to write instead.
    pub fn replacement(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }

    /// Adds a secondary location.
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Self {
        self.related.push(Related { location, label: label.into() });
        self
    }
}

/// A list of diagnostics. Readers append to it and continue.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Appends all of another list.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(other);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Iterates in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

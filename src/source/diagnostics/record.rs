//! Diagnostics in machine-readable form.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Diagnostic, Severity};

/// Maximum number of characters of a source line in a record.
const MAX_SOURCE_LINE_CHARS: usize = 400;

/// A diagnostic in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiagnosticRecord {
    /// The rule that was broken, as `module/kebab-name`, for example `suite/unknown-key`.
    pub rule: String,
    /// Its severity.
    pub severity: Severity,
    /// One sentence that says what is wrong.
    pub message: String,
    /// The file, as it was named on the command line or found below a directory named there; always
    /// with `/`.
    pub file: String,
    /// The line, from 1; absent for a file that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// How many characters of the line it covers; 0 for a position between two characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// The text of the line, at most its first 400 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_line: Option<String>,
    /// A few words about the position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Suggested text to replace these characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
}

impl From<&Diagnostic> for DiagnosticRecord {
    fn from(diagnostic: &Diagnostic) -> Self {
        let mut record = Self {
            rule: diagnostic.rule.to_owned(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            file: diagnostic.path.clone(),
            line: None,
            column: None,
            length: None,
            source_line: None,
            label: (!diagnostic.label.is_empty()).then(|| diagnostic.label.clone()),
            help: diagnostic.help.clone(),
            replacement: diagnostic.replacement.clone(),
        };
        if let Some(location) = &diagnostic.location {
            let position = location.position();
            let written = location.source.slice(location.span).split(['\r', '\n']).next().unwrap_or_default();
            location.source.path().clone_into(&mut record.file);
            record.line = Some(position.line);
            record.column = Some(position.column);
            record.length = u32::try_from(written.chars().count()).ok();
            record.source_line =
                Some(location.source.line(position.line).chars().take(MAX_SOURCE_LINE_CHARS).collect());
        }
        record
    }
}

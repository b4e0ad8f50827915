//! What the parser says about a broken text, in words that help.

use std::sync::Arc;

use serde_yaml::granit_parser::{self as events, ErrorKind, ScanError};

use super::Limits;
use super::build::Stop;
use crate::diagnose::{Diagnostic, Source, Span};

/// The bytes a parser's span covers.
pub(super) fn span_of(place: &events::Span) -> Span {
    // Offsets are always known for a text that lies in memory as a whole.
    let start = place.start.byte_offset().unwrap_or_default();
    Span::new(start, place.end.byte_offset().unwrap_or_default().max(start))
}

/// The error that a text is nested too deeply.
pub(super) fn too_deep(source: &Arc<Source>, span: Span, limits: &Limits) -> Diagnostic {
    let message = format!("lists and mappings are nested more than {} levels deep", limits.depth);
    Diagnostic::error("yaml/too-deep", source, span, message).label("one level too many")
}

/// A star that should stand in quotes.
pub(super) fn star(source: &Arc<Source>, at: usize) -> Stop {
    let diagnostic =
        Diagnostic::error("yaml/syntax", source, Span::new(at, at + 1), "'*' begins an alias but no name follows")
            .label("needs quotes")
            .help("write \"*\" in quotes to mean the star key")
            .replacement("\"*\"");
    Stop::Repairable { at, diagnostic }
}

fn hash(source: &Arc<Source>, at: usize) -> Stop {
    let diagnostic = Diagnostic::error(
        "yaml/syntax",
        source,
        Span::new(at, at + 1),
        "'#' begins a comment here, which hides the rest of the line",
    )
    .label("needs quotes")
    .help("write \"#\" in quotes to mean the hash key")
    .replacement("\"#\"");
    Stop::Repairable { at, diagnostic }
}

/// The parser's error with what can be done about it. `flow` is where the outermost open `[` or `{` stands; `text` is
/// the source's text, perhaps with single characters replaced.
pub(super) fn explain(
    source: &Arc<Source>,
    text: &str,
    error: &ScanError,
    flow: Option<usize>,
    limits: &Limits,
) -> Stop {
    let at = floor(text, error.marker().byte_offset().unwrap_or_default());
    let kind = error.kind();
    let flow =
        if matches!(kind, ErrorKind::UnclosedFlowCollection { .. }) { Some(flow.unwrap_or(at).min(at)) } else { flow };
    if *kind == ErrorKind::MissingAnchorOrAliasName && text[at..].starts_with('*') {
        return star(source, at);
    }
    if *kind == ErrorKind::CommentNotSeparated && hides(text, at) {
        return hash(source, at);
    }
    if let Some(at) = flow.and_then(|flow| swallowing(text, flow, at)) {
        return hash(source, at);
    }
    let length = text[at..].chars().next().filter(|&c| c != '\n' && c != '\r').map_or(0, char::len_utf8);
    let span = Span::new(at, at + length);
    if *kind == ErrorKind::RecursionLimitExceeded {
        return Stop::Fatal(too_deep(source, span, limits));
    }
    let line_start = text[..at].rfind('\n').map_or(0, |index| index + 1);
    let indent = &text
        [line_start..line_start + text[line_start..].len() - text[line_start..].trim_start_matches([' ', '\t']).len()];
    if let Some(tab) = indent.find('\t') {
        let tab = line_start + tab;
        let length = text[tab..].len() - text[tab..].trim_start_matches('\t').len();
        return Stop::Fatal(
            Diagnostic::error("yaml/syntax", source, Span::new(tab, tab + length), "this line is indented with a tab")
                .label("a tab")
                .help("indent with spaces; YAML allows no tabs there"),
        );
    }
    Stop::Fatal(Diagnostic::error("yaml/syntax", source, span, error.info()).maybe_help(advice(kind)))
}

fn advice(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "a text that contains ': ' must stand in quotes"
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            "remove it; inside double quotes it can be written as an escape such as \"\\x1b\""
        }
        ErrorKind::UnexpectedCharacter { .. } => "a text that begins with this character must stand in quotes",
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::InvalidIndentation => {
            "this line is not indented like those it belongs to"
        }
        ErrorKind::InvalidQuotedScalarIndent => "is the quote above this line closed?",
        ErrorKind::SimpleKeyExpected => "a key is followed by a colon and a space",
        _ => return None,
    })
}

/// The `#` in the flow collection from `start` that hides a comma or bracket, so that an error arises at `end`.
fn swallowing(text: &str, start: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    // The error of a bracket that is never closed is reported at the bracket itself; the comment is on its lines.
    let end = if end <= start { bytes.len() } else { end };
    let mut quote = None;
    let mut at = start;
    while at < end {
        let byte = bytes[at];
        match quote {
            Some(open) if byte == open => quote = None,
            Some(b'"') if byte == b'\\' => at += 1,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'#' && at > 0 && matches!(bytes[at - 1], b' ' | b'\t' | b'[' | b'{' | b',') => {
                if hides(text, at) {
                    return Some(at);
                }
                at += rest_of_line(text, at).len();
                continue;
            }
            None => {}
        }
        at += 1;
    }
    None
}

/// Whether the `#` at this offset stands where a value of a flow collection ends: what follows looks as if it went on.
fn hides(text: &str, at: usize) -> bool {
    rest_of_line(text, at).strip_prefix('#').is_some_and(|rest| rest.trim_start().starts_with([',', ']', '}', ':']))
}

fn rest_of_line(text: &str, at: usize) -> &str {
    text[at..].split('\n').next().unwrap_or_default()
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

//! Turns errors of the YAML parser into diagnostics with help.

use std::sync::Arc;

use granit_parser::{self as events, ErrorKind, ScanError};

use super::Limits;
use super::stop::ParseStop;
use crate::source::diagnostics::{Diagnostic, Location, Source, Span};

/// Converts a span of the parser.
pub(super) fn span_of(place: &events::Span) -> Span {
    // Offsets are always known for a text in memory.
    let start = place.start.byte_offset().unwrap_or_default();
    Span::new(start, place.end.byte_offset().unwrap_or_default().max(start))
}

/// The error that a text is nested too deeply.
pub(super) fn too_deep(source: &Arc<Source>, span: Span, limits: &Limits) -> Diagnostic {
    let message = format!("lists and mappings are nested more than {} levels deep", limits.depth);
    Diagnostic::error("yaml/too-deep", source, span, message).label("one level too many")
}

/// The error for a star that needs quotes.
pub(super) fn star(source: &Arc<Source>, at: usize) -> ParseStop {
    let diagnostic =
        Diagnostic::error("yaml/syntax", source, Span::new(at, at + 1), "'*' begins an alias but no name follows")
            .label("needs quotes")
            .help("write \"*\" in quotes to mean the star key")
            .replacement("\"*\"");
    ParseStop::Repairable { at, diagnostic: Box::new(diagnostic) }
}

fn hash(source: &Arc<Source>, at: usize) -> ParseStop {
    let diagnostic = Diagnostic::error(
        "yaml/syntax",
        source,
        Span::new(at, at + 1),
        "'#' begins a comment here, which hides the rest of the line",
    )
    .label("needs quotes")
    .help("write \"#\" in quotes to mean the hash key")
    .replacement("\"#\"");
    ParseStop::Repairable { at, diagnostic: Box::new(diagnostic) }
}

/// Explains an error of the parser. `flow` is the offset of the outermost open `[` or `{`; `text`
/// is the source's text, perhaps with single characters replaced.
pub(super) fn explain(
    source: &Arc<Source>,
    text: &str,
    error: &ScanError,
    flow: Option<usize>,
    limits: &Limits,
) -> ParseStop {
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
        return ParseStop::fatal(too_deep(source, span, limits));
    }
    if let Some(tab) = indenting_tab(text, at, kind) {
        let length = text[tab..].len() - text[tab..].trim_start_matches('\t').len();
        return ParseStop::fatal(
            Diagnostic::error("yaml/syntax", source, Span::new(tab, tab + length), "this line is indented with a tab")
                .label("a tab")
                .help("indent with spaces; YAML allows no tabs there"),
        );
    }
    let message = match kind {
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            format!("unexpected control character U+{:04X}", u32::from(*character))
        }
        ErrorKind::UnexpectedCharacter { character } => format!("unexpected character '{character}'"),
        _ => error.info(),
    };
    let diagnostic = Diagnostic::error("yaml/syntax", source, span, message);
    ParseStop::fatal(match flow.filter(|&flow| text[flow.min(at)..at].contains('\n')) {
        // An error on a later line is usually a missing bracket on an earlier one.
        Some(open) => diagnostic
            .related(Location { source: source.clone(), span: Span::new(open, open + 1) }, "opened here")
            .help("is this bracket closed?"),
        None => diagnostic.maybe_help(advice(kind)),
    })
}

/// The tab that indents the line of an error at `at`. The parser reports some errors about tabs at
/// the end of the previous line.
fn indenting_tab(text: &str, at: usize, kind: &ErrorKind) -> Option<usize> {
    let line_start = text[..at].rfind('\n').map_or(0, |index| index + 1);
    let next = matches!(kind, ErrorKind::TabInPlainScalar | ErrorKind::TabNotAllowed | ErrorKind::TabInIndentation)
        .then(|| text[at..].find('\n').map(|index| at + index + 1))
        .flatten();
    [Some(line_start), next].into_iter().flatten().find_map(|start| {
        let line = rest_of_line(text, start);
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        indent.find('\t').map(|index| start + index)
    })
}

fn advice(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "a text that contains ': ' needs quotes"
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            "remove it; inside double quotes it can be written as an escape such as \"\\x1b\""
        }
        ErrorKind::UnexpectedCharacter { .. } => "a text that begins with this character needs quotes",
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::InvalidIndentation => {
            "this line is not indented like the other lines of its block"
        }
        ErrorKind::InvalidQuotedScalarIndent => "is the quote above this line closed?",
        ErrorKind::SimpleKeyExpected => "a key is followed by a colon and a space",
        _ => return None,
    })
}

/// The `#` in the flow collection from `start` that comments out a comma or bracket and so causes
/// the error at `end`.
fn swallowing(text: &str, start: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    // An unclosed bracket is reported at the bracket itself; the comment follows it.
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

/// Whether the text after the `#` at this offset looks like the continuation of a flow collection.
fn hides(text: &str, at: usize) -> bool {
    rest_of_line(text, at).strip_prefix('#').is_some_and(|rest| rest.trim_start().starts_with([',', ']', '}', ':']))
}

fn rest_of_line(text: &str, at: usize) -> &str {
    text[at..].split('\n').next().unwrap_or_default()
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

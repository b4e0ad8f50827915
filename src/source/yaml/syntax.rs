//! What the parser says about a broken text, in words that help.

use std::sync::Arc;

use granit_parser::{self as events, ErrorKind, ScanError};

use super::Limits;
use super::build::Stop;
use crate::source::diagnostics::{Diagnostic, Location, Source, Span};

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
    Stop::Repairable { at, diagnostic: Box::new(diagnostic) }
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
    Stop::Repairable { at, diagnostic: Box::new(diagnostic) }
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
        return Stop::fatal(too_deep(source, span, limits));
    }
    if let Some(tab) = indenting_tab(text, at, kind) {
        let length = text[tab..].len() - text[tab..].trim_start_matches('\t').len();
        return Stop::fatal(
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
    Stop::fatal(match flow.filter(|&flow| text[flow.min(at)..at].contains('\n')) {
        // What looks wrong on a later line most often is a bracket that was forgotten on an earlier one.
        Some(open) => diagnostic
            .related(Location { source: source.clone(), span: Span::new(open, open + 1) }, "opened here")
            .help("is this bracket closed?"),
        None => diagnostic.maybe_help(advice(kind)),
    })
}

/// The tab that indents the line of an error at `at`; some errors about tabs are reported at the end of the line before.
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

//! Comments that were meant as the hash key.

use crate::diagnose::{Source, Span};

/// Where a comment begins that has taken the place of a value: `dtmf: #` or `- #`.
///
/// `value` is the span of a null scalar. The answer covers the `#` alone. An ordinary comment after a value left out on
/// purpose (`greeting: # later`) is not told apart from a hash key; the caller knows where keys are meant.
pub fn comment_swallowed(source: &Source, value: Span) -> Option<Span> {
    if value.start != value.end {
        return None;
    }
    let start = value.end as usize;
    let rest = source.text().get(start..)?.split('\n').next()?;
    let comment = rest.trim_start_matches([' ', '\t', ':']);
    let at = start + rest.len() - comment.len();
    (comment.starts_with('#') && at > start).then(|| Span::new(at, at + 1))
}

/// Where comments begin that have taken the place of entries of a block mapping: lines `#: value` that are indented
/// like its keys, among its entries or right after them.
///
/// The answers cover the `#` alone.
pub fn comment_entries(source: &Source, mapping: Span) -> Vec<Span> {
    let first = source.position(mapping.start);
    let last = source.position(mapping.end).line;
    let indent = first.column as usize - 1;
    let mut start = mapping.start as usize - source.text().get(..mapping.start as usize).map_or(0, last_line_length);
    let mut found = Vec::new();
    for (index, line) in source.text().get(start..).unwrap_or_default().split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        if first.line as usize + index > last as usize && !content.starts_with('#') {
            break;
        }
        if line.len() - content.len() == indent && (content.starts_with("#: ") || content.trim_end() == "#:") {
            found.push(Span::new(start + indent, start + indent + 1));
        }
        start += line.len();
    }
    found
}

fn last_line_length(text: &str) -> usize {
    text.len() - text.rfind('\n').map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::Diagnostics;
    use crate::yaml::{Data, Limits, Node, parse};
    use std::sync::Arc;

    fn read(text: &str) -> (Arc<Source>, Node) {
        let source = Source::new("t.yaml", text);
        let mut diagnostics = Diagnostics::new();
        let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        (source, node)
    }

    /// The byte of the `#` that each value of the mapping gave way to.
    fn swallowed(text: &str) -> Vec<Option<u32>> {
        let (source, node) = read(text);
        let values: Vec<&Node> = match &node.data {
            Data::Mapping(entries) => entries.iter().map(|entry| &entry.value).collect(),
            Data::Sequence(items) => items.iter().collect(),
            Data::Scalar(_) => vec![&node],
        };
        values.into_iter().map(|value| comment_swallowed(&source, value.span).map(|span| span.start)).collect()
    }

    #[test]
    fn a_comment_in_place_of_a_value_is_seen() {
        assert_eq!(swallowed("dtmf: #\nb: 1 # one\nc:\nd: ~ # none\n"), [Some(6), None, None, None]);
        assert_eq!(swallowed("- #\n- 1\n-   # x\n- \"#\"\n"), [Some(2), None, Some(12), None]);
        assert_eq!(swallowed("- a:\n# x\n- # y\n\n  # z\n-\n- #"), [None, Some(11), None, Some(26)]);
        assert_eq!(swallowed("a:\n  # about b\nb: 1\n"), [None, None]);
    }

    #[test]
    fn a_comment_in_place_of_an_entry_is_seen() {
        let entries = |text: &str| {
            let (source, node) = read(text);
            let Data::Mapping(entries) = &node.data else { panic!("no mapping") };
            comment_entries(&source, entries[0].value.span).into_iter().map(|span| span.start).collect::<Vec<_>>()
        };
        assert_eq!(entries("keys:\n  1: a\n  #: b\n  2: c\n  #: d\nnext: 1\n"), [15, 29]);
        assert_eq!(entries("keys:\n  1: a\n#: b\n  # : c\n  #d: e\nnext: 1\n  #: x\n"), Vec::<u32>::new());
    }
}

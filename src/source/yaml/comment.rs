//! Detects an unquoted `#` that YAML reads as a comment but the user meant as the hash key.

use crate::source::diagnostics::{Source, Span};

/// The `#` of a comment that stands where a value is expected: `dtmf: #` or `- #`.
///
/// `value` is the span of a null scalar. The result covers only the `#`. An ordinary comment after
/// a value left out on purpose (`greeting: # later`) looks the same; callers know where telephone
/// keys are expected.
pub(crate) fn comment_swallowed(source: &Source, value: Span) -> Option<Span> {
    if value.start != value.end {
        return None;
    }
    let start = value.end as usize;
    let rest = source.text().get(start..)?.split('\n').next()?;
    let comment = rest.trim_start_matches([' ', '\t', ':']);
    let at = start + rest.len() - comment.len();
    (comment.starts_with('#') && at > start).then(|| Span::new(at, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::diagnostics::Diagnostics;
    use crate::source::yaml::{Data, Limits, Node, parse};
    use std::sync::Arc;

    fn read(text: &str) -> (Arc<Source>, Node) {
        let source = Source::new("t.yaml", text);
        let mut diagnostics = Diagnostics::new();
        let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        (source, node)
    }

    /// The byte offset of the `#` that stands in place of each value of the mapping.
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
}

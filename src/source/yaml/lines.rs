//! The line range of a value in its file.

use crate::source::diagnostics::{Source, Span};

/// The first and the last line of a span, both counted from 1. The span of a block value extends to
/// the next token, so blank lines and comments at its end are left out.
pub(crate) fn written_lines(source: &Source, span: Span) -> (u32, u32) {
    let first = source.position(span.start).line;
    let written = source.slice(span).lines().enumerate().filter(|(_, line)| is_written(line));
    let last = written.last().map_or(0, |(index, _)| index as u32);
    (first, first + last)
}

/// Whether a line is neither blank nor a comment.
fn is_written(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::diagnostics::Diagnostics;
    use crate::source::yaml::{Data, Limits, parse};

    #[test]
    fn blank_lines_and_comments_behind_a_value_are_not_part_of_it() {
        let text =
            "list:\n  - a: 1\n    # within\n    b: 2 # at its end\n\n  # behind\n\n  - { a: 3,\n  b: 4 }\nlast: x\n";
        let source = Source::new("t.yaml", text);
        let tree = parse(&source, &Limits::default(), &mut Diagnostics::new()).unwrap();
        let Data::Mapping(entries) = &tree.data else { panic!("a mapping") };
        let Data::Sequence(nodes) = &entries[0].value.data else { panic!("a list") };
        let lines: Vec<_> = nodes.iter().map(|node| written_lines(&source, node.span)).collect();
        assert_eq!(lines, [(2, 4), (8, 9)]);
    }
}

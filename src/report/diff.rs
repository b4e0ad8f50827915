//! A path expected beside the path taken, as two columns.

use crate::score::Aligned;

/// One line of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DiffLine {
    /// How the two differ.
    pub mark: DiffMark,
    /// Both columns, aligned.
    pub text: String,
}

/// How a row of an alignment differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiffMark {
    /// The heading.
    Heading,
    /// As expected.
    Same,
    /// Expected and not walked.
    Missing,
    /// Walked and not expected.
    Extra,
    /// Another node than expected.
    Other,
}

impl DiffMark {
    /// The sign before the line.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Heading | Self::Same => "  ",
            Self::Missing => "- ",
            Self::Extra => "+ ",
            Self::Other => "-+",
        }
    }
}

/// Rows of an alignment that are shown; the middle of a longer one gives way.
const SHOWN: usize = 60;

/// An alignment as lines: a heading, then expected on the left and taken on the right.
pub(crate) fn path_diff(alignment: &[Aligned]) -> Vec<DiffLine> {
    const EXPECTED: &str = "expected";
    let width = |row: &Aligned| row.expected.as_deref().unwrap_or_default().chars().count();
    let column = alignment.iter().map(width).max().unwrap_or(0).max(EXPECTED.len());
    let line = |mark, left: &str, right: &str| DiffLine {
        mark,
        text: format!("{left:<column$}  {right}").trim_end().to_owned(),
    };
    let mut lines = vec![line(DiffMark::Heading, EXPECTED, "taken")];
    let hidden = alignment.len().saturating_sub(SHOWN);
    for (index, row) in alignment.iter().enumerate() {
        if hidden > 0 && index == SHOWN / 2 {
            lines.push(line(DiffMark::Same, &format!("… {hidden} more"), ""));
        }
        if index >= SHOWN / 2 && index < SHOWN / 2 + hidden {
            continue;
        }
        let (expected, taken) = (row.expected.as_deref(), row.taken.as_deref());
        let mark = match (expected, taken) {
            (None, _) => DiffMark::Extra,
            (_, None) => DiffMark::Missing,
            (Some(expected), Some(taken)) if fits(expected, taken) => DiffMark::Same,
            (Some(_), Some(_)) => DiffMark::Other,
        };
        lines.push(line(mark, expected.unwrap_or_default(), taken.unwrap_or_default()));
    }
    lines
}

/// Whether the item of a pattern allows the node.
fn fits(expected: &str, taken: &str) -> bool {
    expected == "..." || expected == "?" || expected.split('|').any(|name| name == taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(rows: &[(&str, &str)]) -> String {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let rows: Vec<Aligned> =
            rows.iter().map(|(expected, taken)| Aligned { expected: part(expected), taken: part(taken) }).collect();
        path_diff(&rows).iter().map(|line| format!("{}{}\n", line.mark.sign(), line.text)).collect()
    }

    #[test]
    fn both_columns_are_aligned() {
        let shown = show(&[("welcome", "welcome"), ("hours|holiday", "holiday"), ("main_menu", ""), ("", "voicemail")]);
        insta::assert_snapshot!(shown, @r"
          expected       taken
          welcome        welcome
          hours|holiday  holiday
        - main_menu
        +                voicemail
        ");
    }

    #[test]
    fn a_pattern_that_took_several_nodes_is_no_difference() {
        let shown = show(&[("...", "a"), ("...", "b"), ("?", "c"), ("d", "e")]);
        insta::assert_snapshot!(shown, @r"
          expected  taken
          ...       a
          ...       b
          ?         c
        -+d         e
        ");
    }

    #[test]
    fn the_middle_of_a_long_path_gives_way() {
        let rows = vec![("a", "a"); 200];
        let shown = show(&rows);
        assert_eq!(shown.lines().count(), 62);
        assert!(shown.contains("  … 140 more\n"));
    }
}

//! What a remote target runs in place of the local flows.

use crate::record::{DefinitionRecord, DefinitionSource};
use crate::source::diagnostics::{quoted, safe_text};

/// Flows that are named.
const NAMED: usize = 5;

/// A line for each flow of which the target's definition is another or is not known; flows of one note share a line.
pub(super) fn lines(definitions: &[DefinitionRecord]) -> Vec<String> {
    let mut noted: Vec<(&DefinitionRecord, &str, usize)> = Vec::new();
    for definition in definitions {
        let Some(note) = definition.note.as_deref() else { continue };
        let same =
            |(other, known, _): &&mut (&DefinitionRecord, &str, usize)| other.used == definition.used && *known == note;
        match noted.iter_mut().find(same) {
            Some((_, _, count)) => *count += 1,
            None => noted.push((definition, note, 1)),
        }
    }
    let line = |(definition, note, count): &(&DefinitionRecord, &str, usize)| {
        let used = match definition.used {
            DefinitionSource::Target => "the target's own flow was measured",
            DefinitionSource::Same | DefinitionSource::File => "the local file was measured",
        };
        let flow = quoted(&definition.flow);
        let others = if *count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        safe_text(&format!("{flow}{others}: {used}; {note}")).into_owned()
    };
    let mut lines: Vec<String> = noted.iter().take(NAMED).map(line).collect();
    if noted.len() > NAMED {
        lines.push(format!("… and {} more, see run.json", noted.len() - NAMED));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_of_one_note_share_a_line() {
        let definition = |flow: &str, used, note: Option<&str>| DefinitionRecord {
            flow: flow.to_owned(),
            used,
            note: note.map(str::to_owned),
        };
        let text = lines(&[
            definition("a", DefinitionSource::File, Some("it is gone")),
            definition("b", DefinitionSource::Same, None),
            definition("c", DefinitionSource::Target, Some("its text is another")),
            definition("d", DefinitionSource::File, Some("it is gone")),
        ]);
        assert_eq!(
            text,
            [
                "'a' and 1 more: the local file was measured; it is gone",
                "'c': the target's own flow was measured; its text is another",
            ]
        );
        assert_eq!(lines(&[]), [""; 0]);
    }
}

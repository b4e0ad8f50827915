//! `flow/shadowed-choice`

use std::collections::HashMap;

use super::subject::Subject;
use crate::flow::Kind;
use crate::source::diagnostics::rules::SHADOWED_CHOICE;
use crate::source::diagnostics::{Diagnostics, Severity, quoted};
use crate::source::yaml::format_duration;

/// A waiting time for the next key below which no caller can press it, in ms.
const MIN_KEY_INTERVAL_MS: u64 = 1_000;
/// Maximum number of longer choices listed in the message.
const MAX_LISTED: usize = 4;

/// Reports choices that are a prefix of a longer choice: after their keys the menu waits for the
/// next key.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (_, node) in subject.nodes() {
        let Kind::Menu(menu) = &node.kind else { continue };
        let places: HashMap<&str, usize> =
            menu.choices.iter().enumerate().map(|(place, keys)| (&**keys, place)).collect();
        let mut longer: Vec<Vec<&str>> = vec![Vec::new(); menu.choices.len()];
        for keys in &menu.choices {
            for (end, _) in keys.char_indices().skip(1) {
                if let Some(&shorter) = keys.get(..end).and_then(|keys| places.get(keys)) {
                    longer[shorter].push(keys);
                }
            }
        }
        for (place, longer) in longer.iter().enumerate().filter(|(_, longer)| !longer.is_empty()) {
            let Some(outcome) = node.outcomes.get(place) else { continue };
            let (keys, wait) = (quoted(&outcome.name), format_duration(menu.interdigit_ms));
            let mut names: Vec<String> = longer.iter().take(MAX_LISTED).map(|keys| quoted(keys)).collect();
            if longer.len() > MAX_LISTED {
                names.push(format!("{} more", longer.len() - MAX_LISTED));
            }
            let (names, verb) = (names.join(", "), if longer.len() == 1 { "begins" } else { "begin" });
            let (message, help, severity) = if menu.interdigit_ms < MIN_KEY_INTERVAL_MS {
                let message = format!("{names} {verb} with choice {keys}, after which the menu waits for {wait} only");
                (message, "give 'interdigit' a second or more, or use keys of one length", SHADOWED_CHOICE.severity)
            } else {
                let message = format!("{names} {verb} with choice {keys}, so that whoever presses {keys} waits {wait}");
                (message, "use keys of one length, or a 'terminator'", Severity::Note)
            };
            let mut diagnostic = SHADOWED_CHOICE.finding(&subject.flow.source, outcome.span, message).help(help);
            diagnostic.severity = severity;
            found.push(diagnostic);
        }
    }
}

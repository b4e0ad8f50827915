//! A comparison for a pull request.

use super::words::{self, LISTED};
use crate::report::compare::{Comparison, Direction, Scenario};
use crate::report::gate::gate_sentence;
use crate::report::markdown::{COMMENT, Room, code};

/// Gates and files that are named.
const NAMED: usize = 20;
/// Bytes that a list needs beside its entries.
const LIST: usize = 200;

/// The whole comparison as Markdown, short enough for a comment on a pull request.
pub(crate) fn comparison_markdown(comparison: &Comparison) -> String {
    let verdict = match (comparison.regression, comparison.different) {
        (true, _) => "❌ regression",
        (false, true) => "✅ no regression",
        (false, false) => "✅ no difference",
    };
    let mut room = Room::new(COMMENT);
    room.add(&format!("### callpath: {verdict}\n\n"));
    body(comparison, &mut room);
    room.into_text()
}

/// What follows the heading.
pub(in crate::report) fn body(comparison: &Comparison, room: &mut Room) {
    room.add(&format!("{}\n", words::sum(comparison)));
    let gates = comparison.newly_missed_gates.iter().map(|gate| ("newly missed gate", gate_sentence(gate)));
    let files = comparison.newly_rejected.iter().map(|file| ("newly unusable file", file.clone()));
    let all = comparison.newly_missed_gates.len() + comparison.newly_rejected.len();
    if all > 0 {
        room.add("\n");
    }
    let lines = gates.chain(files).take(NAMED).map(|(what, line)| format!("- **{what}**: {}\n", code(&line)));
    room.entries(lines, all as u64, more);
    if !comparison.measures.is_empty() {
        room.add("\n| measure | base | new | change |\n|---|--:|--:|--:|\n");
        for measure in &comparison.measures {
            let [base, new, change] = words::measure(measure);
            let mark = match measure.direction {
                Direction::Better => " ▲",
                Direction::Worse => " ▼",
                Direction::Same => "",
            };
            room.add(&format!("| {} | {base} | {new} | {}{mark} |\n", measure.measure, change.replace('<', "&lt;")));
        }
    }
    for list in words::lists(comparison) {
        if !room.has(LIST) {
            break;
        }
        let open = if list.bad { " open" } else { "" };
        let all = list.scenarios.len();
        room.add(&format!("\n<details{open}><summary>{} ({all})</summary>\n\n", list.title));
        room.entries(list.scenarios.iter().take(LISTED).map(entry), all as u64, more);
        room.add("\n</details>\n");
    }
    let inputs: Vec<String> = words::other_inputs(comparison).iter().map(|line| code(line)).collect();
    let inputs = format!("\nInputs: {}\n", inputs.join("; "));
    if inputs.contains('`') && room.has(inputs.len()) {
        room.add(&inputs);
    }
}

fn more(left: u64) -> String {
    format!("- … and {left} more\n")
}

fn entry(scenario: &Scenario) -> String {
    let mut text = format!("- {} {}", code(&scenario.id), words::verdicts(scenario));
    if let Some(why) = scenario.why.as_ref().filter(|_| words::reason_is_new(scenario)) {
        text += &format!("<br>{}", code(&format!("{}:{}: {why}", scenario.file, scenario.line)));
    }
    if let Some(change) = words::first_change(scenario) {
        text += &format!("<br>first change at {}", code(&change));
    }
    text + "\n"
}

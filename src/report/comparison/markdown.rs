//! A comparison for a pull request.

use super::words::{self, LISTED};
use crate::compare::{Comparison, Direction};
use crate::diagnose::safe_text;
use crate::report::gate::gate_sentence;

/// The whole comparison as Markdown.
pub fn comparison_markdown(comparison: &Comparison) -> String {
    let verdict = match (comparison.regression, comparison.different) {
        (true, _) => "❌ regression",
        (false, true) => "✅ no regression",
        (false, false) => "✅ no difference",
    };
    let mut text = format!("### callpath: {verdict}\n\n{}\n", words::sum(comparison));
    let gates = comparison.newly_missed_gates.iter().map(|gate| ("newly missed gate", gate_sentence(gate)));
    let files = comparison.newly_rejected.iter().map(|file| ("newly unusable file", file.clone()));
    for (index, (what, line)) in gates.chain(files).enumerate() {
        text += if index == 0 { "\n" } else { "" };
        text += &format!("- **{what}**: {}\n", code(&line));
    }
    if !comparison.measures.is_empty() {
        text += "\n| measure | base | new | change |\n|---|--:|--:|--:|\n";
        for measure in &comparison.measures {
            let [base, new, change] = words::measure(measure);
            let mark = match measure.direction {
                Direction::Better => " ▲",
                Direction::Worse => " ▼",
                Direction::Same => "",
            };
            text += &format!("| {} | {base} | {new} | {}{mark} |\n", measure.measure, change.replace('<', "&lt;"));
        }
    }
    for list in words::lists(comparison) {
        let open = if list.bad { " open" } else { "" };
        text += &format!("\n<details{open}><summary>{} ({})</summary>\n\n", list.title, list.scenarios.len());
        for scenario in list.scenarios.iter().take(LISTED) {
            text += &format!("- {} {}", code(&scenario.id), words::verdicts(scenario));
            if let Some(why) = scenario.why.as_ref().filter(|_| words::reason_is_new(scenario)) {
                text += &format!("<br>{}", code(&format!("{}:{}: {why}", scenario.file, scenario.line)));
            }
            if let Some(change) = words::first_change(scenario) {
                text += &format!("<br>first change at {}", code(&change));
            }
            text.push('\n');
        }
        if list.scenarios.len() > LISTED {
            text += &format!("- … and {} more\n", list.scenarios.len() - LISTED);
        }
        text += "\n</details>\n";
    }
    let lines = words::other_inputs(comparison);
    if !lines.is_empty() {
        text += &format!("\nInputs: {}\n", lines.iter().map(|line| code(line)).collect::<Vec<_>>().join("; "));
    }
    text
}

/// A text as code, in which nothing of it is markup.
fn code(text: &str) -> String {
    let text = safe_text(text).replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A fence must not touch a backtick of the text.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

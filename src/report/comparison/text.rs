//! A comparison on a terminal.

use super::words::{self, LISTED, List};
use crate::report::compare::{Comparison, Direction, Scenario, Side};
use crate::report::gate::gate_sentence;
use crate::report::numbers::{count, things};
use crate::report::paint::Paint;
use crate::report::table::table;
use crate::source::diagnostics::safe_text;

/// The whole comparison; `color` says whether with ANSI colours.
pub(crate) fn comparison_text(comparison: &Comparison, color: bool) -> String {
    let paint = Paint { color };
    let mut text = String::new();
    for (name, side) in [("base", &comparison.base), ("new", &comparison.new)] {
        text += &format!("{}  {}\n", paint.dim(format!("{name:<6}")), safe_text(&side_line(side)));
    }
    for (index, line) in words::other_inputs(comparison).iter().enumerate() {
        let name = if index == 0 { "inputs" } else { "" };
        text += &format!("{}  {}\n", paint.dim(format!("{name:<6}")), safe_text(line));
    }
    text.push('\n');
    for gate in &comparison.newly_missed_gates {
        text += &format!("{}  {}\n", paint.red("newly missed gate"), safe_text(&gate_sentence(gate)));
    }
    for file in &comparison.newly_rejected {
        text += &format!("{}  {}\n", paint.red("newly unusable file"), safe_text(file));
    }
    if !comparison.newly_missed_gates.is_empty() || !comparison.newly_rejected.is_empty() {
        text.push('\n');
    }
    for list in words::lists(comparison) {
        text += &scenarios(&list, paint);
        text.push('\n');
    }
    if !comparison.measures.is_empty() {
        text += &measures(comparison, paint);
        text.push('\n');
    }
    let verdict = match (comparison.regression, comparison.different) {
        (true, _) => paint.red("regression"),
        (false, true) => paint.bold("no regression"),
        (false, false) => paint.green("no difference"),
    };
    text + &format!("{verdict}: {}\n", words::sum(comparison))
}

fn side_line(side: &Side) -> String {
    let stopped = if side.stopped.is_some() { ", ended early" } else { "" };
    format!("{} ({}, {}{stopped})", side.file, side.started, things(side.scenarios, "scenario", "scenarios"))
}

fn scenarios(list: &List<'_>, paint: Paint) -> String {
    let number = count(list.scenarios.len() as u64);
    let title = if list.bad { paint.red(list.title) } else { paint.bold(list.title) };
    let mut text = format!("{title}  {number}\n");
    for scenario in list.scenarios.iter().take(LISTED) {
        text += &format!("  {}  {}\n", safe_text(&scenario.id), paint.dim(words::verdicts(scenario)));
        if list.detailed || scenario.first_change.is_some() {
            for line in details(scenario) {
                text += &format!("    {}\n", safe_text(&line));
            }
        }
    }
    if list.scenarios.len() > LISTED {
        text += &format!("  … and {} more\n", count((list.scenarios.len() - LISTED) as u64));
    }
    text
}

fn details(scenario: &Scenario) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(why) = scenario.why.as_ref().filter(|_| words::reason_is_new(scenario)) {
        lines.push(format!("{}:{}: {why}", scenario.file, scenario.line));
    }
    lines.extend(words::first_change(scenario).map(|change| format!("first change at {change}")));
    lines
}

fn measures(comparison: &Comparison, paint: Paint) -> String {
    let mut rows = vec![["measure", "base", "new", "change"].map(str::to_owned).to_vec()];
    rows.extend(comparison.measures.iter().map(|measure| {
        let [base, new, change] = words::measure(measure);
        vec![measure.measure.clone(), base, new, change]
    }));
    let mut text = String::new();
    for (index, line) in table(&rows).into_iter().enumerate() {
        let direction = index.checked_sub(1).and_then(|index| comparison.measures.get(index)).map(|one| one.direction);
        text += &match direction {
            None => paint.bold(line),
            Some(Direction::Worse) => paint.red(line),
            Some(Direction::Better) => paint.green(line),
            Some(Direction::Same) => line,
        };
        text.push('\n');
    }
    text
}

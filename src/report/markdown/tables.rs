//! Scores, suites and coverage.

use super::text::{cell, code};
use crate::record::{CoverageKind, CoverageRecord, RunRecord, Scores, Totals};
use crate::report::numbers::{NONE, count, percent, things};

/// Suites and flows in a table; of further ones only the sum is shown.
const ROWS: usize = 20;
/// Missing items that are named.
const MISSING: usize = 20;
/// The kinds in the table; the others are in the record.
const KINDS: [CoverageKind; 4] = [CoverageKind::Nodes, CoverageKind::Outcomes, CoverageKind::Edges, CoverageKind::Ends];

/// What comes last, of bounded length. A comparison has shown the scores already.
pub(super) fn tail(record: &RunRecord, compared: bool) -> String {
    let mut text = String::new();
    if !compared && !record.suites.is_empty() {
        text += &scores(record);
    }
    if record.suites.len() > 1 {
        text += &suites(record);
    }
    if let Some(coverage) = &record.coverage {
        text += &flows(coverage);
    }
    text
}

fn scores(record: &RunRecord) -> String {
    let (totals, scores) = (&record.totals, &record.scores);
    let joint = scores.joint_accuracy.map_or_else(String::new, |joint| {
        format!("95 % interval {} to {}", percent(Some(joint.low)), percent(Some(joint.high)))
    });
    let of = |right: u64, all: u64, what: &str| match all {
        0 => String::new(),
        all => format!("{} of {} {what}", count(right), count(all)),
    };
    let mean = |number: u64, one: &str, many: &str| match number {
        0 => String::new(),
        number => format!("mean of {}", things(number, one, many)),
    };
    let rows = [
        ("joint accuracy", scores.joint_accuracy.map(|joint| joint.value), joint),
        ("accuracy", scores.accuracy, of(totals.decisions_right, totals.decisions, "decisions right")),
        ("check accuracy", scores.check_accuracy, of(totals.checks_held, totals.checks, "checks held")),
        ("path fitness", scores.path_fitness, mean(totals.paths, "path", "paths")),
        ("efficiency", scores.efficiency, mean(totals.efficiencies, "call", "calls")),
    ];
    let results =
        ("result accuracy", scores.result_accuracy, of(totals.results_right, totals.results, "results right"));
    let rows: Vec<_> = rows.into_iter().chain((totals.results > 0).then_some(results)).collect();
    let rows: Vec<String> =
        rows.into_iter().map(|(name, ratio, what)| format!("| {name} | {} | {what} |\n", percent(ratio))).collect();
    format!("\n| score | | |\n|---|--:|---|\n{}", rows.concat())
}

fn suites(record: &RunRecord) -> String {
    let row = |name: &str, totals: &Totals, scores: &Scores| {
        let cells = [
            name.to_owned(),
            count(totals.scenarios),
            count(totals.passed + totals.flaky),
            count(totals.failed),
            count(totals.error),
            count(totals.skipped),
            percent(scores.accuracy),
        ];
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = format!(
        "\n<details><summary>{}</summary>\n\n\
         | suite | scenarios | passed | failed | error | skipped | accuracy |\n|---|--:|--:|--:|--:|--:|--:|\n",
        things(record.suites.len() as u64, "suite", "suites")
    );
    for suite in record.suites.iter().take(ROWS) {
        text += &row(&cell(&suite.suite), &suite.totals, &suite.scores);
    }
    let more = record.suites.len().saturating_sub(ROWS);
    if more > 0 {
        text += &format!("| … {more} more | | | | | | |\n");
    }
    text += &row("all", &record.totals, &record.scores);
    text + "\n</details>\n"
}

fn flows(coverage: &CoverageRecord) -> String {
    let row = |name: &str, kinds: &crate::record::CoverageKinds| {
        let cells = KINDS.iter().map(|kind| kinds.get(kind).map_or(NONE.to_owned(), |count| percent(count.ratio())));
        let cells: Vec<String> = std::iter::once(name.to_owned()).chain(cells).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = "\n| coverage | nodes | outcomes | edges | ends |\n|---|--:|--:|--:|--:|\n".to_owned();
    for flow in coverage.flows.iter().take(ROWS) {
        text += &row(&cell(&flow.flow), &flow.kinds);
    }
    let more = coverage.flows.len().saturating_sub(ROWS);
    if more > 0 {
        text += &format!("| … {more} more | | | | |\n");
    }
    if coverage.flows.len() > 1 {
        text += &row("all", &coverage.totals);
    }
    let all = coverage.flows.iter().map(|flow| flow.missing.len()).sum::<usize>();
    if all == 0 {
        return text;
    }
    text += &format!("\n<details><summary>not covered ({})</summary>\n\n", count(all as u64));
    for item in coverage.flows.iter().flat_map(|flow| &flow.missing).take(MISSING) {
        let what = match item.kind {
            CoverageKind::Nodes => "node ",
            CoverageKind::Edges => "edge ",
            _ => "",
        };
        text += &format!("- {}\n", code(&format!("{}:{}  {what}{}", item.file, item.line, item.item)));
    }
    if all > MISSING {
        text += &format!("- … and {} more\n", count((all - MISSING) as u64));
    }
    text + "\n</details>\n"
}

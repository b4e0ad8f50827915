//! The tables of the overview.

use maud::{Markup, html};

use super::parts::{kind_title, meter, scenario_link, verdict};
use crate::record::{CoverageKind, CoverageKinds, CoverageRecord, RunRecord, Scores, Totals};
use crate::report::gate::gate_parts;
use crate::report::html::data::Failing;
use crate::report::numbers::{count, percent, things, wall};
use crate::source::diagnostics::{DiagnosticRecord, Severity};

/// Suites, and flows, that the static tables name.
const ROWS: usize = 100;
/// Kinds of coverage with a column; the flows' own sections have all.
const KINDS: [CoverageKind; 5] =
    [CoverageKind::Nodes, CoverageKind::Outcomes, CoverageKind::Edges, CoverageKind::EdgePairs, CoverageKind::Ends];

/// A table that scrolls by itself where it is wider than the page.
fn scrolling(label: &str, table: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="group" aria-label=(label) { (table) } }
}

/// What the run had to reach.
pub(super) fn gates(record: &RunRecord) -> Markup {
    let missed = record.missed_gates().count() as u64;
    let all = record.gates.len() as u64;
    html! {
        section.card aria-labelledby="gates-title" {
            h2 #gates-title { "Gates" }
            p.lead { @match missed { 0 => { "All held." } missed => { (count(missed)) " of " (things(all, "gate", "gates")) " missed." } } }
            (scrolling("Gates", &html! { table {
                thead { tr { th scope="col" { "Gate" } th scope="col" { "Scope" } th.number scope="col" { "Measured" } th.number scope="col" { "Asked" } th scope="col" { "Result" } } }
                tbody {
                    @for gate in &record.gates {
                        @let parts = gate_parts(gate);
                        tr {
                            th scope="row" { (parts.measure) }
                            td { @match &gate.gate.suite { Some(suite) => code { (suite) } None => { "the run" } } }
                            td.number { (parts.measured) }
                            td.number { (parts.bound) " " (parts.limit) }
                            td { @if gate.held { span.verdict.v-passed { span.mark aria-hidden="true" { "✓" } "held" } } @else { span.verdict.v-failed { span.mark aria-hidden="true" { "✗" } "missed" } } }
                        }
                    }
                }
            } }))
        }
    }
}

/// Files that could not be used, with every mistake.
pub(super) fn rejected(record: &RunRecord) -> Markup {
    html! {
        section.card aria-labelledby="rejected-title" {
            h2 #rejected-title { "Files that could not be used" }
            @for file in record.rejected.iter().take(ROWS) {
                details.rejected open[record.rejected.len() <= 5] {
                    summary { code { (file.file) } " " span.of { (things(file.diagnostics.len() as u64, "message", "messages")) } }
                    @for diagnostic in file.diagnostics.iter().take(20) { (self::diagnostic(diagnostic)) }
                }
            }
            @if record.rejected.len() > ROWS { p.more { "and " (count((record.rejected.len() - ROWS) as u64)) " more, see run.json" } }
        }
    }
}

fn diagnostic(diagnostic: &DiagnosticRecord) -> Markup {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    html! {
        div.diagnostic {
            p { strong { (severity) } ": " (diagnostic.message) }
            p.place { code { (diagnostic.file) @if let Some(line) = diagnostic.line { ":" (line) @if let Some(column) = diagnostic.column { ":" (column) } } } " " span.of { (diagnostic.rule) } }
            @if let Some(line) = &diagnostic.source_line { (quoted_line(line, diagnostic.column, diagnostic.length)) }
            @if let Some(help) = &diagnostic.help { p.help { "help: " (help) } }
        }
    }
}

/// A line of a file with what is meant marked.
fn quoted_line(line: &str, column: Option<u32>, length: Option<u32>) -> Markup {
    let start = column.unwrap_or(1).saturating_sub(1) as usize;
    let length = length.unwrap_or(0) as usize;
    let part = |from: usize, many: usize| line.chars().skip(from).take(many).collect::<String>();
    html! {
        pre.source tabindex="0" { code { (part(0, start)) mark { (part(start, length)) } (part(start.saturating_add(length), usize::MAX)) } }
    }
}

/// The first scenarios that did not pass.
pub(super) fn failing(failing: &Failing) -> Markup {
    html! {
        section.card aria-labelledby="failing-title" {
            h2 #failing-title { "What did not pass" }
            ol.failing {
                @for one in &failing.list {
                    li {
                        (verdict(one.verdict))
                        div {
                            (scenario_link(&one.id))
                            p.why { (one.why) " " code.place { (one.file) ":" (one.line) } }
                        }
                    }
                }
            }
            @if failing.count > failing.list.len() as u64 {
                p.more { a href="#list?verdict=failed,error" { "All " (count(failing.count)) " that did not pass" } }
            }
        }
    }
}

/// Coverage by flow and kind.
pub(super) fn coverage(coverage: &CoverageRecord) -> Markup {
    let cells = |kinds: &CoverageKinds| {
        html! {
            @for kind in KINDS {
                @let counted = kinds.get(&kind);
                td.number {
                    @match counted {
                        Some(counted) => { (percent(counted.ratio())) (meter(counted.ratio())) @if counted.passed < counted.covered { span.of { (percent(counted.passed_ratio())) " passed" } } }
                        None => span.none { "–" }
                    }
                }
            }
        }
    };
    let missing =
        |number: usize| html! { td.number { @if number == 0 { span.none { "–" } } @else { (count(number as u64)) } } };
    let all = coverage.flows.iter().map(|flow| flow.missing.len()).sum();
    html! {
        section.card aria-labelledby="coverage-title" {
            h2 #coverage-title { "Coverage" }
            p.lead { "What the calls came to, of what a call can come to." }
            (scrolling("Coverage by flow", &html! { table.coverage {
                thead { tr { th scope="col" { "Flow" } @for kind in KINDS { th.number scope="col" { (kind_title(kind)) } } th.number scope="col" { "Missing" } } }
                tbody {
                    @for flow in coverage.flows.iter().take(ROWS) {
                        tr { th scope="row" { a href={ "#flow=" (super::parts::encoded(&flow.flow)) } { (flow.flow) } } (cells(&flow.kinds)) (missing(flow.missing.len())) }
                    }
                }
                @if coverage.flows.len() > 1 { tfoot { tr { th scope="row" { "All " (things(coverage.flows.len() as u64, "flow", "flows")) } (cells(&coverage.totals)) (missing(all)) } } }
            } }))
            @if coverage.flows.len() > ROWS { p.more { "and " (count((coverage.flows.len() - ROWS) as u64)) " more flows, see run.json" } }
        }
    }
}

/// The suites with their scores.
pub(super) fn suites(record: &RunRecord) -> Markup {
    let all = &record.totals;
    let cells = |totals: &Totals, scores: &Scores| {
        html! {
            td.number { (count(totals.scenarios)) }
            td.number { (count(totals.passed + totals.flaky)) }
            td.number { @if totals.failed > 0 { strong.bad { (count(totals.failed)) } } @else { "0" } }
            @if all.error > 0 { td.number { @if totals.error > 0 { strong.bad { (count(totals.error)) } } @else { "0" } } }
            @if all.skipped > 0 { td.number { (count(totals.skipped)) } }
            td.number { (percent(scores.accuracy)) }
            td.number { (percent(scores.path_fitness)) }
            td.number { (percent(scores.efficiency)) }
        }
    };
    html! {
        section.card aria-labelledby="suites-title" {
            h2 #suites-title { "Suites" }
            (scrolling("Suites", &html! { table {
                thead { tr {
                    th scope="col" { "Suite" } th.number scope="col" { "Scenarios" } th.number scope="col" { "Passed" } th.number scope="col" { "Failed" }
                    @if all.error > 0 { th.number scope="col" { "Error" } }
                    @if all.skipped > 0 { th.number scope="col" { "Skipped" } }
                    th.number scope="col" { "Accuracy" } th.number scope="col" { "Path fitness" } th.number scope="col" { "Efficiency" }
                } }
                tbody {
                    @for suite in record.suites.iter().take(ROWS) {
                        tr {
                            th scope="row" { a href={ "#list?suite=" (super::parts::encoded(&suite.suite)) } { (suite.name) } span.path { (suite.file) } }
                            (cells(&suite.totals, &suite.scores))
                        }
                    }
                }
                @if record.suites.len() > 1 { tfoot { tr { th scope="row" { "All" } (cells(all, &record.scores)) } } }
            } }))
            @if record.suites.len() > ROWS { p.more { "and " (count((record.suites.len() - ROWS) as u64)) " more suites, see run.json" } }
        }
    }
}

/// The slowest scenarios by wall time.
pub(super) fn slowest(record: &RunRecord) -> Markup {
    let longest = record.wall.slowest.first().map_or(1, |slow| slow.duration_us.max(1)) as f64;
    html! {
        section.card aria-labelledby="slowest-title" {
            h2 #slowest-title { "Slowest scenarios" }
            p.lead { "By the time that the machine took, all attempts together." }
            ol.slowest {
                @for slow in &record.wall.slowest {
                    li { span.number { (wall(slow.duration_us)) } (meter(Some(slow.duration_us as f64 / longest))) (scenario_link(&slow.id)) }
                }
            }
        }
    }
}

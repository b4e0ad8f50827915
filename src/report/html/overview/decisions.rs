//! Wrong turns and confusion tables.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::record::{Confusion, DecisionsRecord, FlowDecisions, WrongDecision};
use crate::report::numbers::{count, percent};

/// The dearest wrong decisions, and the confusion table of every decision node that went wrong.
pub(super) fn decisions(record: &DecisionsRecord) -> Markup {
    let tables: Vec<(&FlowDecisions, &Confusion)> = record
        .flows
        .iter()
        .flat_map(|flow| flow.nodes.iter().map(move |node| (flow, node)))
        .filter(|(_, node)| wrong(node) > 0)
        .collect();
    html! {
        section.card aria-labelledby="turns-title" {
            h2 #turns-title { "Wrong turns" }
            @if record.worst.is_empty() {
                p.good { "Every expected decision was taken as expected." }
            } @else {
                p.lead { "The decisions that cost the most accuracy, the dearest first." }
                div.scroll tabindex="0" role="group" aria-label="Wrong turns" { table {
                    thead { tr { th scope="col" { "At" } th scope="col" { "Should go" } th scope="col" { "Went" } th.number scope="col" { "Times" } th.number scope="col" { "Cost" } th scope="col" { "Where" } } }
                    tbody { @for wrong in &record.worst { (turn(wrong)) } }
                } }
            }
            @if !tables.is_empty() {
                h3 { "Expected against taken" }
                @for (flow, node) in tables.iter().take(40) { (confusion(flow, node)) }
            }
        }
    }
}

fn turn(wrong: &WrongDecision) -> Markup {
    html! {
        tr {
            th scope="row" { code { (wrong.node) } " " span.path { (wrong.flow) } }
            td { code { (wrong.expected) } }
            td { @match &wrong.taken {
                Some(taken) => code { (taken) },
                None if wrong.never_reached => em { "never reached" },
                None => em { "the call ended" },
            } }
            td.number { (count(wrong.count)) }
            td.number { "−" (percent(Some(wrong.cost))) }
            td { code { (wrong.file) ":" (wrong.line) } }
        }
    }
}

/// Decisions of a node that were not taken as expected.
fn wrong(node: &Confusion) -> u64 {
    node.rows.iter().map(|row| row.count - row.taken.get(&row.expected).copied().unwrap_or(0).min(row.count)).sum()
}

fn confusion(flow: &FlowDecisions, node: &Confusion) -> Markup {
    let mut columns: Vec<&str> = node.rows.iter().map(|row| row.expected.as_str()).collect();
    let others: BTreeSet<&str> = node.rows.iter().flat_map(|row| row.taken.keys().map(String::as_str)).collect();
    for other in others {
        if !columns.contains(&other) {
            columns.push(other);
        }
    }
    let never = node.rows.iter().any(|row| row.never_reached > 0);
    let ended = node.rows.iter().any(|row| row.ended > 0);
    let all: u64 = node.rows.iter().map(|row| row.count).sum();
    let cell = |number: u64, right: bool| {
        html! { td.number.right[right && number > 0].wrong[!right && number > 0] { @if number == 0 { span.none { "·" } } @else { (count(number)) @if right { span.mark aria-hidden="true" { " ✓" } } @else { span.mark aria-hidden="true" { " ✗" } } } } }
    };
    html! {
        details.confusion {
            summary { code { (node.node) } " " span.path { (flow.flow) } " " span.of { (count(wrong(node))) " of " (count(all)) " wrong" } }
            div.scroll tabindex="0" role="group" aria-label={ "Confusion table of " (node.node) } { table {
                caption { "Rows: expected. Columns: taken. " code { (flow.file) ":" (node.line) } }
                thead { tr { th scope="col" { "expected" } @for column in &columns { th.number scope="col" { (column) } } @if never { th.number scope="col" { "never reached" } } @if ended { th.number scope="col" { "call ended" } } } }
                tbody {
                    @for row in &node.rows {
                        tr {
                            th scope="row" { (row.expected) }
                            @for column in &columns { (cell(row.taken.get(*column).copied().unwrap_or(0), *column == row.expected)) }
                            @if never { (cell(row.never_reached, false)) }
                            @if ended { (cell(row.ended, false)) }
                        }
                    }
                }
            } }
        }
    }
}

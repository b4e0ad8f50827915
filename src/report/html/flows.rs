//! The flows of the run: tables that are readable without a script, and the drawings.

use std::collections::BTreeMap;

use maud::{Markup, html};
use rayon::prelude::*;

use super::overview::{kind_title, meter};
use super::pack::pack;
use crate::record::{CoverageKind, FlowCoverage, MissingItem, RunRecord};
use crate::report::drawing::{draw, svg};
use crate::report::flow_graph::flow_graph;
use crate::report::numbers::{count, percent, things};

/// Missing items of a flow in its static table; the others are in the drawing's data.
const MISSING: usize = 200;

/// A section for each flow, in which the script puts the drawing.
pub(super) fn tables(record: &RunRecord) -> Markup {
    let Some(coverage) = &record.coverage else {
        return html! { p.empty { "What of the flows the calls walked is not known: the run ended before it could be counted." } };
    };
    html! {
        p.lead { "Each flow as its calls walked it: the deeper the colour, the more calls. What no call came to is marked " strong { "not covered" } "." }
        @for (number, flow) in coverage.flows.iter().enumerate() { (one(number, flow)) }
    }
}

fn one(number: usize, flow: &FlowCoverage) -> Markup {
    let id = format!("flow-{number}");
    html! {
        article.flow.card id=(id) data-flow=(flow.flow) data-version=(flow.version) data-number=(number) aria-labelledby={ (id) "-title" } {
            header.flow-head {
                h2 id={ (id) "-title" } { (flow.flow) }
                p.meta { "version " (flow.version) " · " code { (flow.file) } " · " (things(flow.nodes.len() as u64, "node", "nodes")) }
            }
            dl.kinds {
                @for (kind, counted) in &flow.kinds {
                    div {
                        dt { (kind_title(*kind)) }
                        dd { (meter(counted.ratio())) span.number { (percent(counted.ratio())) } span.of { (count(counted.covered)) " of " (count(counted.of)) } }
                    }
                }
            }
            div.drawing-place {}
            @if flow.missing.is_empty() {
                p.good { "Every node, outcome and edge that a call can come to was walked." }
            } @else {
                details.missing open[flow.missing.len() <= 12] {
                    summary { "Not covered: " (things(flow.missing.len() as u64, "item", "items")) }
                    div.scroll tabindex="0" role="group" aria-label={ "What is not covered in " (flow.flow) } { table {
                        thead { tr { th scope="col" { "What" } th scope="col" { "Item" } th scope="col" { "Where" } th scope="col" { "An input that would come to it" } } }
                        tbody { @for item in flow.missing.iter().take(MISSING) { (missing(item)) } }
                    } }
                    @if flow.missing.len() > MISSING { p.more { "and " (count((flow.missing.len() - MISSING) as u64)) " more, see run.json" } }
                }
            }
        }
    }
}

fn missing(item: &MissingItem) -> Markup {
    let what = match item.kind {
        CoverageKind::Nodes => "node",
        CoverageKind::Edges => "edge",
        _ => "outcome",
    };
    html! {
        tr {
            td { (what) }
            td { code { (item.item) } }
            td { code { (item.file) ":" (item.line) } }
            td { @match &item.hint { Some(hint) => { (hint) } None => { span.none { "–" } } } }
        }
    }
}

/// What the script knows of each flow, packed: laid out and drawn on all cores, as this is what a page costs most.
pub(super) fn parts(record: &RunRecord) -> Vec<String> {
    let flows = record.coverage.as_ref().map_or(&[][..], |coverage| &coverage.flows);
    flows.par_iter().enumerate().with_max_len(1).map(|(number, flow)| part(number, flow)).collect()
}

/// One flow with its drawing.
fn part(number: usize, flow: &FlowCoverage) -> String {
    let drawing = draw(&flow_graph(flow, true));
    // Where each outcome leads, by node, so that the script can show where an expected decision would have gone.
    let ways: BTreeMap<&str, BTreeMap<&str, &str>> = flow
        .nodes
        .iter()
        .map(|node| {
            let ways = node.outcomes.iter().filter_map(|one| Some((one.outcome.as_str(), one.to.as_deref()?)));
            (node.node.as_str(), ways.collect())
        })
        .collect();
    let part = serde_json::json!({
        "ways": ways,
        "note": drawing.note,
        "svg": svg(&drawing, &format!("f{number}")),
    });
    pack(part.to_string().as_bytes())
}

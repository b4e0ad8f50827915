//! What a release manager reads first: whether the release may go, and what speaks against it. Plain HTML, so that it can
//! be read without a script, printed and searched.

mod comparison;
mod decisions;
mod parts;
mod prompts;
mod release;
mod run;
mod scores;
mod tables;

use maud::{Markup, html};

use super::data::Failing;
use crate::record::RunRecord;
use crate::report::compare::Comparison;
pub(super) use parts::{kind_title, meter, moment};
pub(super) use release::release;

/// The overview.
pub(super) fn overview(record: &RunRecord, base: Option<&Comparison>, failing: &Failing) -> Markup {
    let release = release(record);
    html! {
        section #overview.view aria-labelledby="overview-title" {
            div.hero {
                (release.banner(record))
                (scores::totals(record))
            }
            // Where no suite could be used there is nothing to measure.
            @if !record.suites.is_empty() { (scores::cards(record)) }
            @if let Some(base) = base { (comparison::comparison(base)) }
            @if !record.gates.is_empty() { (tables::gates(record)) }
            @if !record.rejected.is_empty() { (tables::rejected(record)) }
            @if failing.count > 0 { (tables::failing(failing)) }
            @if let Some(decided) = &record.decisions { (decisions::decisions(decided)) }
            @if let Some(assist) = &record.assist { (prompts::prompts(assist)) }
            @if let Some(coverage) = &record.coverage { (tables::coverage(coverage)) }
            @if !record.suites.is_empty() { (tables::suites(record)) }
            @if !record.wall.slowest.is_empty() { (tables::slowest(record)) }
            (run::run(record))
        }
    }
}

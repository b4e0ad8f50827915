//! Prompts for agents: results expected against results found.

use maud::{Markup, html};

use crate::record::{AssistTotals, ResultCounts};
use crate::report::numbers::{NONE, count, things};

/// How the prompts ended, and the confusion table of the results that were expected.
pub(super) fn prompts(record: &AssistTotals) -> Markup {
    let cell = |number: u64| if number == 0 { NONE.to_owned() } else { count(number) };
    let of = |counts: &ResultCounts| ResultCounts::ORDER.map(|result| cell(counts.count(result)));
    html! {
        section.card aria-labelledby="prompts-title" {
            h2 #prompts-title { "Prompts" }
            p.lead { (things(record.counts.sum(), "prompt", "prompts")) ", " (things(record.requests, "request", "requests")) ". A row holds the prompts of which its result was expected." }
            div.scroll tabindex="0" role="group" aria-label="Results of prompts" { table {
                thead { tr { th scope="col" { "Expected" } @for result in ResultCounts::ORDER { th.number scope="col" { (result.word()) } } } }
                tbody {
                    @for row in &record.results {
                        tr { th scope="row" { (row.expected.word()) } @for number in of(&row.found) { td.number { (number) } } }
                    }
                    tr { th scope="row" { "all prompts" } @for number in of(&record.counts) { td.number { (number) } } }
                }
            } }
        }
    }
}

//! What is other than in the run compared with.

use maud::{Markup, html};

use super::parts::scenario_link;
use crate::report::compare::{Comparison, Direction};
use crate::report::comparison::words::{self, List};
use crate::report::gate::gate_sentence;
use crate::report::html::overview::moment;
use crate::report::numbers::count;

/// Scenarios named in each list; all of them are in the list of scenarios.
const LISTED: usize = 8;

/// The comparison.
pub(super) fn comparison(base: &Comparison) -> Markup {
    let (class, mark, title) = match (base.regression, base.different) {
        (true, _) => ("v-failed", "✗", "a regression"),
        (false, true) => ("v-passed", "✓", "no regression"),
        (false, false) => ("v-passed", "✓", "no difference"),
    };
    html! {
        section.card.comparison aria-labelledby="comparison-title" {
            h2 #comparison-title { "Compared with the baseline" }
            p.lead {
                span class={ "verdict " (class) } { span.mark aria-hidden="true" { (mark) } (title) } " "
                (words::sum(base)) "."
            }
            p.meta { "Baseline " code { (base.base.file) } ", " (moment(&base.base.started)) ", " (count(base.base.scenarios)) " scenarios" }
            @for line in words::other_inputs(base) { p.meta { (line) } }
            @if !base.newly_missed_gates.is_empty() || !base.newly_rejected.is_empty() {
                ul.bad-news {
                    @for gate in &base.newly_missed_gates { li { "newly missed gate: " (gate_sentence(gate)) } }
                    @for file in &base.newly_rejected { li { "newly unusable file: " code { (file) } } }
                }
            }
            div.columns {
                div { @for list in words::lists(base) { (self::list(&list)) } @if words::lists(base).is_empty() { p.good { "Every scenario ended as in the baseline, by the same path." } } }
                @if !base.measures.is_empty() { (measures(base)) }
            }
        }
    }
}

fn list(list: &List<'_>) -> Markup {
    html! {
        details.change open[list.bad && list.detailed] {
            summary { (list.title) " " span.count { (count(list.scenarios.len() as u64)) } }
            ul {
                @for scenario in list.scenarios.iter().take(LISTED) {
                    li {
                        @if scenario.new.is_some() { (scenario_link(&scenario.id)) } @else { (scenario.id) }
                        " " span.of { (words::verdicts(scenario)) }
                        @if let Some(why) = scenario.why.as_ref().filter(|_| words::reason_is_new(scenario)) { p.why { (why) } }
                        @if let Some(change) = words::first_change(scenario) { p.why { "first change at " (change) } }
                    }
                }
            }
            @if list.scenarios.len() > LISTED {
                @let more = html! { "and " (count((list.scenarios.len() - LISTED) as u64)) " more" };
                // Those that are gone are not in the list of this run's scenarios.
                p.more { @if list.title == "gone" { (more) } @else { a href={ "#list?change=" (list.title.replace(' ', "+")) } { (more) } } }
            }
        }
    }
}

fn measures(base: &Comparison) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="Measures of both runs" { table.measures {
            thead { tr { th scope="col" { "Measure" } th.number scope="col" { "Baseline" } th.number scope="col" { "Now" } th.number scope="col" { "Change" } } }
            tbody {
                @for measure in &base.measures {
                    @let [before, now, change] = words::measure(measure);
                    tr {
                        th scope="row" { (measure.measure) }
                        td.number { (before) }
                        td.number { (now) }
                        td.number { @match measure.direction {
                            Direction::Better => span.better { (change) " ▲" span.sr { " better" } },
                            Direction::Worse => span.worse { (change) " ▼" span.sr { " worse" } },
                            Direction::Same => { (change) },
                        } }
                    }
                }
            }
        } }
    }
}

//! Totals by verdict, and the scores.

use maud::{Markup, html};

use super::parts::{interval, kind_title, mark, meter};
use crate::record::{CoverageKind, RunRecord, Totals, Verdict};
use crate::report::numbers::{count, percent, things};

/// How many scenarios ended how.
pub(super) fn totals(record: &RunRecord) -> Markup {
    let totals = &record.totals;
    let parts = parts(totals);
    let all = totals.scenarios.max(1) as f64;
    // A file that could not be used counts as one error.
    let rejected = record.rejected.len() as u64;
    let mut before = 0;
    let bars = parts.map(|(verdict, number)| {
        let x = before as f64 / all * 100.0;
        before += number;
        (verdict, x, number as f64 / all * 100.0)
    });
    html! {
        div.totals {
            h2 {
                (things(totals.scenarios.saturating_sub(rejected), "scenario", "scenarios"))
                @if rejected > 0 { span.and { " and " (things(rejected, "unusable file", "unusable files")) } }
            }
            svg.stack viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
                rect.track width="100" height="10" {}
                @for (verdict, x, width) in bars {
                    @if width > 0.0 {
                        rect class={ "s-" (verdict.word()) } x=(format!("{x:.3}")) width=(format!("{width:.3}")) height="10" {}
                    }
                }
            }
            ul.legend {
                @for (verdict, number) in parts {
                    @if number > 0 || matches!(verdict, Verdict::Passed | Verdict::Failed) {
                        li class={ "v-" (verdict.word()) } {
                            a href={ "#list?verdict=" (verdict.word()) } {
                                span.mark aria-hidden="true" { (mark(verdict)) }
                                strong { (count(number)) } " " (verdict.word())
                            }
                        }
                    }
                }
            }
            @if let Some(coverage) = &record.coverage {
                dl.covered {
                    @for kind in [CoverageKind::Nodes, CoverageKind::Outcomes, CoverageKind::Edges] {
                        @if let Some(counted) = coverage.totals.get(&kind) {
                            div { dt { (kind_title(kind)) " covered" } dd { (meter(counted.ratio())) span.number { (percent(counted.ratio())) } } }
                        }
                    }
                }
            }
        }
    }
}

fn parts(totals: &Totals) -> [(Verdict, u64); 5] {
    [
        (Verdict::Passed, totals.passed),
        (Verdict::Flaky, totals.flaky),
        (Verdict::Failed, totals.failed),
        (Verdict::Error, totals.error),
        (Verdict::Skipped, totals.skipped),
    ]
}

/// The scores, each with what it is made of.
pub(super) fn cards(record: &RunRecord) -> Markup {
    let (totals, scores) = (&record.totals, &record.scores);
    let of = |part: u64, all: u64, what: &str| match all {
        0 => format!("no {what} expected"),
        _ => format!("{} of {} {what} right", count(part), count(all)),
    };
    let mean = |number: u64, one: &str, many: &str| match number {
        0 => format!("no {many} measured"),
        number => format!("the mean of {}", things(number, one, many)),
    };
    html! {
        section.scores aria-labelledby="scores-title" {
            h2 #scores-title { "Scores" }
            div.cards {
                div.score.wide {
                    h3 { "Joint accuracy" }
                    p.big { (percent(scores.joint_accuracy.map(|joint| joint.value))) }
                    @match &scores.joint_accuracy {
                        Some(joint) => {
                            (interval(joint))
                            p.note { "of the calls are right in every check; 95 % interval " (percent(Some(joint.low))) " to " (percent(Some(joint.high))) }
                        }
                        None => p.note { "no call was judged" }
                    }
                }
                (card("Accuracy", scores.accuracy, &of(totals.decisions_right, totals.decisions, "decisions")))
                (card("Check accuracy", scores.check_accuracy, &match totals.checks {
                    0 => "no checks".to_owned(),
                    checks => format!("{} of {} checks held", count(totals.checks_held), count(checks)),
                }))
                (card("Path fitness", scores.path_fitness, &mean(totals.paths, "path", "paths")))
                (card("Efficiency", scores.efficiency, &mean(totals.efficiencies, "call", "calls")))
                (effort(totals))
            }
        }
    }
}

fn card(title: &str, ratio: Option<f64>, note: &str) -> Markup {
    html! {
        div.score {
            h3 { (title) }
            p.big { (percent(ratio)) }
            @if ratio.is_some() { (meter(ratio)) }
            p.note { (note) }
        }
    }
}

/// What a call costs the caller, over the calls that were scored.
fn effort(totals: &Totals) -> Markup {
    let calls = totals.scored;
    let per_call = |sum: f64| if calls == 0 { "–".to_owned() } else { format!("{:.1}", sum / calls as f64) };
    html! {
        div.score.wide {
            h3 { "Effort of a call" }
            dl.effort {
                div { dt { "keys" } dd { (per_call(totals.keypresses as f64)) } }
                div { dt { "retries" } dd { (per_call(totals.retries as f64)) } }
                div { dt { "prompts" } dd { (per_call(totals.prompt_ms as f64 / 1e3)) @if calls > 0 { span.unit { " s" } } } }
                div { dt { "in all" } dd { (per_call(totals.virtual_ms as f64 / 1e3)) @if calls > 0 { span.unit { " s" } } } }
            }
            p.note { @if calls == 0 { "no call was scored" } @else { "the mean of " (things(calls, "call", "calls")) ", in virtual time" } }
        }
    }
}

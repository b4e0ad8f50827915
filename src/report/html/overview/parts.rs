//! Small pieces that many parts of the page are made of.

use maud::{Markup, html};

use crate::record::{CoverageKind, Interval, Verdict};

/// A ratio as a bar; the number stands beside it as text.
pub(in crate::report::html) fn meter(ratio: Option<f64>) -> Markup {
    let width = format!("{:.2}", ratio.unwrap_or(0.0).clamp(0.0, 1.0) * 100.0);
    html! {
        svg.meter viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect.track width="100" height="6" {}
            rect.fill width=(width) height="6" {}
        }
    }
}

/// A ratio with its interval, both as a bar; the numbers stand beside it as text.
pub(super) fn interval(interval: &Interval) -> Markup {
    let part = |ratio: f64| ratio.clamp(0.0, 1.0) * 100.0;
    let (low, high, value) = (part(interval.low), part(interval.high), part(interval.value));
    let number = |number: f64| format!("{number:.2}");
    html! {
        svg.interval viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" {
            rect.track y="4" width="100" height="4" {}
            rect.band x=(number(low)) y="1" width=(number((high - low).max(0.6))) height="10" {}
            rect.value x=(number((value - 0.4).clamp(0.0, 99.2))) width="0.8" height="12" {}
        }
    }
}

/// A verdict in its word and mark, so that nobody has to tell colours apart.
pub(super) fn verdict(verdict: Verdict) -> Markup {
    html! { span class={ "verdict v-" (verdict.word()) } { span.mark aria-hidden="true" { (mark(verdict)) } (verdict.word()) } }
}

/// The sign of a verdict.
pub(super) const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✓",
        Verdict::Failed => "✗",
        Verdict::Error => "!",
        Verdict::Skipped => "–",
        Verdict::Flaky => "~",
    }
}

/// The link to a scenario's view.
pub(super) fn scenario_link(id: &str) -> Markup {
    html! { a.scenario-link href={ "#s=" (encoded(id)) } { (id) } }
}

/// A text as part of an address.
pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A kind of coverage as a heading.
pub(in crate::report::html) const fn kind_title(kind: CoverageKind) -> &'static str {
    match kind {
        CoverageKind::Nodes => "Nodes",
        CoverageKind::Outcomes => "Outcomes",
        CoverageKind::Edges => "Edges",
        CoverageKind::EdgePairs => "Edge pairs",
        CoverageKind::Ends => "Ends",
        CoverageKind::SwitchCases => "Switch cases",
        CoverageKind::LookupOutcomes => "Lookup outcomes",
        CoverageKind::ClockClasses => "Clock classes",
    }
}

/// A moment of a record as people read it; as it is where it is none.
pub(in crate::report::html) fn moment(text: &str) -> String {
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment.map_or_else(|_| text.to_owned(), |moment| moment.strftime("%-d %B %Y, %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_becomes_part_of_an_address() {
        assert_eq!(encoded("a/b::né <x>[k=1&2]"), "a/b::n%C3%A9%20%3Cx%3E%5Bk%3D1%262%5D");
    }

    #[test]
    fn bars_stay_within_their_track() {
        insta::assert_snapshot!(meter(Some(1.0 / 3.0)).into_string(), @r#"<svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="6"></rect><rect class="fill" width="33.33" height="6"></rect></svg>"#);
        let all = interval(&Interval { value: 1.0, low: 1.0, high: 1.0 }).into_string();
        assert!(all.contains(r#"class="value" x="99.20""#), "{all}");
    }

    #[test]
    fn moments_are_readable() {
        assert_eq!(moment("2026-11-02T10:05:06.123Z"), "2 November 2026, 10:05 UTC");
        assert_eq!(moment("yesterday"), "yesterday");
    }
}

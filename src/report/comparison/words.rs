//! What a comparison says, in words.

use crate::record::Verdict;
use crate::report::compare::{Comparison, Counts, MeasureChange, Scenario, Step};
use crate::report::numbers::{NONE, count, percent, things};
use crate::suite::gate::Unit;

/// Scenarios that are named in each list.
pub(super) const LISTED: usize = 20;

/// A list of scenarios with its heading.
pub(in crate::report) struct List<'a> {
    pub(in crate::report) title: &'static str,
    pub(in crate::report) scenarios: &'a [Scenario],
    /// Whether it is bad news.
    pub(in crate::report) bad: bool,
    /// Whether single scenarios are worth their lines.
    pub(in crate::report) detailed: bool,
}

/// The lists that are not empty, the gravest first.
pub(in crate::report) fn lists(comparison: &Comparison) -> Vec<List<'_>> {
    let list = |title, scenarios, bad, detailed| List { title, scenarios, bad, detailed };
    let all = [
        list("newly broken", &comparison.newly_broken[..], true, true),
        list("newly flaky", &comparison.newly_flaky, true, true),
        list("still failing", &comparison.still_failing, true, false),
        list("now skipped", &comparison.now_skipped, false, true),
        list("gone", &comparison.gone, false, false),
        list("passed by another path", &comparison.other_path, false, true),
        list("fixed", &comparison.fixed, false, false),
        list("no longer flaky", &comparison.no_longer_flaky, false, false),
        list("no longer skipped", &comparison.no_longer_skipped, false, true),
        list("new", &comparison.added, false, false),
    ];
    all.into_iter().filter(|list| !list.scenarios.is_empty()).collect()
}

/// What a scenario was and is: `passed -> failed`; one word where that is the same, or where it is in one run only.
pub(in crate::report) fn verdicts(scenario: &Scenario) -> String {
    match (scenario.base, scenario.new) {
        (Some(base), Some(new)) if base != new => format!("{} → {}", base.word(), new.word()),
        (_, Some(verdict)) | (Some(verdict), None) => verdict.word().to_owned(),
        (None, None) => String::new(),
    }
}

/// Whether the reason given is that of the new run.
pub(in crate::report) fn reason_is_new(scenario: &Scenario) -> bool {
    scenario.new.is_some_and(|verdict| verdict != Verdict::Passed)
}

/// The first step that differs: `step 4: main_menu (1) → main_menu (no_match)`.
pub(in crate::report) fn first_change(scenario: &Scenario) -> Option<String> {
    let change = scenario.first_change.as_ref()?;
    let words = |step: &Option<Step>| match step {
        Some(Step { node, outcome: Some(outcome) }) => format!("{node} ({outcome})"),
        Some(Step { node, outcome: None }) => node.clone(),
        None => "the end of the call".to_owned(),
    };
    Some(format!("step {}: {} → {}", change.step, words(&change.base), words(&change.new)))
}

/// Base, new and change of a measure.
pub(in crate::report) fn measure(measure: &MeasureChange) -> [String; 3] {
    let value = |value: Option<f64>| match measure.unit {
        Unit::Ratio => percent(value),
        Unit::Count => value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.2}")),
        Unit::Seconds => value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.2} s")),
    };
    let signed = |number: f64, unit: &str| {
        let shown = format!("{number:+.2}");
        // A change that rounds to nothing is one all the same.
        match shown.trim_start_matches(['+', '-']) {
            "0.00" if number > 0.0 => format!("+<0.01{unit}"),
            "0.00" => format!("-<0.01{unit}"),
            _ => format!("{shown}{unit}"),
        }
    };
    let change = match measure.change {
        None => NONE.to_owned(),
        Some(0.0) => "=".to_owned(),
        Some(change) => match measure.unit {
            Unit::Ratio => signed(change * 100.0, " pp"),
            Unit::Count => signed(change, ""),
            Unit::Seconds => signed(change, " s"),
        },
    };
    [value(measure.base), value(measure.new), change]
}

/// One line over all.
pub(in crate::report) fn sum(comparison: &Comparison) -> String {
    let Counts {
        newly_broken,
        fixed,
        still_failing,
        now_skipped,
        no_longer_skipped,
        newly_flaky,
        no_longer_flaky,
        added,
        gone,
        other_path,
        unchanged,
    } = comparison.counts;
    let missed = comparison.newly_missed_gates.len() as u64;
    let rejected = comparison.newly_rejected.len() as u64;
    let parts = [
        (newly_broken, "newly broken"),
        (missed, "newly missed by gate"),
        (rejected, "file newly unusable"),
        (newly_flaky, "newly flaky"),
        (fixed, "fixed"),
        (still_failing, "still failing"),
        (now_skipped, "now skipped"),
        (no_longer_skipped, "no longer skipped"),
        (no_longer_flaky, "no longer flaky"),
        (added, "new"),
        (gone, "gone"),
        (other_path, "by another path"),
    ];
    let words = |(number, what): (u64, &str)| match what {
        "newly missed by gate" => format!("{} newly missed", things(number, "gate", "gates")),
        "file newly unusable" => format!("{} newly unusable", things(number, "file", "files")),
        what => format!("{} {what}", count(number)),
    };
    let mut parts: Vec<String> = parts.into_iter().filter(|&(number, _)| number > 0).map(words).collect();
    parts.push(format!("{} unchanged", count(unchanged)));
    parts.join(", ")
}

/// How the two runs were not of the same: inputs that are other.
pub(in crate::report) fn other_inputs(comparison: &Comparison) -> Vec<String> {
    let (base, new) = (&comparison.base, &comparison.new);
    let mut lines = Vec::new();
    let mut pair = |what: &str, base: &str, new: &str| {
        if base != new {
            lines.push(format!("{what} {base} → {new}"));
        }
    };
    pair("callpath", &base.callpath, &new.callpath);
    pair("target", &base.target, &new.target);
    pair("seed", &base.seed.to_string(), &new.seed.to_string());
    for (what, files) in
        [("changed", &comparison.files.changed), ("new", &comparison.files.added), ("gone", &comparison.files.gone)]
    {
        if !files.is_empty() {
            let named: Vec<&str> = files.iter().take(LISTED / 2).map(String::as_str).collect();
            let more = match files.len() - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            lines.push(format!(
                "{}: {}{more}",
                things(files.len() as u64, "file", "files") + " " + what,
                named.join(", ")
            ));
        }
    }
    lines
}

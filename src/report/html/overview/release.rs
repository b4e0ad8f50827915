//! Whether the release may go.

use maud::{Markup, html};

use crate::record::{RunRecord, StopReason};
use crate::report::gate::gate_sentence;
use crate::report::numbers::{count, things, wall};

/// The answer of a run. It follows the exit code of `callpath run`: only a run that ends with 0 is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::html) enum Release {
    /// All that ran passed, and every gate held.
    Ready,
    /// Something speaks against it.
    Blocked,
    /// Nothing ran, or the run did not come to its end.
    Unknown,
}

/// The answer of this run.
pub(in crate::report::html) fn release(record: &RunRecord) -> Release {
    let totals = &record.totals;
    if totals.failed + totals.error > 0 || record.missed_gates().next().is_some() {
        Release::Blocked
    } else if totals.skipped == totals.scenarios || record.stopped.is_some() {
        Release::Unknown
    } else {
        Release::Ready
    }
}

impl Release {
    /// The answer in words.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Ready => "Ready to release",
            Self::Blocked => "Not ready to release",
            Self::Unknown => "No answer yet",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::Ready => "✓",
            Self::Blocked => "✗",
            Self::Unknown => "?",
        }
    }

    /// The answer with its reasons.
    pub(crate) fn banner(self, record: &RunRecord) -> Markup {
        html! {
            div class={ "release " (self.class()) } {
                p.eyebrow { "May the release go?" }
                h1 #overview-title { span.release-mark aria-hidden="true" { (self.mark()) } (self.title()) }
                ul.reasons { @for reason in reasons(record) { li { (reason) } } }
                p.run-line { (ran(record)) }
            }
        }
    }
}

/// What speaks against it; where nothing does, what speaks for it.
fn reasons(record: &RunRecord) -> Vec<String> {
    let totals = &record.totals;
    let mut reasons = Vec::new();
    if let Some(stopped) = &record.stopped {
        reasons.push(match stopped {
            StopReason::Interrupted => "the run was interrupted before its end".to_owned(),
            StopReason::MaxFail => "the run stopped early, because enough scenarios had failed".to_owned(),
            StopReason::Unusable { reason } => format!("the target could not be used: {reason}"),
        });
    }
    let rejected = record.rejected.len() as u64;
    if rejected > 0 {
        reasons.push(format!("{} could not be used", things(rejected, "suite file", "suite files")));
    }
    if totals.failed > 0 {
        reasons.push(format!(
            "{} of {} failed",
            count(totals.failed),
            things(totals.scenarios - rejected, "scenario", "scenarios")
        ));
    }
    let unrun = totals.error.saturating_sub(rejected);
    if unrun > 0 {
        reasons.push(format!("{} could not be run", things(unrun, "scenario", "scenarios")));
    }
    let missed: Vec<_> = record.missed_gates().collect();
    reasons.extend(missed.iter().take(3).map(|gate| format!("gate missed: {}", gate_sentence(gate))));
    if missed.len() > 3 {
        reasons.push(format!("{} more missed", things(missed.len() as u64 - 3, "gate", "gates")));
    }
    if totals.scenarios == 0 || totals.skipped == totals.scenarios {
        reasons.push("no scenario was run".to_owned());
    }
    if reasons.is_empty() {
        let good = totals.passed + totals.flaky;
        reasons.push(match good {
            1 => "the only scenario that ran passed".to_owned(),
            good => format!("all {} that ran passed", things(good, "scenario", "scenarios")),
        });
        reasons.push(match record.gates.len() as u64 {
            0 => "no gate was set".to_owned(),
            1 => "the gate held".to_owned(),
            gates => format!("all {} held", things(gates, "gate", "gates")),
        });
    }
    if totals.flaky > 0 {
        reasons.push(format!(
            "{} flaky: failed and passed on the same flow",
            if totals.flaky == 1 {
                "1 scenario is".to_owned()
            } else {
                format!("{} scenarios are", count(totals.flaky))
            }
        ));
    }
    if totals.skipped > 0 && totals.skipped < totals.scenarios {
        reasons.push(format!(
            "{} skipped",
            if totals.skipped == 1 {
                "1 scenario was".to_owned()
            } else {
                format!("{} scenarios were", count(totals.skipped))
            }
        ));
    }
    reasons
}

/// What was run, where, and how long it took.
fn ran(record: &RunRecord) -> Markup {
    let header = &record.header;
    html! {
        (things(record.suites.len() as u64, "suite", "suites")) " on "
        @match header.target.as_str() { "embedded" => { "the embedded simulator" } target => { "the target " strong { (target) } } }
        ", " (wall(record.wall.duration_us)) ", seed " (header.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{GateRecord, GateSpec, RejectedRecord, Totals};

    fn record(totals: Totals) -> RunRecord {
        RunRecord { totals, ..RunRecord::default() }
    }

    fn said(record: &RunRecord) -> String {
        format!("{}: {}", release(record).title(), reasons(record).join("; "))
    }

    fn gate(measured: f64) -> GateRecord {
        let gate = crate::suite::gate::Gate::parse("accuracy>=95%").unwrap();
        GateRecord { gate: GateSpec::new(gate, None), measured: Some(measured), held: gate.allows(measured) }
    }

    #[test]
    fn the_answer_follows_the_run() {
        let good = Totals { scenarios: 9, passed: 8, flaky: 1, ..Totals::default() };
        let mut cases = vec![record(good)];
        cases.push(RunRecord { gates: vec![gate(0.97)], ..record(good) });
        cases.push(RunRecord { gates: vec![gate(0.75); 5], ..record(good) });
        cases.push(record(Totals { scenarios: 1200, passed: 1198, failed: 1, error: 1, ..Totals::default() }));
        cases.push(record(Totals { scenarios: 4, skipped: 4, ..Totals::default() }));
        cases.push(record(Totals::default()));
        cases.push(RunRecord {
            stopped: Some(StopReason::Interrupted),
            ..record(Totals { scenarios: 4, passed: 1, skipped: 3, ..Totals::default() })
        });
        let rejected = RejectedRecord { file: "a".into(), suite: "a".into(), diagnostics: Vec::new() };
        cases.push(RunRecord {
            rejected: vec![rejected],
            ..record(Totals { scenarios: 2, passed: 1, error: 1, ..Totals::default() })
        });
        insta::assert_snapshot!(cases.iter().map(said).collect::<Vec<_>>().join("\n"), @r"
        Ready to release: all 9 scenarios that ran passed; no gate was set; 1 scenario is flaky: failed and passed on the same flow
        Ready to release: all 9 scenarios that ran passed; the gate held; 1 scenario is flaky: failed and passed on the same flow
        Not ready to release: gate missed: accuracy 75.0%, at least 95% is asked; gate missed: accuracy 75.0%, at least 95% is asked; gate missed: accuracy 75.0%, at least 95% is asked; 2 gates more missed; 1 scenario is flaky: failed and passed on the same flow
        Not ready to release: 1 of 1,200 scenarios failed; 1 scenario could not be run
        No answer yet: no scenario was run
        No answer yet: no scenario was run
        No answer yet: the run was interrupted before its end; 3 scenarios were skipped
        Not ready to release: 1 suite file could not be used
        ");
    }
}

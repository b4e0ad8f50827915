//! The document, from the verdict to what is not covered.

use std::sync::Arc;

use super::tables;
use super::text::{Room, block, code, html_code};
use crate::record::{RejectedRecord, RunRecord, ScenarioRecord, StopReason, Verdict};
use crate::report::broken::{broken_text, rejected_text};
use crate::report::compare::Comparison;
use crate::report::comparison::comparison_body;
use crate::report::gate::gate_sentence;
use crate::report::numbers::{count, things};
use crate::report::terminal::verdicts;

/// Gates that are listed; missed ones come first.
const GATES: usize = 20;
/// Files that are shown with what is wrong with them.
const FILES: usize = 20;
/// Bytes of what is said about one scenario or file.
const DETAIL: usize = 3_000;

/// What of a run the document shows.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The record without its scenarios.
    pub(super) record: Option<Box<RunRecord>>,
    /// The first of those that did not pass.
    pub(super) scenarios: Vec<Arc<ScenarioRecord>>,
    /// All that did not pass.
    pub(super) count: u64,
}

impl Document {
    /// The text, at most `limit` bytes where that is enough for the tables. What does not fit is left out by whole
    /// entries, and counted.
    pub(super) fn write(&self, comparison: Option<&Comparison>, limit: usize) -> String {
        let Some(record) = &self.record else { return String::new() };
        // Of bounded length, and to come last: the entries have what it leaves.
        let tail = tables::tail(record, comparison.is_some());
        let room = &mut Room::new(limit.saturating_sub(tail.len()));
        let shard = record.header.shard.map(|shard| format!(", shard {shard}")).unwrap_or_default();
        room.add(&format!("### callpath{shard}: {}\n\n{}", verdict(record), totals(record)));
        gates(record, room);
        if let Some(comparison) = comparison {
            room.add("\n#### Against the baseline\n\n");
            // Half of the room is for what failed.
            let mut part = Room::new((limit.saturating_sub(tail.len() + room.len())) / 2);
            comparison_body(comparison, &mut part);
            room.add(&part.into_text());
        }
        if !record.rejected.is_empty() {
            room.add("\n#### Files that cannot be used\n\n");
            let files = record.rejected.iter().take(FILES).map(rejected);
            room.entries(files, record.rejected.len() as u64, |left| {
                format!("… and {} more\n", things(left, "file", "files"))
            });
        }
        if self.count > 0 {
            room.add("\n#### What did not pass\n\n");
            room.entries(self.scenarios.iter().map(|scenario| entry(scenario)), self.count, |left| {
                format!("… and {} more, see run.json\n", things(left, "scenario", "scenarios"))
            });
        }
        room.add(&tail);
        std::mem::replace(room, Room::new(0)).into_text()
    }
}

/// How it ended, the gravest first.
fn verdict(record: &RunRecord) -> String {
    let totals = &record.totals;
    let rejected = record.rejected.len() as u64;
    let mut parts = Vec::new();
    match record.stopped {
        None | Some(StopReason::MaxFail) => {}
        Some(StopReason::Interrupted) => parts.push("interrupted".to_owned()),
        Some(StopReason::Unusable { .. }) => parts.push("the target cannot be used".to_owned()),
    }
    let counted = [
        (rejected, things(rejected, "file cannot be used", "files cannot be used")),
        (totals.failed, format!("{} failed", count(totals.failed))),
        (totals.error.saturating_sub(rejected), {
            let errors = totals.error.saturating_sub(rejected);
            things(errors, "error", "errors")
        }),
    ];
    parts.extend(counted.into_iter().filter(|(number, _)| *number > 0).map(|(_, words)| words));
    if parts.is_empty() && totals.skipped == totals.scenarios && record.header.shard.is_none() {
        parts.push("nothing ran".to_owned());
    }
    match record.missed_gates().count() as u64 {
        0 => {}
        missed => parts.push(format!("{} missed", things(missed, "gate", "gates"))),
    }
    match (parts.is_empty(), totals.flaky) {
        (true, 0) => "✅ passed".to_owned(),
        (true, flaky) => format!("✅ passed, {} flaky", count(flaky)),
        (false, _) => format!("❌ {}", parts.join(", ")),
    }
}

fn totals(record: &RunRecord) -> String {
    let mut text = verdicts(record);
    if let Some(StopReason::Unusable { reason }) = &record.stopped {
        text += &format!("\n{}\n", code(reason));
    }
    text
}

fn gates(record: &RunRecord, room: &mut Room) {
    if record.gates.is_empty() {
        return;
    }
    room.add("\n");
    let missed = record.gates.iter().filter(|gate| !gate.held);
    let held = record.gates.iter().filter(|gate| gate.held);
    let lines = missed.chain(held).take(GATES).map(|gate| {
        let mark = if gate.held { "✅" } else { "❌ missed:" };
        format!("- {mark} {}\n", code(&gate_sentence(gate)))
    });
    room.entries(lines, record.gates.len() as u64, |left| format!("- … and {left} more\n"));
}

fn details(mark: &str, word: &str, title: &str, before: &str, text: &str) -> String {
    format!(
        "<details><summary>{mark} {word} {}</summary>\n\n{before}{}\n</details>\n",
        html_code(title),
        block(text, DETAIL)
    )
}

fn rejected(file: &RejectedRecord) -> String {
    details("❌", "unusable", &file.file, "", &rejected_text(&file.diagnostics))
}

fn entry(scenario: &ScenarioRecord) -> String {
    let mark = if scenario.verdict == Verdict::Flaky { "⚠️" } else { "❌" };
    let place = format!("{}:{}", scenario.file, scenario.line);
    let attempts = match scenario.attempts.len() {
        0 | 1 => String::new(),
        several => format!(", {several} attempts"),
    };
    let flow = if scenario.flow.is_empty() { String::new() } else { format!(", flow {}", code(&scenario.flow)) };
    let before = format!("{}{flow}{attempts}\n\n", code(&place));
    details(mark, scenario.verdict.word(), &scenario.id, &before, &broken_text(scenario))
}

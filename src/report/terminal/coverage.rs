//! Coverage and wrong decisions in the summary.

use crate::record::{CoverageKind, CoverageKinds, CoverageRecord, DecisionsRecord, WrongDecision};
use crate::report::numbers::{count, percent};
use crate::report::paint::Paint;
use crate::report::table::table;
use crate::source::diagnostics::safe_text;

/// Flows in the table; of further ones only the sum is shown.
const FLOWS: usize = 20;
/// Missing items that are named.
const MISSING: usize = 10;
/// The kinds in the table; the others are in the record.
const KINDS: [CoverageKind; 4] = [CoverageKind::Nodes, CoverageKind::Outcomes, CoverageKind::Edges, CoverageKind::Ends];

/// A table of flows.
pub(super) fn flows(record: &CoverageRecord, shorten: impl Fn(&str) -> String, paint: Paint) -> String {
    let row = |name: String, kinds: &CoverageKinds| {
        let cells = KINDS.iter().map(|kind| percent(kinds.get(kind).and_then(|count| count.ratio())));
        std::iter::once(name).chain(cells).collect::<Vec<String>>()
    };
    let heading = std::iter::once("flow").chain(KINDS.iter().map(|kind| kind.name())).map(str::to_owned);
    let mut rows = vec![heading.collect::<Vec<String>>()];
    rows.extend(record.flows.iter().take(FLOWS).map(|flow| row(shorten(&flow.flow), &flow.kinds)));
    if record.flows.len() > FLOWS {
        rows.push(vec![format!("… {} more flows", record.flows.len() - FLOWS)]);
    }
    if rows.len() > 2 {
        rows.push(row("all".to_owned(), &record.totals));
    }
    let mut text = String::new();
    for (index, line) in table(&rows).into_iter().enumerate() {
        text += &if index == 0 { paint.bold(line) } else { line };
        text.push('\n');
    }
    text
}

/// What passed calls alone came to, where that is less.
pub(super) fn by_passed(record: &CoverageRecord) -> Vec<String> {
    if record.totals.values().all(|count| count.passed == count.covered) {
        return Vec::new();
    }
    let part = |kind: &CoverageKind| {
        let ratio = record.totals.get(kind)?.passed_ratio();
        Some(format!("{} of {}", percent(ratio), kind.name()))
    };
    let parts: Vec<String> = KINDS.iter().filter_map(part).collect();
    vec![format!("by calls that passed: {}", parts.join(", "))]
}

/// The first missing items with their places, and how many there are beside them.
pub(super) fn missing(record: &CoverageRecord) -> Vec<String> {
    let all = || record.flows.iter().flat_map(|flow| &flow.missing);
    let mut lines: Vec<String> = all()
        .take(MISSING)
        .map(|item| {
            let what = match item.kind {
                CoverageKind::Nodes => "node ",
                CoverageKind::Edges => "edge ",
                _ => "",
            };
            format!("{}:{}  {what}{}", safe_text(&item.file), item.line, safe_text(&item.item))
        })
        .collect();
    let number = all().count();
    if number > lines.len() {
        lines.push(format!("… and {} more, see run.json", count((number - lines.len()) as u64)));
    }
    lines
}

/// The wrong decisions that cost the most accuracy.
pub(super) fn worst(record: &DecisionsRecord) -> Vec<String> {
    let line = |wrong: &WrongDecision| {
        let taken = match &wrong.taken {
            Some(taken) => format!("went {}", safe_text(taken)),
            None if wrong.never_reached => "was never reached".to_owned(),
            None => "ended the call".to_owned(),
        };
        let times = match wrong.count {
            1 => "once".to_owned(),
            more => format!("{} times", count(more)),
        };
        format!(
            "{}:{}  {} should go {} and {taken}, {times} (−{})",
            safe_text(&wrong.file),
            wrong.line,
            safe_text(&wrong.node),
            safe_text(&wrong.expected),
            percent(Some(wrong.cost)),
        )
    };
    record.worst.iter().map(line).collect()
}

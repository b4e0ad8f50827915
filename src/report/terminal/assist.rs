//! Prompts in the summary.

use crate::record::{AssistTotals, ResultCounts, Scores, Totals};
use crate::report::numbers::{NONE, count, percent, things};
use crate::report::paint::Paint;
use crate::report::table::table;

/// The confusion table: results expected, and how these prompts ended.
pub(super) fn confusion(record: &AssistTotals, paint: Paint) -> String {
    if record.results.is_empty() {
        return String::new();
    }
    let heading = std::iter::once("expected result").chain(ResultCounts::ORDER.map(|result| result.word()));
    let mut rows = vec![heading.map(str::to_owned).collect::<Vec<String>>()];
    rows.extend(record.results.iter().map(|row| {
        let cell = |result| match row.found.count(result) {
            0 => NONE.to_owned(),
            found => count(found),
        };
        std::iter::once(row.expected.word().to_owned()).chain(ResultCounts::ORDER.map(cell)).collect()
    }));
    let mut text = String::new();
    for (index, line) in table(&rows).into_iter().enumerate() {
        text += &if index == 0 { paint.bold(line) } else { line };
        text.push('\n');
    }
    text
}

/// How many prompts ended as expected.
pub(super) fn results(totals: &Totals, scores: &Scores) -> String {
    match scores.result_accuracy {
        None => NONE.to_owned(),
        ratio => {
            let (right, all) = (count(totals.results_right), count(totals.results));
            format!("{} accuracy ({right} of {all} prompts ended as expected)", percent(ratio))
        }
    }
}

/// How all prompts ended, also those of which nothing was expected.
pub(super) fn prompts(record: &AssistTotals) -> String {
    let counts = ResultCounts::ORDER.map(|result| (record.counts.count(result), result.word()));
    let counts = counts.iter().filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, word)| format!("{} {word}", count(*number))).collect();
    let prompts = things(record.counts.sum(), "prompt", "prompts");
    let requests = things(record.requests, "request", "requests");
    format!("{prompts}: {}; {requests}", counts.join(", "))
}

/// In what state their transcripts are.
pub(super) fn transcripts(record: &AssistTotals) -> Option<String> {
    let looked_for =
        |(state, _): &(&crate::assist::TranscriptState, &u64)| **state != crate::assist::TranscriptState::None;
    let states = record.transcripts.iter().filter(looked_for);
    let states: Vec<String> = states.map(|(state, number)| format!("{} {}", count(*number), state.word())).collect();
    (!states.is_empty()).then(|| states.join(", "))
}

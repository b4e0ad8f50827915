//! The summary of a run.

use super::{assist, coverage, definitions};
use crate::record::{CoverageKind, CoverageKinds, GateRecord, RunRecord, Scores, StopReason, Totals, Verdict};
use crate::report::gate::gate_sentence;
use crate::report::numbers::{NONE, count, percent, things, wall};
use crate::report::paint::Paint;
use crate::report::table::table;
use crate::runner::targets::RequestCounts;
use crate::source::diagnostics::safe_text;

/// Suites in the table; of further ones only the sum is shown.
const SUITES: usize = 40;
/// Slow scenarios that are named.
const SLOWEST: usize = 5;
/// Characters of a suite's path.
const NAME: usize = 48;

/// The whole summary.
pub(super) fn summary(
    record: &RunRecord,
    failing: &[String],
    failing_count: u64,
    reports: &[String],
    paint: Paint,
) -> String {
    let mut text = String::new();
    if !record.suites.is_empty() {
        text += &suites(record, paint);
        text.push('\n');
    }
    if let Some(record) = &record.coverage {
        text += &coverage::flows(record, shorten, paint);
        text.push('\n');
    }
    if let Some(record) = &record.assist
        && !record.results.is_empty()
    {
        text += &assist::confusion(record, paint);
        text.push('\n');
    }
    for (name, values) in facts(record, failing, failing_count, reports, paint) {
        for (index, value) in values.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            text += &format!("{}  {value}\n", paint.dim(format!("{name:<14}")));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text + &verdicts(record, paint)
}

fn suites(record: &RunRecord, paint: Paint) -> String {
    let all = &record.totals;
    let skipped = all.skipped > 0;
    let covered = record.coverage.is_some();
    let row = |name: String, totals: &Totals, scores: &Scores, kinds: Option<&CoverageKinds>| {
        let mut row = vec![name, count(totals.scenarios), count(totals.passed + totals.flaky), count(totals.failed)];
        if all.error > 0 {
            row.push(count(totals.error));
        }
        if skipped {
            row.push(count(totals.skipped));
        }
        row.extend([percent(scores.accuracy), percent(scores.path_fitness), percent(scores.efficiency)]);
        if all.results > 0 {
            row.push(percent(scores.result_accuracy));
        }
        if covered {
            row.push(percent(kinds.and_then(|kinds| kinds.get(&CoverageKind::Nodes)).and_then(|count| count.ratio())));
        }
        row
    };
    let mut heading: Vec<&str> = vec!["suite", "scenarios", "passed", "failed"];
    if all.error > 0 {
        heading.push("error");
    }
    if skipped {
        heading.push("skipped");
    }
    heading.extend(["accuracy", "fitness", "efficiency"]);
    if all.results > 0 {
        heading.push("results");
    }
    if covered {
        heading.push("nodes");
    }
    let mut rows = vec![heading.into_iter().map(str::to_owned).collect::<Vec<String>>()];
    rows.extend(
        record
            .suites
            .iter()
            .take(SUITES)
            .map(|suite| row(shorten(&suite.suite), &suite.totals, &suite.scores, Some(&suite.coverage))),
    );
    if record.suites.len() > SUITES {
        rows.push(vec![format!("… {} more suites", record.suites.len() - SUITES)]);
    }
    if !record.rejected.is_empty() {
        let mut totals = Totals::default();
        record.rejected.iter().for_each(|_| totals.add_rejected());
        let name = things(totals.error, "file that cannot be used", "files that cannot be used");
        rows.push(row(name, &totals, &Scores::default(), None));
    }
    if rows.len() > 2 {
        rows.push(row(
            "all".to_owned(),
            all,
            &record.scores,
            record.coverage.as_ref().map(|coverage| &coverage.totals),
        ));
    }
    let mut text = String::new();
    for (index, line) in table(&rows).into_iter().enumerate() {
        text += &if index == 0 { paint.bold(line) } else { line };
        text.push('\n');
    }
    text
}

/// The end of a long path says more than its beginning.
fn shorten(path: &str) -> String {
    let path = safe_text(path);
    let length = path.chars().count();
    if length <= NAME {
        return path.into_owned();
    }
    std::iter::once('…').chain(path.chars().skip(length - NAME + 1)).collect()
}

type Fact = (&'static str, Vec<String>);

fn facts(record: &RunRecord, failing: &[String], failing_count: u64, reports: &[String], paint: Paint) -> Vec<Fact> {
    // Where no suite could be used there is nothing to measure.
    let mut facts = if record.suites.is_empty() { Vec::new() } else { measures(record) };
    facts.push(("definitions", definitions::lines(&record.header.definitions)));
    if let Some(shard) = record.header.shard {
        facts.push(("shard", vec![format!("{shard}; `callpath merge` puts all together and judges the gates")]));
    }
    facts.push(("gates", record.gates.iter().map(|gate| gate_line(gate, paint)).collect()));
    let slowest = record.wall.slowest.iter().take(SLOWEST);
    let slowest: Vec<String> =
        slowest.map(|slow| format!("{:>9}  {}", wall(slow.duration_us), safe_text(&slow.id))).collect();
    facts.push(("slowest", slowest));
    let mut ids: Vec<String> = failing.iter().map(|id| safe_text(id).into_owned()).collect();
    if failing_count > failing.len() as u64 {
        ids.push(format!("… and {} more, see run.json", count(failing_count - failing.len() as u64)));
    }
    facts.push(("failing", ids));
    facts.push(("reports", reports.iter().map(|path| safe_text(path).into_owned()).collect()));
    facts
}

/// The scores and what stands beside them.
fn measures(record: &RunRecord) -> Vec<Fact> {
    let (totals, scores) = (&record.totals, &record.scores);
    let joint = scores.joint_accuracy.map_or_else(
        || NONE.to_owned(),
        |joint| {
            let [value, low, high] = [joint.value, joint.low, joint.high].map(|ratio| percent(Some(ratio)));
            let what = if totals.rehearsed > 0 { "scenarios" } else { "calls" };
            format!("{value} of the {what} are right in every check (95 % interval {low} to {high})")
        },
    );
    let mut facts: Vec<Fact> = vec![("joint accuracy", vec![joint])];
    // A run of prompts alone has nothing to say of calls.
    let calls = record.assist.is_none() || !record.flows.is_empty();
    if calls {
        facts.push(("decisions", vec![decisions(totals, scores)]));
    }
    if let Some(record) = &record.assist {
        facts.push(("results", vec![assist::results(totals, scores)]));
        facts.push(("prompts", vec![assist::prompts(record)]));
        facts.push(("transcripts", assist::transcripts(record).into_iter().collect()));
    }
    let part = |ratio: Option<f64>, right: u64, all: u64, what: &str| match ratio {
        Some(_) => format!("{} {what} ({} of {})", percent(ratio), count(right), count(all)),
        None => NONE.to_owned(),
    };
    facts.push(("checks", vec![part(scores.check_accuracy, totals.checks_held, totals.checks, "held")]));
    if calls {
        facts.push(("path fitness", vec![mean(scores.path_fitness, totals.paths, "path", "paths")]));
        facts.push(("efficiency", vec![mean(scores.efficiency, totals.efficiencies, "call", "calls")]));
        facts.push(("effort", vec![effort(totals)]));
    }
    if let Some(requests) = &record.wall.requests {
        facts.push(("requests", vec![sent(requests)]));
    }
    if let Some(record) = &record.coverage {
        facts.push(("coverage", coverage::by_passed(record)));
        facts.push(("not covered", coverage::missing(record)));
    }
    if let Some(record) = &record.decisions {
        facts.push(("wrong turns", coverage::worst(record)));
    }
    facts
}

fn decisions(totals: &Totals, scores: &Scores) -> String {
    if totals.decisions == 0 {
        return NONE.to_owned();
    }
    let right = format!("{} of {} right", count(totals.decisions_right), count(totals.decisions));
    let missed = match totals.decisions_not_reached {
        0 => String::new(),
        missed => format!(", {} not reached", count(missed)),
    };
    format!("{} accuracy ({right}{missed})", percent(scores.accuracy))
}

/// What a remote target cost, and how often it made difficulties.
fn sent(requests: &RequestCounts) -> String {
    let RequestCounts { requests: sent, retries, throttled, unavailable, broken, unauthorized, tokens } = *requests;
    let difficulties =
        [(throttled, "throttled"), (unavailable, "unavailable"), (broken, "broken"), (unauthorized, "unauthorized")];
    let difficulties = difficulties.iter().filter(|(number, _)| *number > 0);
    let difficulties: Vec<String> = difficulties.map(|(number, word)| format!("{} {word}", count(*number))).collect();
    let why = if difficulties.is_empty() { String::new() } else { format!(" ({})", difficulties.join(", ")) };
    let tokens = things(tokens, "request for a token", "requests for a token");
    format!("{} sent, {} tried again{why}, {tokens}", count(sent), count(retries))
}

fn mean(ratio: Option<f64>, number: u64, one: &str, many: &str) -> String {
    match ratio {
        Some(_) => format!("{}, the mean of {}", percent(ratio), things(number, one, many)),
        None => NONE.to_owned(),
    }
}

fn gate_line(gate: &GateRecord, paint: Paint) -> String {
    let sentence = safe_text(&gate_sentence(gate)).into_owned();
    match gate.held {
        true => paint.dim(format!("held    {sentence}")),
        false => format!("{}  {sentence}", paint.red("missed")),
    }
}

/// What a call costs the caller, over the calls that were scored.
fn effort(totals: &Totals) -> String {
    let calls = totals.calls();
    if calls == 0 {
        return NONE.to_owned();
    }
    let per_call = |sum: f64| sum / calls as f64;
    format!(
        "{:.1} keys, {:.1} s of prompts, {:.1} retries, {:.1} s a call",
        per_call(totals.keypresses as f64),
        per_call(totals.prompt_ms as f64 / 1e3),
        per_call(totals.retries as f64),
        per_call(totals.virtual_ms as f64 / 1e3),
    )
}

/// The last line: how it ended, and how long it took.
pub(super) fn verdicts(record: &RunRecord, paint: Paint) -> String {
    let totals = &record.totals;
    let parts = [
        (Verdict::Passed, totals.passed),
        (Verdict::Flaky, totals.flaky),
        (Verdict::Failed, totals.failed),
        (Verdict::Error, totals.error),
        (Verdict::Skipped, totals.skipped),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|&(verdict, number)| number > 0 || verdict == Verdict::Passed)
        .map(|(verdict, number)| {
            let words = match verdict {
                Verdict::Error => things(number, "error", "errors"),
                verdict => format!("{} {}", count(number), verdict.word()),
            };
            paint.verdict(verdict, words)
        })
        .collect();
    let stopped = match record.stopped {
        None => String::new(),
        Some(StopReason::MaxFail) => ", stopped early because of failures".to_owned(),
        Some(StopReason::Interrupted) => ", interrupted".to_owned(),
        Some(StopReason::Unusable { .. }) => ", stopped early because the target cannot be used".to_owned(),
    };
    let deselected = match record.header.deselected {
        0 => String::new(),
        number => format!(", {} not selected", count(number)),
    };
    let gates = match record.missed_gates().count() as u64 {
        0 => String::new(),
        missed => paint.red(format!(", {} missed", things(missed, "gate", "gates"))),
    };
    let scenarios = paint.bold(things(totals.scenarios, "scenario", "scenarios"));
    let time = wall(record.wall.duration_us);
    format!("{scenarios}: {}{deselected} in {time}{stopped}{gates}\n", parts.join(", "))
}

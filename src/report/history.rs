//! The history file: a line is appended when a run is over, and printed as trends.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::file::create_folder;
use super::numbers::{NONE, count, percent, things, wall};
use super::paint::Paint;
use super::table::table;
use crate::record::history::{History, HistoryLine, unstable};
use crate::record::{CoverageKind, Event, EventKind, RunRecord, Verdict};
use crate::runner::{Json, Order, ReportError, Reporter};
use crate::source::diagnostics::safe_text;

/// Unstable scenarios that are named.
const LISTED: usize = 20;

/// Appends a line for the run to a file.
pub(crate) struct HistoryReport {
    name: String,
    path: PathBuf,
    failing: Vec<String>,
    flaky: Vec<String>,
    summary: Option<Box<RunRecord>>,
}

impl HistoryReport {
    /// A line in this file.
    pub(crate) fn new(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { name, path: path.to_owned(), failing: Vec::new(), flaky: Vec::new(), summary: None }
    }
}

impl Reporter for HistoryReport {
    fn name(&self) -> &str {
        &self.name
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::ScenarioFinished { scenario, .. } => match scenario.verdict {
                Verdict::Failed | Verdict::Error => self.failing.push(scenario.id.clone()),
                Verdict::Flaky => self.flaky.push(scenario.id.clone()),
                Verdict::Passed | Verdict::Skipped => {}
            },
            EventKind::RunFinished { summary } => self.summary = Some(summary.clone()),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        let Some(summary) = self.summary.take() else { return Ok(()) };
        let line = HistoryLine::new(&summary, &self.failing, &self.flaky);
        let json = serde_json::to_string(&line)
            .map_err(|error| ReportError(format!("cannot write the run as JSON: {error}")))?;
        append(&self.path, &json)
    }
}

/// Appends a line with a single write, so that lines of runs that end at once do not mix. Where the line before was cut
/// short, ours begins on a new one.
fn append(path: &Path, json: &str) -> Result<(), ReportError> {
    create_folder(path.parent())?;
    let write = || {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let before = if last == *b"\n" { "" } else { "\n" };
        file.write_all(format!("{before}{json}\n").as_bytes())
    };
    write().map_err(|error| ReportError::io(path, &error))
}

/// The last runs of a history as a table, the trend of each score, and the scenarios that are not stable.
pub(crate) fn history_text(history: &History, last: usize, color: bool) -> String {
    let paint = Paint { color };
    let all = &history.runs;
    let runs = all.get(all.len().saturating_sub(last)..).unwrap_or_default();
    let mut text = String::new();
    if !history.unreadable.is_empty() {
        let lines: Vec<String> = history.unreadable.iter().take(LISTED / 2).map(usize::to_string).collect();
        let number = things(history.unreadable.len() as u64, "line", "lines");
        text += &format!("{}\n\n", paint.dim(format!("{number} cannot be read: {}", lines.join(", "))));
    }
    let mut rows = vec![
        ["run", "scenarios", "failing", "flaky", "accuracy", "joint", "nodes", "gates missed", "time"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(runs.iter().map(row));
    for (index, line) in table(&rows).into_iter().enumerate() {
        text += &if index == 0 { paint.bold(line) } else { line };
        text.push('\n');
    }
    text.push('\n');
    type Of = fn(&HistoryLine) -> Option<f64>;
    let trends: [(&str, Of); 7] = [
        ("accuracy", |run| run.scores.accuracy),
        ("joint accuracy", joint),
        ("efficiency", |run| run.scores.efficiency),
        ("results", |run| run.scores.result_accuracy),
        ("coverage.nodes", |run| covered(run, CoverageKind::Nodes)),
        ("coverage.edges", |run| covered(run, CoverageKind::Edges)),
        ("time", |run| Some(run.duration_us as f64)),
    ];
    for (name, of) in trends {
        let values: Vec<Option<f64>> = runs.iter().map(of).collect();
        if values.iter().any(Option::is_some) {
            text += &format!("{}  {}\n", paint.dim(format!("{name:<14}")), sparkline(&values));
        }
    }
    let list = unstable(all);
    text.push('\n');
    if list.is_empty() {
        text += "no scenario changed its verdict between runs of the same inputs\n";
        return text;
    }
    text += &paint.bold(format!("not stable  {}\n", count(list.len() as u64)));
    for one in list.iter().take(LISTED) {
        let flaky = if one.flaky > 0 { format!(", flaky in {}", count(one.flaky)) } else { String::new() };
        let said = format!(
            "{} in {}, failed in {}{flaky}",
            things(one.changes, "change", "changes"),
            things(one.runs, "run", "runs"),
            count(one.failed)
        );
        text += &format!("  {}  {}\n", safe_text(&one.id), paint.dim(said));
    }
    if list.len() > LISTED {
        text += &format!("  … and {} more\n", count((list.len() - LISTED) as u64));
    }
    text
}

fn row(run: &HistoryLine) -> Vec<String> {
    let totals = &run.totals;
    vec![
        safe_text(&run.started).into_owned(),
        count(totals.scenarios),
        count(totals.failed + totals.error),
        count(totals.flaky),
        percent(run.scores.accuracy),
        percent(joint(run)),
        percent(covered(run, CoverageKind::Nodes)),
        count(run.missed_gates),
        wall(run.duration_us),
    ]
}

fn joint(run: &HistoryLine) -> Option<f64> {
    run.scores.joint_accuracy.map(|joint| joint.value)
}

fn covered(run: &HistoryLine, kind: CoverageKind) -> Option<f64> {
    run.coverage.get(&kind).and_then(|count| count.ratio())
}

/// A bar for each value, from the least to the greatest of them; a dash where there is none.
fn sparkline(values: &[Option<f64>]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (least, greatest) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let bar = |value: f64| {
        let share = if greatest > least { (value - least) / (greatest - least) } else { 1.0 };
        // Out of range only for what is no number.
        BARS.get((share * 7.0).round() as usize).copied().unwrap_or('–')
    };
    values.iter().map(|value| value.map_or_else(|| NONE.chars().next().unwrap_or('-'), bar)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_goes_from_its_least_to_its_greatest_value() {
        assert_eq!(sparkline(&[Some(0.0), Some(0.5), None, Some(1.0)]), "▁▅–█");
        assert_eq!(sparkline(&[Some(0.9), Some(0.9)]), "██");
    }

    #[test]
    fn a_cut_line_is_ended_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/history.jsonl");
        append(&path, "1").unwrap();
        append(&path, "2").unwrap();
        std::fs::write(&path, "1\n{\"ver").unwrap();
        append(&path, "3").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1\n{\"ver\n3\n");
    }
}

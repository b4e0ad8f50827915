//! Arguments of the commands that make reports of a run: `run`, `report` and `merge`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::selection::{RuleLevels, Selection};
use crate::record::Shard;
use crate::source::yaml::parse_duration;
use crate::suite::gate::Gate;

/// `callpath run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath run\n  callpath run suites/bank --tag 'hang-up and not keys'\n  \
                        callpath run --filter 'suites/bank/*PIN*' --verbose\n  \
                        callpath run --junit-dialect strict --report-dir out\n  callpath run --shard 1/4 --github")]
pub struct Run {
    /// Which scenarios.
    #[command(flatten)]
    pub selection: Selection,
    /// Where the calls are simulated: `embedded`, or a `[target.NAME]` of callpath.toml [default: embedded]
    #[arg(long, value_name = "NAME", env = "CALLPATH_TARGET")]
    pub target: Option<String>,
    /// Scenarios at once [default: one per core; on a remote target its in-flight, or 16]
    #[arg(long, short = 'j', value_name = "N", env = "CALLPATH_JOBS", value_parser = |text: &str| number(text, JOBS))]
    pub jobs: Option<u32>,
    /// The seed of every draw of scenarios that have none of their own [default: 0]
    #[arg(long, value_name = "N", env = "CALLPATH_SEED", allow_negative_numbers = true, value_parser = whole_number)]
    pub seed: Option<u64>,
    /// Wall time for one attempt, such as `30s` [default: 60s; on a remote target its own limits]
    #[arg(long, value_name = "TIME", env = "CALLPATH_TIMEOUT", value_parser = positive_duration)]
    pub timeout: Option<u64>,
    /// Try a scenario that did not pass again, up to N times; one that passes then is flaky [default: 0]
    #[arg(long, value_name = "N", env = "CALLPATH_RETRIES", value_parser = |text: &str| number(text, RETRIES))]
    pub retries: Option<u32>,
    /// Run every scenario N times; mixed results are flaky [default: 1]
    #[arg(long, value_name = "N", value_parser = |text: &str| number(text, REPEAT))]
    pub repeat: Option<u32>,
    /// Start no more scenarios after N that failed or could not be run
    #[arg(long, value_name = "N", value_parser = |text: &str| number(text, MAX_FAIL))]
    pub max_fail: Option<u32>,
    /// The same as --max-fail 1
    #[arg(long, conflicts_with = "max_fail")]
    pub fail_fast: bool,
    /// Where the reports go [default: callpath-report]
    #[arg(long, value_name = "DIR", env = "CALLPATH_REPORT_DIR")]
    pub report_dir: Option<PathBuf>,
    /// Do not write report.html
    #[arg(long, conflicts_with = "html")]
    pub no_html: bool,
    /// What the run must reach, such as `accuracy>=95%` or `duration<=2m`; repeated: all of them; see docs/gates.md
    #[arg(long = "gate", value_name = "GATE", value_parser = Gate::parse)]
    pub gates: Vec<Gate>,
    /// Append a line about this run to this file; `callpath history` shows them
    #[arg(long, value_name = "FILE", env = "CALLPATH_HISTORY")]
    pub history: Option<PathBuf>,
    /// Run only this part of the scenarios, for example `2/4`: every fourth one from the second on; `callpath merge` puts the parts together
    #[arg(long, value_name = "I/N", env = "CALLPATH_SHARD", value_parser = Shard::parse)]
    pub shard: Option<Shard>,
    /// More reports.
    #[command(flatten)]
    pub reports: Reports,
    /// Send each result to this `[export.NAME]` of callpath.toml, spooled first, so that none is lost; repeated: to all of them
    #[arg(long = "export", value_name = "NAME")]
    pub exports: Vec<String>,
    /// How long to go on sending after the run; the rest waits for `callpath export --resume` [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = positive_duration)]
    pub export_timeout: Option<u64>,
    /// Append the audit log of this run to this file too, as one chain over many runs
    #[arg(long, value_name = "FILE", env = "CALLPATH_AUDIT")]
    pub audit: Option<PathBuf>,
    /// How grave rules are.
    #[command(flatten)]
    pub rules: RuleLevels,
    /// A line for every scenario, not only for those that did not pass
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// Only the last line of the summary
    #[arg(long, short = 'q', conflicts_with = "verbose")]
    pub quiet: bool,
}

/// The heading of the options about reports.
const REPORTS: &str = "Reports";

/// Reports and where they go: the same for every command that writes them.
#[derive(Debug, Args)]
pub struct Reports {
    /// JUnit goes to this file; `-` here and below is standard output [default of run and merge: junit.xml in the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub junit: Option<PathBuf>,
    /// The dialect of JUnit: `rich` has file and line of each case, `strict` passes the Jenkins and Surefire schemas [default: rich]
    #[arg(long, value_enum, value_name = "DIALECT", help_heading = REPORTS)]
    pub junit_dialect: Option<Dialect>,
    /// The run record goes to this file [default of run and merge: run.json in the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub json: Option<PathBuf>,
    /// Coverage in Cobertura's format goes to this file [default of run and merge: coverage.xml in the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub cobertura: Option<PathBuf>,
    /// The page for people goes to this file [default of run and merge: report.html in the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub html: Option<PathBuf>,
    /// Write a summary for a pull request in Markdown to this file
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub markdown: Option<PathBuf>,
    /// Write metrics for Prometheus to this file
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub metrics: Option<PathBuf>,
    /// Print annotations for GitHub Actions, and append the Markdown to the step's summary
    #[arg(long, help_heading = REPORTS)]
    pub github: bool,
    /// Compare with this run, as `callpath compare` does; the exit code is the run's own
    #[arg(long, value_name = "FILE", env = "CALLPATH_BASELINE", help_heading = REPORTS)]
    pub baseline: Option<PathBuf>,
}

/// How much is printed about a run that is over.
#[derive(Debug, Args)]
pub struct Amount {
    /// A line for every scenario, not only for those that did not pass
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// Only the last line of the summary
    #[arg(long, short = 'q', conflicts_with = "verbose")]
    pub quiet: bool,
}

/// `callpath report`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath report callpath-report/run.json\n  \
                        callpath report callpath-report/events.jsonl --junit junit.xml --json run.json\n  \
                        callpath report run.json --baseline main/run.json --markdown comment.md --quiet\n\
                        \nThe exit code is that of the run, as `callpath run` had it, or would have had it if it was cut short;\n\
                        2 also when the source cannot be read or a report cannot be written")]
pub struct Report {
    /// The run: its run.json, or its journal (events.jsonl), which may be cut short; `-` is standard input
    #[arg(value_name = "SOURCE")]
    pub source: PathBuf,
    /// Which reports.
    #[command(flatten)]
    pub reports: Reports,
    /// How much is printed.
    #[command(flatten)]
    pub amount: Amount,
}

/// `callpath merge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath merge shard-*/run.json --report-dir merged\n  \
                        callpath merge monday/events.jsonl tuesday/run.json\n\
                        \nThe exit code is that of the whole run; 2 also when the parts do not belong together")]
pub struct Merge {
    /// The parts: a run.json or a journal (events.jsonl) each
    #[arg(value_name = "SOURCE", required = true)]
    pub sources: Vec<PathBuf>,
    /// Where the reports go [default: callpath-report]
    #[arg(long, value_name = "DIR", env = "CALLPATH_REPORT_DIR")]
    pub report_dir: Option<PathBuf>,
    /// Do not write report.html
    #[arg(long, conflicts_with = "html")]
    pub no_html: bool,
    /// Merge although shards are missing; the run then counts as interrupted
    #[arg(long)]
    pub allow_missing: bool,
    /// Which reports.
    #[command(flatten)]
    pub reports: Reports,
    /// How much is printed.
    #[command(flatten)]
    pub amount: Amount,
}

/// The dialects of JUnit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// With file, line and properties.
    Rich,
    /// What the schemas allow.
    Strict,
}

fn whole_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("it must be a whole number from 0 to {}", u64::MAX))
}

/// The least and the greatest `--jobs`.
pub(crate) const JOBS: (u32, u32) = (1, 4096);
/// The least and the greatest `--retries`.
pub(crate) const RETRIES: (u32, u32) = (0, 100);
/// The least and the greatest `--repeat`.
pub(crate) const REPEAT: (u32, u32) = (1, 10_000);
/// The least and the greatest `--max-fail`.
pub(crate) const MAX_FAIL: (u32, u32) = (1, u32::MAX);

fn number(text: &str, (least, most): (u32, u32)) -> Result<u32, String> {
    let fitting = text.parse().ok().filter(|number| (least..=most).contains(number));
    fitting.ok_or_else(|| format!("it must be a whole number from {least} to {most}"))
}

/// Milliseconds, at least one.
pub(crate) fn positive_duration(text: &str) -> Result<u64, String> {
    match parse_duration(text) {
        Ok(0) => Err("it must be longer than that, for example '30s'".to_owned()),
        Err(error) => Err(format!("{error}; write for example '30s'")),
        positive => positive,
    }
}

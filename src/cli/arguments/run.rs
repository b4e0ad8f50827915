//! Arguments of the commands that write reports of a run: `run`, `report` and `merge`.

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
    /// Where to simulate calls: `embedded`, or a `[target.NAME]` of callpath.toml [default:
    /// embedded]
    #[arg(long, value_name = "NAME", env = "CALLPATH_TARGET")]
    pub target: Option<String>,
    /// Number of scenarios to run in parallel [default: one per core; on a remote target its
    /// in-flight, or 16]
    #[arg(long, short = 'j', value_name = "N", env = "CALLPATH_JOBS", value_parser = |text: &str| number(text, JOBS_RANGE))]
    pub jobs: Option<u32>,
    /// Random seed of scenarios that set none [default: 0]
    #[arg(long, value_name = "N", env = "CALLPATH_SEED", allow_negative_numbers = true, value_parser = whole_number)]
    pub seed: Option<u64>,
    /// Wall-clock timeout of one attempt, such as `30s` [default: 60s; on a remote target its own
    /// limits]
    #[arg(long, value_name = "TIME", env = "CALLPATH_TIMEOUT", value_parser = positive_duration)]
    pub timeout: Option<u64>,
    /// Retry a scenario that did not pass up to N times; it is flaky if it passes then [default: 0]
    #[arg(long, value_name = "N", env = "CALLPATH_RETRIES", value_parser = |text: &str| number(text, RETRIES_RANGE))]
    pub retries: Option<u32>,
    /// Run every scenario N times; mixed results are flaky [default: 1]
    #[arg(long, value_name = "N", value_parser = |text: &str| number(text, REPEAT_RANGE))]
    pub repeat: Option<u32>,
    /// Stop starting scenarios after N failures or errors
    #[arg(long, value_name = "N", value_parser = |text: &str| number(text, MAX_FAIL_RANGE))]
    pub max_fail: Option<u32>,
    /// The same as --max-fail 1
    #[arg(long, conflicts_with = "max_fail")]
    pub fail_fast: bool,
    /// The report folder [default: callpath-report]
    #[arg(long, value_name = "DIR", env = "CALLPATH_REPORT_DIR")]
    pub report_dir: Option<PathBuf>,
    /// Do not write report.html
    #[arg(long, conflicts_with = "html")]
    pub no_html: bool,
    /// Require this of the run, such as `accuracy>=95%` or `duration<=2m`; repeatable, all must
    /// hold; see docs/gates.md
    #[arg(long = "gate", value_name = "GATE", value_parser = Gate::parse)]
    pub gates: Vec<Gate>,
    /// Append a line about this run to this file, for `callpath history`
    #[arg(long, value_name = "FILE", env = "CALLPATH_HISTORY")]
    pub history: Option<PathBuf>,
    /// Run only this part of the scenarios, for example `2/4`: every fourth one from the second on;
    /// `callpath merge` merges the parts
    #[arg(long, value_name = "I/N", env = "CALLPATH_SHARD", value_parser = Shard::parse)]
    pub shard: Option<Shard>,
    /// More reports.
    #[command(flatten)]
    pub reports: Reports,
    /// Send each result to this `[export.NAME]` of callpath.toml; it is spooled first, so that none
    /// is lost; repeatable
    #[arg(long = "export", value_name = "NAME")]
    pub exports: Vec<String>,
    /// How long to keep sending after the run; `callpath export --resume` sends the rest [default:
    /// 10s]
    #[arg(long, value_name = "TIME", value_parser = positive_duration)]
    pub export_timeout: Option<u64>,
    /// Also append the audit log of this run to this file, as one chain over many runs
    #[arg(long, value_name = "FILE", env = "CALLPATH_AUDIT")]
    pub audit: Option<PathBuf>,
    /// Severity of each rule.
    #[command(flatten)]
    pub rules: RuleLevels,
    /// Print a line for every scenario, not only for those that did not pass
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// Print only the last line of the summary
    #[arg(long, short = 'q', conflicts_with = "verbose")]
    pub quiet: bool,
}

/// The heading of the options about reports.
const REPORTS: &str = "Reports";

/// Report files, the same for every command that writes them.
#[derive(Debug, Args)]
pub struct Reports {
    /// Write JUnit to this file; `-` here and below is standard output [default of run and merge:
    /// junit.xml in the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub junit: Option<PathBuf>,
    /// JUnit dialect: `rich` has file and line of each case, `strict` passes the Jenkins and
    /// Surefire schemas [default: rich]
    #[arg(long, value_enum, value_name = "DIALECT", help_heading = REPORTS)]
    pub junit_dialect: Option<Dialect>,
    /// Write the run record to this file [default of run and merge: run.json in the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub json: Option<PathBuf>,
    /// Write coverage in Cobertura's format to this file [default of run and merge: coverage.xml in
    /// the report folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub cobertura: Option<PathBuf>,
    /// Write the HTML page to this file [default of run and merge: report.html in the report
    /// folder]
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub html: Option<PathBuf>,
    /// Write a summary for a pull request in Markdown to this file
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub markdown: Option<PathBuf>,
    /// Write metrics for Prometheus to this file
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub metrics: Option<PathBuf>,
    /// Print annotations for GitHub Actions and append the Markdown summary to the step summary
    #[arg(long, help_heading = REPORTS)]
    pub github: bool,
    /// Compare with this run, as `callpath compare` does; the exit code stays that of the run
    #[arg(long, value_name = "FILE", env = "CALLPATH_BASELINE", help_heading = REPORTS)]
    pub baseline: Option<PathBuf>,
}

/// Verbosity about a finished run.
#[derive(Debug, Args)]
pub struct Amount {
    /// Print a line for every scenario, not only for those that did not pass
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// Print only the last line of the summary
    #[arg(long, short = 'q', conflicts_with = "verbose")]
    pub quiet: bool,
}

/// `callpath report`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath report callpath-report/run.json\n  \
                        callpath report callpath-report/events.jsonl --junit junit.xml --json run.json\n  \
                        callpath report run.json --baseline main/run.json --markdown comment.md --quiet\n\
                        \nThe exit code is that of the run (of a run that was cut short, as if it had been interrupted);\n\
                        2 also when the source cannot be read or a report cannot be written")]
pub struct Report {
    /// The run: run.json or the journal events.jsonl, complete or cut short; `-` is standard input
    #[arg(value_name = "SOURCE")]
    pub source: PathBuf,
    /// Which reports.
    #[command(flatten)]
    pub reports: Reports,
    /// Verbosity.
    #[command(flatten)]
    pub amount: Amount,
}

/// `callpath merge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath merge shard-*/run.json --report-dir merged\n  \
                        callpath merge monday/events.jsonl tuesday/run.json\n\
                        \nThe exit code is that of the whole run; 2 also when the parts are not of one run")]
pub struct Merge {
    /// The parts: a run.json or a journal events.jsonl each
    #[arg(value_name = "SOURCE", required = true)]
    pub sources: Vec<PathBuf>,
    /// The report folder [default: callpath-report]
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
    /// Verbosity.
    #[command(flatten)]
    pub amount: Amount,
}

/// The dialects of JUnit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// With file, line and properties.
    Rich,
    /// Only what the schemas allow.
    Strict,
}

fn whole_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("it must be a whole number from 0 to {}", u64::MAX))
}

/// Minimum and maximum of `--jobs`.
pub(crate) const JOBS_RANGE: (u32, u32) = (1, 4096);
/// Minimum and maximum of `--retries`.
pub(crate) const RETRIES_RANGE: (u32, u32) = (0, 100);
/// Minimum and maximum of `--repeat`.
pub(crate) const REPEAT_RANGE: (u32, u32) = (1, 10_000);
/// Minimum and maximum of `--max-fail`.
pub(crate) const MAX_FAIL_RANGE: (u32, u32) = (1, u32::MAX);

fn number(text: &str, (min, max): (u32, u32)) -> Result<u32, String> {
    let fitting = text.parse().ok().filter(|number| (min..=max).contains(number));
    fitting.ok_or_else(|| format!("it must be a whole number from {min} to {max}"))
}

/// Parses a duration of at least 1 ms, in ms.
pub(crate) fn positive_duration(text: &str) -> Result<u64, String> {
    match parse_duration(text) {
        Ok(0) => Err("it must be longer than 0s, for example '30s'".to_owned()),
        Err(error) => Err(format!("{error}; write for example '30s'")),
        positive => positive,
    }
}

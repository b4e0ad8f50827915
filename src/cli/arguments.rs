//! Command-line arguments as typed. `settings` resolves them with the configuration.

mod audit;
mod export;
mod global;
mod run;
mod selection;
mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use audit::{Audit, AuditCommand};
pub(super) use export::Export;
pub(super) use global::{Color, Global};
pub(super) use run::*;
pub(super) use selection::{Format, RuleLevels, Selection};
pub(super) use serve::{Assist, Serve};

/// Tests for phone menus: runs YAML suites against call flows on a built-in simulator.
#[derive(Debug, Parser)]
#[command(
    name = "callpath",
    version,
    max_term_width = 100,
    after_help = "A first run:\n  callpath init          write a starter suite and flow\n  callpath run           run all suites in ./suites\n\
                  \nExit codes: 0 passed, 1 a scenario failed, 2 invalid suite or usage, 3 the target could not be used,\n\
                  4 nothing ran, 5 a gate was missed, 130 interrupted"
)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run suites and write reports
    Run(Box<Run>),
    /// Check suites and flows without running them
    Validate(Validate),
    /// List the scenarios that would run
    List(List),
    /// Write reports of a finished run
    Report(Report),
    /// Merge shards and interrupted runs into one run, with all reports
    Merge(Merge),
    /// Compare two runs: broken, fixed and changed scenarios
    Compare(Compare),
    /// Show trends over many runs, and unstable scenarios
    History(History),
    /// Draw a flow for documents and reviews
    Graph(Graph),
    /// Send results to a QA platform: those of a run, or pending ones in the spool
    Export(Export),
    /// Verify that an audit log is unchanged
    Audit(Audit),
    /// Serve the simulator over HTTP, with injected faults on request
    Serve(Serve),
    /// Print the JSON Schema of a file format, for editors and other tools
    Schema(Schema),
    /// Write a starter suite and flow that pass
    Init(Init),
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page
    Man(Man),
}

/// `callpath validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// Suite files, flow files, directories or globs [default: suites]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Severity of each rule.
    #[command(flatten)]
    pub levels: RuleLevels,
    /// List the rules and exit
    #[arg(long)]
    pub rules: bool,
    /// Output format of the diagnostics
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// `callpath list`.
#[derive(Debug, Args)]
pub struct List {
    /// Which scenarios.
    #[command(flatten)]
    pub selection: Selection,
    /// Output format; `text` is one id per line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// `callpath compare`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath compare main/run.json callpath-report/run.json\n  \
                        callpath compare base.json new.json --format markdown --fail-on any\n\
                        \nExit codes: 0 no difference that --fail-on names, 1 such a difference, 2 a file cannot be read")]
pub struct Compare {
    /// The run to compare with: run.json or the journal events.jsonl
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// The run to compare
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Differences that exit with code 1
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub fail_on: FailOn,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: CompareFormat,
}

/// `callpath history`.
#[derive(Debug, Args)]
pub struct History {
    /// The file that `callpath run --history` appends to
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Number of runs to show
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub last: u32,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// `callpath graph`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath graph suites/flows/bank.yaml --output bank.svg\n  \
                        callpath graph suites/flows/bank.yaml --run callpath-report/run.json -o tested.svg\n  \
                        callpath graph suites/flows/bank.yaml --format mermaid")]
pub struct Graph {
    /// The flow file
    #[arg(value_name = "FLOW")]
    pub flow: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: GraphFormat,
    /// Show the coverage of this run: a run.json
    #[arg(long, value_name = "FILE")]
    pub run: Option<PathBuf>,
    /// Write to this file instead of standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Output format of a drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A picture that follows the reader's light or dark mode
    #[default]
    Svg,
    /// Graphviz
    Dot,
    /// A flowchart that GitHub, GitLab and wikis render
    Mermaid,
}

/// Differences that exit with code 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A newly broken scenario, a newly missed gate, a newly unusable file.
    #[default]
    Regression,
    /// Any difference.
    Any,
    /// Nothing.
    Never,
}

/// Output format of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people.
    #[default]
    Text,
    /// For machines; `callpath schema compare` describes it.
    Json,
    /// For a pull request.
    Markdown,
}

/// `callpath schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// The format
    #[arg(value_enum, required_unless_present = "write")]
    pub format: Option<SchemaName>,
    /// Write all schemas to this directory instead of printing one
    #[arg(long, value_name = "DIR", conflicts_with = "format")]
    pub write: Option<PathBuf>,
}

/// The formats that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// Suites.
    Suite,
    /// Flows.
    Flow,
    /// run.json.
    Run,
    /// The lines of events.jsonl.
    Event,
    /// The output of `compare --format json`.
    Compare,
    /// The output of `history --format json`.
    History,
    /// The lines of audit.jsonl.
    Audit,
    /// The payload for a QA platform.
    QaResult,
    /// The agents of `serve --agents`.
    Agents,
}

/// `callpath init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The directory to write to
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
}

/// `callpath completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `callpath man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Write the pages of all commands to this directory instead of printing the main one
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
}

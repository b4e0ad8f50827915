//! The arguments of `callpath export`.

use std::path::PathBuf;

use clap::Args;

use super::run::positive_duration;

/// `callpath export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath export callpath-report/run.json --to qa\n  \
                        callpath export --resume\n  \
                        callpath export --resume --to qa --dead-letters\n\
                        \nExit codes: 0 everything was delivered, 1 results are pending or dead letters, 2 invalid usage or spool")]
pub struct Export {
    /// Send the results of this run: run.json or the journal events.jsonl, complete or cut short;
    /// `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "resume", conflicts_with = "resume")]
    pub file: Option<PathBuf>,
    /// The `[export.NAME]` of callpath.toml [default: the only one; with --resume all]
    #[arg(long, value_name = "NAME")]
    pub to: Option<String>,
    /// Send the results that wait in the spool
    #[arg(long)]
    pub resume: bool,
    /// Send the dead letters too: results that the platform rejected
    #[arg(long, alias = "set-aside", requires = "resume")]
    pub dead_letters: bool,
    /// Give up after this long without progress [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = positive_duration)]
    pub timeout: Option<u64>,
}

//! The arguments of `callpath export`.

use std::path::PathBuf;

use clap::Args;

use super::run::positive_duration;

/// `callpath export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath export callpath-report/run.json --to qa\n  \
                        callpath export --resume\n  \
                        callpath export --resume --to qa --set-aside\n\
                        \nExit codes: 0 everything was delivered, 1 something waits or was set aside, 2 invalid usage or spool")]
pub struct Export {
    /// The results of this run: its run.json, or its journal (events.jsonl), which may be cut short; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "resume", conflicts_with = "resume")]
    pub file: Option<PathBuf>,
    /// The `[export.NAME]` of callpath.toml [default: the only one; with --resume all]
    #[arg(long, value_name = "NAME")]
    pub to: Option<String>,
    /// Send what waits in the spool
    #[arg(long)]
    pub resume: bool,
    /// Send what was set aside as well
    #[arg(long, requires = "resume")]
    pub set_aside: bool,
    /// Give up when no result could be delivered for so long [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = positive_duration)]
    pub timeout: Option<u64>,
}

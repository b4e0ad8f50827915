//! Options of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The heading of the options of every command.
const GENERAL: &str = "General options";

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// When to use colours: `auto` follows the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN", help_heading = GENERAL)]
    pub color: Color,
    /// The configuration file [default: callpath.toml in this directory or the nearest parent]
    #[arg(long, global = true, value_name = "FILE", env = "CALLPATH_CONFIG", help_heading = GENERAL)]
    pub config: Option<PathBuf>,
    /// Log filter for standard error, for example `debug` or `callpath::runner=trace`
    #[arg(long, global = true, value_name = "FILTER", env = "CALLPATH_LOG", help_heading = GENERAL)]
    pub log: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that supports them.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

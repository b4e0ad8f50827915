//! Options of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The heading of the options of every command.
const GENERAL: &str = "General options";

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Colours: `auto` follows the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN", help_heading = GENERAL)]
    pub color: Color,
    /// The configuration file [default: the nearest callpath.toml from here upwards]
    #[arg(long, global = true, value_name = "FILE", env = "CALLPATH_CONFIG", help_heading = GENERAL)]
    pub config: Option<PathBuf>,
    /// What to log to standard error, for example `debug` or `callpath::runner=trace`
    #[arg(long, global = true, value_name = "FILTER", env = "CALLPATH_LOG", help_heading = GENERAL)]
    pub log: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that can show them.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// Never.
    Never,
}

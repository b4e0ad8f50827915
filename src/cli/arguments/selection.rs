//! Options that several commands share: which scenarios, rule levels, the output format.

use clap::{Args, ValueEnum};

/// Which scenarios.
#[derive(Debug, Args)]
pub struct Selection {
    /// Suite files, directories or globs [default: suites]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Only scenarios whose tags satisfy this, for example `bank and not (slow or night)`; repeated: all of them
    #[arg(long = "tag", short = 't', value_name = "EXPRESSION")]
    pub tags: Vec<String>,
    /// Only scenarios whose id contains this text, or is matched as a whole by this pattern with `*` or `?`; repeated: any of them
    #[arg(long = "filter", short = 'f', value_name = "PATTERN")]
    pub filters: Vec<String>,
    /// Take settings from this profile of callpath.toml
    #[arg(long, short = 'p', value_name = "NAME", env = "CALLPATH_PROFILE")]
    pub profile: Option<String>,
}

/// How grave rules are taken to be.
#[derive(Debug, Default, Args)]
pub struct RuleLevels {
    /// Do not show what this rule finds; `flow/*` is many of them, `callpath validate --rules` lists all
    #[arg(long, value_name = "RULE")]
    pub allow: Vec<String>,
    /// What this rule finds is an error
    #[arg(long, value_name = "RULE")]
    pub deny: Vec<String>,
}

/// Output for people or for machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

//! Options that several commands share: selection of scenarios, rule levels, output format.

use clap::{Args, ValueEnum};

/// Selects scenarios.
#[derive(Debug, Args)]
pub struct Selection {
    /// Suite files, directories or globs [default: suites]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Only scenarios whose tags satisfy this, for example `bank and not (slow or night)`;
    /// repeatable, all must hold
    #[arg(long = "tag", short = 't', value_name = "EXPRESSION")]
    pub tags: Vec<String>,
    /// Only scenarios whose id contains this text or matches this pattern with `*` or `?` as a
    /// whole; repeatable, one must match
    #[arg(long = "filter", short = 'f', value_name = "PATTERN")]
    pub filters: Vec<String>,
    /// Use the settings of this profile of callpath.toml
    #[arg(long, short = 'p', value_name = "NAME", env = "CALLPATH_PROFILE")]
    pub profile: Option<String>,
}

/// Severity of rules.
#[derive(Debug, Default, Args)]
pub struct RuleLevels {
    /// Hide the findings of this rule, or of a pattern such as `flow/*`; `callpath validate
    /// --rules` lists all
    #[arg(long, value_name = "RULE")]
    pub allow: Vec<String>,
    /// Treat the findings of this rule as errors
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

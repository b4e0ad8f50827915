//! Applies the levels of rules to the findings of flow analysis and of reading.

use anyhow::{Context, Result};
use serde::Serialize;

use super::arguments::{Format, RuleLevels};
use super::output;
use super::settings::Project;
use crate::flow::Library;
use crate::simulator::exploration;
use crate::source::diagnostics::rules::NEVER_STUBBED;
use crate::source::diagnostics::{Diagnostics, Level, Levels, RULES, Severity, summary};
use crate::suite::{Loaded, Suite, never_stubbed};

/// The levels that configuration and flags set. Flags take precedence.
pub(super) fn levels(project: &Project, typed: &RuleLevels) -> Result<Levels> {
    let mut levels = Levels::default();
    let configured = project.config.rules.iter().map(|(pattern, level)| (pattern.as_str(), *level));
    levels.set(configured).context("in the table 'rules' of the configuration")?;
    let allowed = typed.allow.iter().map(|pattern| (pattern.as_str(), Level::Allow));
    let denied = typed.deny.iter().map(|pattern| (pattern.as_str(), Level::Deny));
    levels.set(allowed.chain(denied))?;
    Ok(levels)
}

/// Findings of the flow analysis, with the levels applied.
pub(super) fn findings(library: &Library, suites: &[Suite], levels: &Levels) -> Diagnostics {
    levels.apply_levels(exploration::lint(&library.programs()).into_iter().chain(never_stubbed(suites)))
}

/// Applies the levels to the diagnostics of reading, including those of rejected files.
pub(super) fn apply_levels(loaded: &mut Loaded, levels: &Levels) {
    loaded.warnings = levels.apply_levels(std::mem::take(&mut loaded.warnings));
    loaded.rejected.iter_mut().for_each(|rejected| levels.apply_levels_in_place(&mut rejected.diagnostics));
}

/// Whether a level turned a warning of reading into an error.
pub(super) fn denied(found: &Diagnostics, levels: &Levels) -> bool {
    found.iter().any(|finding| finding.severity == Severity::Error && levels.level(finding.rule) == Some(Level::Deny))
}

/// Counts the errors and warnings about flows: the structural defects of gates.
pub(super) fn defects(found: &Diagnostics) -> u64 {
    let about_flows = |rule: &str| rule.starts_with("flow/") || rule == NEVER_STUBBED.name;
    found.iter().filter(|finding| finding.severity > Severity::Note && about_flows(finding.rule)).count() as u64
}

/// Prints the number of findings in one line, unless all are notes.
pub(super) fn print_count(found: &Diagnostics) {
    if found.iter().any(|finding| finding.severity > Severity::Note) {
        output::to_stderr(&format!("flow analysis: {}; `callpath validate` shows them\n", summary(found)));
    }
}

/// One rule in JSON.
#[derive(Serialize)]
struct RuleRecord {
    rule: &'static str,
    level: &'static str,
    summary: &'static str,
    docs: String,
}

/// Prints all rules with their levels.
pub(super) fn print_rules(levels: &Levels, format: Format) -> Result<()> {
    let records: Vec<RuleRecord> = RULES
        .iter()
        .map(|rule| {
            let level = match (levels.level(rule.name), rule.severity) {
                (Some(Level::Allow), _) => "allowed",
                (Some(Level::Deny), _) | (None, Severity::Error) => "error",
                (Some(Level::Warn), _) | (None, Severity::Warning) => "warning",
                (None, Severity::Note) => "note",
            };
            let docs = format!("docs/rules.md#{}", rule.anchor());
            RuleRecord { rule: rule.name, level, summary: rule.summary, docs }
        })
        .collect();
    output::to_stdout(|out| match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &records)?;
            writeln!(out)
        }
        Format::Text => records
            .iter()
            .try_for_each(|record| writeln!(out, "{:27} {:8} {}", record.rule, record.level, record.summary)),
    })
}

//! `callpath list`.

use anyhow::Result;
use serde::Serialize;

use super::arguments::{Format, Global, List, RuleLevels};
use super::settings::Project;
use super::{ExitCode, lint, load, output};
use crate::flow::Library;
use crate::runner::{Plan, Selection};
use crate::source::diagnostics::{render_all, safe_text};
use crate::suite::Scenario;

/// One scenario in JSON.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<&'a str>,
    tags: Vec<&'a str>,
    file: &'a str,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<&'a str>,
}

/// Lists the scenarios that would run.
pub(super) fn list(global: &Global, arguments: &List) -> Result<ExitCode> {
    let project = Project::find(global)?;
    let settings = project.selection(&arguments.selection)?;
    let selection = match Selection::new(&settings.tags, &settings.filters) {
        Ok(selection) => selection,
        Err(diagnostics) => {
            output::to_stderr(&render_all(&diagnostics, output::style(global)));
            return Ok(ExitCode::INVALID);
        }
    };
    let files = load::discover(&project, &settings.paths)?;
    let mut loaded = load::check(&project, &files, false, &Library::default());
    lint::apply_levels(&mut loaded, &lint::levels(&project, &RuleLevels::default())?);
    load::print_diagnostics(global, &load::diagnostics(&loaded));
    if loaded.suites.is_empty() && loaded.rejected.is_empty() {
        output::print_failure(global, &load::nothing_found(&settings.paths, &files));
        return Ok(ExitCode::NOTHING);
    }
    let unknown = selection.check(&loaded.suites);
    if unknown.has_errors() {
        output::to_stderr(&render_all(&unknown, output::style(global)));
        return Ok(ExitCode::INVALID);
    }
    let plan = Plan::new(loaded, &selection);
    output::to_stdout(|out| match arguments.format {
        Format::Text => plan.scenarios.iter().try_for_each(|scenario| writeln!(out, "{}", safe_text(&scenario.id))),
        Format::Json => {
            let listed: Vec<Listed<'_>> = plan.scenarios.iter().map(|scenario| listed(&plan, scenario)).collect();
            serde_json::to_writer_pretty(&mut *out, &listed)?;
            writeln!(out)
        }
    })?;
    Ok(if !plan.rejected.is_empty() {
        ExitCode::INVALID
    } else if plan.scenarios.is_empty() {
        output::print_failure(global, &load::nothing_selected(plan.deselected));
        ExitCode::NOTHING
    } else {
        ExitCode::PASSED
    })
}

fn listed<'a>(plan: &'a Plan, scenario: &'a Scenario) -> Listed<'a> {
    let suite = &plan.suites[scenario.suite];
    Listed {
        id: &scenario.id,
        name: scenario.name(&suite.suite),
        cell: scenario.cell(),
        tags: scenario.tags.iter().map(|tag| &**tag).collect(),
        file: &suite.file,
        line: scenario.line,
        flow: scenario.program().and_then(|program| program.flows.first()).map(|flow| &*flow.id.value),
        skip: scenario.handling().skip.as_deref(),
    }
}

//! `callpath validate`.

use anyhow::Result;

use super::arguments::{Format, Global, Validate};
use super::settings::{Project, paths_or_default};
use super::{ExitCode, lint, load, output};
use crate::flow::Library;
use crate::source::diagnostics::{DiagnosticRecord, Severity};

/// Checks suites, and flows that no suite uses, without running them.
pub(super) fn validate(global: &Global, arguments: &Validate) -> Result<ExitCode> {
    let project = Project::find(global)?;
    let levels = lint::levels(&project, &arguments.levels)?;
    if arguments.rules {
        lint::print_rules(&levels, arguments.format)?;
        return Ok(ExitCode::PASSED);
    }
    let paths = paths_or_default(&arguments.paths, project.default_paths()?);
    let files = load::discover(&project, &paths)?;
    let library = Library::default();
    let mut loaded = load::check(&project, &files, true, &library);
    lint::apply_levels(&mut loaded, &levels);
    let mut diagnostics = load::diagnostics(&loaded);
    diagnostics.extend(lint::findings(&library, &loaded.suites, &levels));
    let nothing = loaded.suites.is_empty() && loaded.rejected.is_empty() && loaded.flows == 0;
    match arguments.format {
        Format::Text => load::print_diagnostics(global, &diagnostics),
        Format::Json => {
            let records: Vec<DiagnosticRecord> = diagnostics.iter().map(DiagnosticRecord::from).collect();
            output::to_stdout(|out| {
                serde_json::to_writer_pretty(&mut *out, &records)?;
                writeln!(out)
            })?;
        }
    }
    if nothing {
        output::print_failure(global, &load::nothing_found(&paths, &files));
        return Ok(ExitCode::NOTHING);
    }
    let minimum = if arguments.strict { Severity::Warning } else { Severity::Error };
    if diagnostics.iter().any(|diagnostic| diagnostic.severity >= minimum) {
        return Ok(ExitCode::INVALID);
    }
    if arguments.format == Format::Text {
        let scenarios: usize = loaded.suites.iter().map(|suite| suite.scenarios.len()).sum();
        let [suites, scenarios, flows] =
            [(loaded.suites.len(), "suite"), (scenarios, "scenario"), (loaded.flows, "flow")]
                .map(|(count, noun)| output::counted(count, noun));
        output::to_stdout(|out| writeln!(out, "valid: {suites} with {scenarios}, {flows}"))?;
    }
    Ok(ExitCode::PASSED)
}

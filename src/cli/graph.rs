//! `callpath graph`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::arguments::{Global, Graph, GraphFormat};
use super::{ExitCode, output, source};
use crate::flow::Flow;
use crate::record::{CoverageRecord, FlowCoverage};
use crate::report;
use crate::report::drawing::{dot, draw, mermaid, standalone_svg};
use crate::score::Coverage;
use crate::server::{Catalogue, CatalogueError};
use crate::source::diagnostics::{Diagnostics, quoted, render_all};

/// Draws a flow.
pub(super) fn graph(global: &Global, arguments: &Graph) -> Result<ExitCode> {
    let path = arguments.flow.to_string_lossy();
    let mut diagnostics = Diagnostics::new();
    let flows = Catalogue::load(&[path.to_string()], &std::env::current_dir()?, &mut diagnostics);
    if !diagnostics.is_empty() {
        output::to_stderr(&render_all(&diagnostics, output::style(global)));
    }
    let flows = match flows {
        Err(CatalogueError::Broken(_)) => bail!("{} cannot be drawn: it is not a valid flow", quoted(&path)),
        flows => flows?,
    };
    let mut programs = flows.iter().flat_map(|(_, versions)| versions);
    let (Some(program), None) = (programs.next(), programs.next()) else {
        bail!("{} has several flows; name the file of one", quoted(&path));
    };
    let flow = match &arguments.run {
        Some(run) => read_coverage(run, program.entry())?,
        // The entry flow is first, and its start can be reached.
        None => Coverage::uncovered(program).into_iter().next().context("the flow has no nodes")?,
    };
    let graph = report::flow_graph(&flow, arguments.run.is_some());
    let text = match arguments.format {
        GraphFormat::Svg => standalone_svg(&draw(&graph)),
        GraphFormat::Dot => dot(&graph),
        GraphFormat::Mermaid => mermaid(&graph),
    };
    match &arguments.output {
        Some(file) => std::fs::write(file, text).with_context(|| format!("cannot write '{}'", file.display()))?,
        None => output::to_stdout(|out| out.write_all(text.as_bytes()))?,
    }
    Ok(ExitCode::PASSED)
}

/// The part of a run record that is read.
#[derive(Deserialize)]
struct Run {
    coverage: Option<CoverageRecord>,
}

/// Reads the coverage of a flow by a run.
fn read_coverage(file: &Path, flow: &Flow) -> Result<FlowCoverage> {
    source::check_file(file, &["run.json"])?;
    let text = std::fs::read(file).with_context(|| format!("cannot read '{}'", file.display()))?;
    let run: Run =
        serde_json::from_slice(&text).with_context(|| format!("'{}' is not the run.json of a run", file.display()))?;
    let flows = run.coverage.map(|coverage| coverage.flows).unwrap_or_default();
    let found = flows.into_iter().find(|found| *found.flow == *flow.id.value && *found.version == *flow.version);
    found.with_context(|| {
        let (id, version) = (quoted(&flow.id.value), quoted(&flow.version));
        format!("the run in '{}' has no coverage of flow {id} in version {version}", file.display())
    })
}

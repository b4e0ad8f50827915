//! `callpath graph`.

use anyhow::{Context, Result, bail};

use super::arguments::{Global, Graph, GraphFormat};
use super::{ExitCode, output};
use crate::diagnose::{Diagnostics, quoted, render_all};
use crate::picture::{dot, draw, mermaid, standalone_svg};
use crate::report;
use crate::score::Coverage;
use crate::server::Catalogue;

/// Draws a flow.
pub fn graph(global: &Global, arguments: &Graph) -> Result<ExitCode> {
    let path = arguments.flow.to_string_lossy();
    let mut diagnostics = Diagnostics::new();
    let flows = Catalogue::load(&[path.to_string()], &std::env::current_dir()?, &mut diagnostics);
    if !diagnostics.is_empty() {
        output::to_stderr(&render_all(&diagnostics, output::style(global)));
    }
    let flows = flows?;
    let mut programs = flows.iter().flat_map(|(_, versions)| versions);
    let (Some(program), None) = (programs.next(), programs.next()) else {
        bail!("there are several flows in {}; name the file of one", quoted(&path));
    };
    let records = Coverage::of_nothing(program);
    let Some(flow) = records.first() else { bail!("no call can come into the flow in {}", quoted(&path)) };
    let graph = report::flow_graph(flow, false);
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

//! `callpath completions`.

use anyhow::Result;
use clap::CommandFactory;

use super::arguments::{Arguments, Completions};
use super::{ExitCode, output};

pub(super) fn completions(arguments: &Completions) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "callpath", &mut script);
    output::to_stdout(|out| out.write_all(&script))?;
    Ok(ExitCode::PASSED)
}

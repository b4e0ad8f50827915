//! `callpath man`.

use anyhow::{Context, Result};
use clap::CommandFactory;

use super::arguments::{Arguments, Man};
use super::{ExitCode, output};

pub(super) fn man(arguments: &Man) -> Result<ExitCode> {
    let command = Arguments::command();
    match &arguments.write {
        Some(directory) => {
            std::fs::create_dir_all(directory)
                .and_then(|()| clap_mangen::generate_to(command, directory))
                .with_context(|| format!("cannot write manual pages to '{}'", directory.display()))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            output::to_stdout(|out| out.write_all(&page))?;
        }
    }
    Ok(ExitCode::PASSED)
}

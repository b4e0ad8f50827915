//! `callpath init`.

use std::fs;

use anyhow::{Context, Result, bail};

use super::arguments::{Global, Init};
use super::{ExitCode, output};

/// The files to write: path below the directory, and content.
const FILES: [(&str, &str); 3] = [
    ("callpath.toml", include_str!("starter/callpath.toml")),
    ("suites/starter.yaml", include_str!("starter/suite.yaml")),
    ("suites/flows/starter.yaml", include_str!("starter/flow.yaml")),
];

pub(super) fn init(_global: &Global, arguments: &Init) -> Result<ExitCode> {
    let directory = &arguments.directory;
    // All or nothing: existing files are never overwritten, and no partial starter is written
    // beside them.
    if let Some((path, _)) = FILES.iter().find(|(path, _)| directory.join(path).exists()) {
        bail!("'{}' already exists; nothing was written", directory.join(path).display());
    }
    for (path, content) in FILES {
        let path = directory.join(path);
        let folder = path.parent().unwrap_or(directory);
        fs::create_dir_all(folder).with_context(|| format!("cannot create '{}'", folder.display()))?;
        fs::write(&path, content).with_context(|| format!("cannot write '{}'", path.display()))?;
    }
    let enter = if directory.as_os_str() == "." { String::new() } else { format!("cd {} && ", directory.display()) };
    output::to_stdout(|out| {
        for (path, _) in FILES {
            writeln!(out, "wrote {}", directory.join(path).display())?;
        }
        writeln!(out, "now run: {enter}callpath run")
    })?;
    Ok(ExitCode::PASSED)
}

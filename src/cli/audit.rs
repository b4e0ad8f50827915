//! `callpath audit`.

use std::fs::File;
use std::io::BufReader;

use anyhow::{Context, Result, bail};

use super::arguments::{Audit, AuditCommand, Global};
use super::{ExitCode, output, source};
use crate::report::audit::{Verified, verify};
use crate::source::diagnostics::safe_text;

pub(super) fn audit(global: &Global, arguments: &Audit) -> Result<ExitCode> {
    let AuditCommand::Verify(arguments) = &arguments.command;
    if arguments.expect.is_some() && arguments.files.len() > 1 {
        bail!("'--expect' applies to one log, but {} were given", arguments.files.len());
    }
    let mut code = ExitCode::PASSED;
    for path in &arguments.files {
        let shown = path.display().to_string();
        source::check_file(path, &["audit.jsonl"])?;
        let verified = File::open(path).and_then(|file| verify(BufReader::with_capacity(1 << 16, file)));
        let verified = verified.with_context(|| format!("cannot read '{shown}'"))?;
        if verified.is_foreign() {
            bail!(
                "'{shown}' is not an audit log; give the audit.jsonl of a run, or the file of `callpath run --audit`"
            );
        }
        let problems = problems(&verified, arguments.expect.as_deref());
        for what in &problems {
            output::print_failure(global, &safe_text(&format!("{shown}{what}")));
        }
        if problems.is_empty() {
            let (lines, runs) =
                (output::counted(verified.lines as usize, "line"), output::counted(verified.runs as usize, "run"));
            let head = &verified.head;
            output::to_stdout(|out| writeln!(out, "{shown}: {lines} of {runs} unchanged, last hash {head}"))?;
        } else {
            code = ExitCode::FAILED;
        }
    }
    Ok(code)
}

/// The problems of a log, each with its position after the file name.
fn problems(verified: &Verified, expected: Option<&str>) -> Vec<String> {
    let mut wrong: Vec<String> = verified
        .problems
        .iter()
        .map(|problem| format!(":{}: line {} {}", problem.line, problem.line, problem.what))
        .collect();
    if verified.lines == 0 {
        wrong.push(": the log is empty and thus not sealed".to_owned());
    } else if !verified.sealed && wrong.is_empty() {
        wrong.push(format!(
            ":{}: the log is not sealed: line {} is not followed by the end of a run",
            verified.lines, verified.lines
        ));
    }
    if wrong.is_empty() && expected.is_some_and(|expected| expected != verified.head) {
        wrong.push(format!(
            ": the last hash is {}, not the expected one: lines at the end are missing or were rewritten",
            verified.head
        ));
    }
    wrong
}

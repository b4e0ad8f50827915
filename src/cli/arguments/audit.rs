//! The arguments of `callpath audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `callpath audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What can be done with an audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Find lines that were changed, removed, inserted or moved, and an end that is missing
    Verify(Verify),
}

/// `callpath audit verify`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 every log is as it was written, 1 one is not, or is not sealed, 2 a file cannot be read or is no audit log"
)]
pub struct Verify {
    /// Audit logs
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The hash that the last line must have, as it was noted elsewhere; for one log
    #[arg(long, value_name = "HASH", value_parser = hash)]
    pub expect: Option<String>,
}

fn hash(text: &str) -> Result<String, String> {
    let text = text.to_ascii_lowercase();
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err("it must have 64 hexadecimal digits".to_owned())
}

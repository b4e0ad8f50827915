//! The arguments of `callpath audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `callpath audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// The subcommand.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// Commands on an audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Find lines that were changed, removed, inserted or moved, and a missing end
    Verify(Verify),
}

/// `callpath audit verify`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 every log is unchanged, 1 a log was changed or is not sealed, 2 a file cannot be read or is not an audit log"
)]
pub struct Verify {
    /// Audit logs
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Require this hash of the last line, as noted elsewhere; for a single log
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

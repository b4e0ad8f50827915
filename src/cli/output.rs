//! Writes to standard output and standard error.

use std::io::{self, Write};

use anstream::ColorChoice;
use anyhow::Result;
use tracing_subscriber::EnvFilter;

use super::arguments::{Color, Global};
pub(crate) use crate::source::diagnostics::counted;
use crate::source::diagnostics::{Style, safe_text};

/// Writes to standard output. A closed pipe (`callpath list | head`) is not an error.
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The style of diagnostics on standard error.
pub(super) fn style(global: &Global) -> Style {
    Style { color: color(global, &io::stderr()), width: width() }
}

/// Whether to use colours on this stream.
pub(super) fn color(global: &Global, stream: &impl anstream::stream::RawStream) -> bool {
    match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => anstream::AutoStream::choice(stream) != ColorChoice::Never,
    }
}

/// Width of the terminal on standard error in columns; 100 without a terminal.
pub(super) fn width() -> usize {
    match terminal_size::terminal_size_of(io::stderr()) {
        Some((terminal_size::Width(columns), _)) => usize::from(columns).clamp(40, 200),
        None => 100,
    }
}

/// Prints an error that ended a command and its causes in one line.
pub(super) fn print_error(global: &Global, error: &anyhow::Error) {
    let mut message = String::new();
    for (depth, cause) in error.chain().enumerate() {
        let separator = if depth == 0 { "" } else { ": " };
        message.push_str(separator);
        message.push_str(&safe_text(&cause.to_string()));
    }
    print_failure(global, &message);
}

/// Prints `error: message` to standard error.
pub(super) fn print_failure(global: &Global, message: &str) {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    let line = if color(global, &io::stderr()) {
        format!("{red}error{red:#}: {message}\n")
    } else {
        format!("error: {message}\n")
    };
    to_stderr(&line);
}

/// Writes to standard error. A failure cannot be reported anywhere.
pub(super) fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Starts logging to standard error if a filter is set.
pub(super) fn start_logging(global: &Global) {
    let Some(filter) = &global.log else { return };
    match EnvFilter::try_new(filter) {
        Ok(filter) => {
            let color = color(global, &io::stderr());
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(color).init();
        }
        Err(error) => print_failure(global, &format!("ignored the log filter '{filter}': {error}")),
    }
}

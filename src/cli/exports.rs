//! The exports of a run: started before it, awaited after it.

use std::time::Duration;

use anyhow::{Context, Result};

use super::output;
use super::settings::RunSettings;
use crate::export::{self, Delivery};
use crate::runner::Reporter;

/// Running exports.
#[derive(Default)]
pub(super) struct Exports {
    /// They spool the results.
    pub reporters: Vec<Box<dyn Reporter>>,
    /// They deliver the spooled results.
    pub deliveries: Vec<Delivery>,
}

/// Opens the spools and starts the deliveries.
pub(super) fn start(settings: &RunSettings) -> Result<Exports> {
    let after = Duration::from_millis(settings.export_timeout_ms);
    let mut exports = Exports::default();
    for export in &settings.exports {
        let (reporter, delivery) =
            export::start(export.clone(), after).with_context(|| format!("cannot start export '{}'", export.name))?;
        exports.reporters.push(Box::new(reporter));
        exports.deliveries.push(delivery);
    }
    Ok(exports)
}

/// Waits for the deliveries and prints their status. They do not change the exit code of the run:
/// undelivered results stay in the spool.
pub(super) fn wait(deliveries: Vec<Delivery>) {
    for delivery in deliveries {
        let name = delivery.name().to_owned();
        let line = match delivery.wait() {
            Ok(status) => {
                let mut line = status.summary(&name);
                if status.pending > 0 {
                    line += &format!("; `callpath export --resume --to {name}` sends the rest");
                }
                line
            }
            Err(problem) => format!(
                "export '{name}' failed: {problem}; `callpath export --resume --to {name}` sends the spooled results"
            ),
        };
        output::to_stderr(&format!("{}\n", crate::source::diagnostics::safe_text(&line)));
    }
}

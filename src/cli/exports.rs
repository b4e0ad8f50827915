//! The exports of a run: begun before it, waited for after it.

use std::time::Duration;

use anyhow::{Context, Result};

use super::output;
use super::settings::RunSettings;
use crate::export::{self, Delivery};
use crate::runner::Reporter;

/// Exports that are under way.
#[derive(Default)]
pub(super) struct Exports {
    /// What spools the results.
    pub reporters: Vec<Box<dyn Reporter>>,
    /// What delivers them.
    pub deliveries: Vec<Delivery>,
}

/// Opens the spools; results are delivered from now on.
pub(super) fn start(settings: &RunSettings) -> Result<Exports> {
    let after = Duration::from_millis(settings.export_timeout_ms);
    let mut exports = Exports::default();
    for export in &settings.exports {
        let (reporter, delivery) =
            export::start(export.clone(), after).with_context(|| format!("export '{}' cannot begin", export.name))?;
        exports.reporters.push(Box::new(reporter));
        exports.deliveries.push(delivery);
    }
    Ok(exports)
}

/// Waits for the deliveries and says what became of the results. They do not change the run's exit code: what has not
/// arrived waits in the spool.
pub(super) fn wait(deliveries: Vec<Delivery>) {
    for delivery in deliveries {
        let name = delivery.name().to_owned();
        let line = match delivery.wait() {
            Ok(delivered) => {
                let mut line = delivered.sentence(&name);
                if delivered.pending > 0 {
                    line += &format!("; callpath export --resume --to {name} sends the rest");
                }
                line
            }
            Err(problem) => format!(
                "export '{name}' was not delivered: {problem}; callpath export --resume --to {name} sends what was spooled"
            ),
        };
        output::to_stderr(&format!("{}\n", crate::source::diagnostics::safe_text(&line)));
    }
}

//! The exports of a run: begun before it, waited for after it.

use std::time::Duration;

use anyhow::{Context, Result};

use super::output;
use super::settings::RunSettings;
use crate::export::{self, Delivery};
use crate::runner::Reporter;

/// Opens the spools; results are delivered from now on.
pub fn start(settings: &RunSettings) -> Result<(Vec<Box<dyn Reporter>>, Vec<Delivery>)> {
    let after = Duration::from_millis(settings.export_timeout_ms);
    let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
    let mut deliveries = Vec::new();
    for export in &settings.exports {
        let (reporter, delivery) =
            export::start(export.clone(), after).with_context(|| format!("export '{}' cannot begin", export.name))?;
        reporters.push(Box::new(reporter));
        deliveries.push(delivery);
    }
    Ok((reporters, deliveries))
}

/// Waits for the deliveries and says what became of the results. They do not change the run's exit code: what has not
/// arrived waits in the spool.
pub fn wait(deliveries: Vec<Delivery>) {
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
        output::to_stderr(&format!("{}\n", crate::diagnose::safe_text(&line)));
    }
}

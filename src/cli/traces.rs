//! Exports traces of a run, if the feature `otel` is built in and the environment names a
//! collector.

use anyhow::Result;

use crate::runner::Reporter;

/// The state of the trace export after a run.
#[derive(Debug, Default)]
pub(super) struct Traced {
    #[cfg(feature = "otel")]
    traces: Option<crate::report::telemetry::Traces>,
}

/// The reporter of traces, if any.
#[cfg(feature = "otel")]
pub(super) fn start() -> Result<(Option<Box<dyn Reporter>>, Traced)> {
    let started = crate::report::telemetry::start(&crate::remote::client::Environment::process())?;
    Ok(match started {
        Some((reporter, traces)) => (Some(Box::new(reporter)), Traced { traces: Some(traces) }),
        None => (None, Traced::default()),
    })
}

/// No reporter: this build cannot export traces.
#[cfg(not(feature = "otel"))]
pub(super) fn start() -> Result<(Option<Box<dyn Reporter>>, Traced)> {
    Ok((None, Traced::default()))
}

impl Traced {
    /// Prints why traces were not exported, if any were not.
    pub(super) fn report(self) {
        #[cfg(feature = "otel")]
        if let Some(trouble) = self.traces.and_then(|traces| traces.trouble()) {
            let line = format!("not all traces were exported: {trouble}");
            super::output::to_stderr(&format!("{}\n", crate::source::diagnostics::safe_text(&line)));
        }
    }
}

//! Traces of a run, where the feature `otel` is built in and the environment names a collector.

use anyhow::Result;

use crate::runner::Reporter;

/// What is left to be said after a run.
#[derive(Debug, Default)]
pub(super) struct Traced {
    #[cfg(feature = "otel")]
    traces: Option<crate::report::telemetry::Traces>,
}

/// The reporter of traces, if any.
#[cfg(feature = "otel")]
pub fn start() -> Result<(Option<Box<dyn Reporter>>, Traced)> {
    let started = crate::report::telemetry::start(&crate::remote::client::Environment::process())?;
    Ok(match started {
        Some((reporter, traces)) => (Some(Box::new(reporter)), Traced { traces: Some(traces) }),
        None => (None, Traced::default()),
    })
}

/// No reporter: this build has no traces.
#[cfg(not(feature = "otel"))]
pub(super) fn start() -> Result<(Option<Box<dyn Reporter>>, Traced)> {
    Ok((None, Traced::default()))
}

impl Traced {
    /// Says why traces did not arrive, where they did not.
    pub(super) fn report(self) {
        #[cfg(feature = "otel")]
        if let Some(trouble) = self.traces.and_then(|traces| traces.trouble()) {
            let line = format!("traces did not all arrive: {trouble}");
            super::output::to_stderr(&format!("{}\n", crate::source::diagnostics::safe_text(&line)));
        }
    }
}

//! Handles Ctrl-C and SIGTERM.

use std::io;

use super::{ExitCode, output};
use crate::runner::Stop;

/// Stops the run at the first signal, and the process at the second.
///
/// Waits on a thread of its own, because the threads of the run are busy with calls.
pub(super) fn watch(stop: &Stop) -> io::Result<()> {
    let stop = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async {
            if signal().await {
                stop.interrupt();
                output::to_stderr("\ninterrupted: writing the reports; press Ctrl-C again to exit at once\n");
            }
            if signal().await {
                std::process::exit(ExitCode::INTERRUPTED.0.into());
            }
        });
    })?;
    Ok(())
}

/// Waits for a signal; false where the process cannot listen for signals and keeps the default
/// handler.
pub(super) async fn signal() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return tokio::signal::ctrl_c().await.is_ok() };
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.is_ok(),
            terminated = terminate.recv() => terminated.is_some(),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.is_ok()
}

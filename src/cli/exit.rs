//! The exit codes, which scripts may rely on.

use crate::record::{RunRecord, StopReason};

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExitCode(pub u8);

impl ExitCode {
    /// Everything selected passed, or the command succeeded.
    pub(crate) const PASSED: Self = Self(0);
    /// A scenario failed or could not be run.
    pub(crate) const FAILED: Self = Self(1);
    /// A suite, a flow, the configuration or the command line is invalid, or a report could not be
    /// written.
    pub(crate) const INVALID: Self = Self(2);
    /// The target could not be used.
    pub(crate) const TARGET: Self = Self(3);
    /// Nothing ran: no suites found, no scenario matched the filters, or every scenario was
    /// skipped.
    pub(crate) const NOTHING: Self = Self(4);
    /// Everything passed, but a gate was missed.
    pub(crate) const GATE: Self = Self(5);
    /// Ctrl-C ended the run: 128 + SIGINT, as in shells.
    pub(crate) const INTERRUPTED: Self = Self(130);

    /// The exit code of a run or of a report of it: the most severe problem decides. `complete`
    /// says that every report could be written.
    pub(crate) fn from_run(record: &RunRecord, complete: bool) -> Self {
        let totals = &record.totals;
        match record.stopped {
            Some(StopReason::Interrupted) => Self::INTERRUPTED,
            Some(StopReason::Unusable { .. }) => Self::TARGET,
            _ if !record.rejected.is_empty() || !complete => Self::INVALID,
            _ if totals.failed + totals.error > 0 => Self::FAILED,
            // A run without any scenario must not pass. For a shard, the merged run decides.
            _ if totals.skipped == totals.scenarios && record.header.shard.is_none() => Self::NOTHING,
            _ if record.missed_gates().next().is_some() => Self::GATE,
            _ => Self::PASSED,
        }
    }
}

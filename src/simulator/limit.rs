//! The wall time that a simulation may take, and its cancellation.
//!
//! Neither is part of a request: they depend on the machine, and a request's trace must not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Checks are this many units of work apart: reading the clock takes about as long as executing a node.
const CHECK_INTERVAL: u32 = 256;

/// When a simulation is given up.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallLimit<'a> {
    /// None: there is no limit.
    pub deadline: Option<Instant>,
    /// Set from another thread.
    pub cancelled: Option<&'a AtomicBool>,
}

impl WallLimit<'_> {
    /// Whether to give up now.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.cancelled.is_some_and(|cancelled| cancelled.load(Ordering::Relaxed))
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Looks at a limit every few hundred units of work.
#[derive(Debug)]
pub(crate) struct LimitChecker<'a> {
    limit: WallLimit<'a>,
    until_check: u32,
    exceeded: bool,
}

impl<'a> LimitChecker<'a> {
    pub(crate) fn new(limit: WallLimit<'a>) -> Self {
        Self { limit, until_check: CHECK_INTERVAL, exceeded: false }
    }

    /// Counts one unit of work; true once the limit was found exceeded.
    pub(crate) fn count(&mut self) -> bool {
        self.until_check -= 1;
        if self.until_check == 0 {
            self.until_check = CHECK_INTERVAL;
            self.exceeded |= self.limit.is_exceeded();
        }
        self.exceeded
    }

    /// Whether the limit was found exceeded.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.exceeded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_noticed_within_one_interval() {
        let checks = |limit| {
            let mut checker = LimitChecker::new(limit);
            (1..=10 * CHECK_INTERVAL).find(|_| checker.count())
        };
        assert_eq!(checks(WallLimit::default()), None);
        let past = WallLimit { deadline: Some(Instant::now()), cancelled: None };
        assert_eq!(checks(past), Some(CHECK_INTERVAL));
        let cancelled = AtomicBool::new(false);
        let flag = WallLimit { deadline: None, cancelled: Some(&cancelled) };
        assert_eq!(checks(flag), None);
        cancelled.store(true, Ordering::Relaxed);
        assert_eq!(checks(flag), Some(CHECK_INTERVAL));
    }
}

//! When a request that failed is tried again. No I/O and no clock: the caller says how much time has passed.

use std::time::Duration;

use super::backoff::{Jitter, ceiling};

/// How often and how long one request is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries, the first included; at least 1.
    pub attempts: u32,
    /// The longest pause after the first try; it doubles with every further one.
    pub base: Duration,
    /// The longest pause where the server names none.
    pub cap: Duration,
    /// From the first try on; no pause ends later than this.
    pub deadline: Duration,
}

/// How one try failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// How long a pause the server asks for.
    pub retry_after: Option<Duration>,
}

/// What happened to one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// An answer with this status.
    Status(u16),
    /// No answer: no connection, a broken one, or none in time.
    Connection,
    /// An answer that is not what it should be: cut off, not JSON, too long.
    Unreadable,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again after this pause.
    Wait(Duration),
    /// Stop, for this reason.
    GiveUp(GiveUp),
}

/// Why a request is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GiveUp {
    /// Trying again cannot help.
    Final,
    /// So many tries failed.
    Attempts(u32),
    /// The deadline would pass before the next try.
    Deadline(Duration),
    /// The server asks for a pause of longer than the deadline leaves.
    RetryAfter(Duration),
}

/// Unreadable answers are mostly a defect of the server that stays: so many tries find out.
const UNREADABLE_TRIES: u32 = 3;

/// The tries of one request.
#[derive(Clone, Debug)]
pub(crate) struct Retries {
    policy: RetryPolicy,
    jitter: Jitter,
    failed: u32,
    unreadable: u32,
}

impl Retries {
    /// Before the first try.
    pub(crate) fn new(policy: RetryPolicy, jitter: Jitter) -> Self {
        Self { policy, jitter, failed: 0, unreadable: 0 }
    }

    /// What follows on a try that failed `elapsed` after the first one was begun.
    ///
    /// 429, 502, 503, 504, lost connections and (three times) unreadable answers are tried again, after a pause drawn
    /// evenly from nothing to the backoff's ceiling ("full jitter", Brooker 2015). Where the server says `Retry-After`, the
    /// pause is that long at least, and the draw comes on top so that waiting callers do not come back all at once.
    pub(crate) fn after(&mut self, failure: &Failure, elapsed: Duration) -> Next {
        self.failed += 1;
        let hopeful = match failure.kind {
            FailureKind::Status(status) => retryable(status),
            FailureKind::Connection => true,
            FailureKind::Unreadable => {
                self.unreadable += 1;
                self.unreadable < UNREADABLE_TRIES
            }
        };
        if !hopeful {
            return Next::GiveUp(GiveUp::Final);
        }
        if self.failed >= self.policy.attempts {
            return Next::GiveUp(GiveUp::Attempts(self.failed));
        }
        let left = self.policy.deadline.saturating_sub(elapsed);
        let ceiling = ceiling(self.policy.base, self.policy.cap, self.failed);
        let pause = match failure.retry_after {
            Some(asked) if asked > left => return Next::GiveUp(GiveUp::RetryAfter(asked)),
            Some(asked) => (asked + self.jitter.up_to(ceiling)).min(left),
            None => self.jitter.up_to(ceiling),
        };
        if pause > left || left.is_zero() {
            return Next::GiveUp(GiveUp::Deadline(self.policy.deadline));
        }
        Next::Wait(pause)
    }
}

/// Whether an answer with this status may be another one soon: too many requests, or a server that is down for now.
pub(super) fn retryable(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 8,
        base: Duration::from_millis(50),
        cap: Duration::from_secs(10),
        deadline: Duration::from_secs(60),
    };

    fn status(status: u16) -> Failure {
        Failure { kind: FailureKind::Status(status), retry_after: None }
    }

    fn after(status: u16, seconds: u64) -> Failure {
        Failure { kind: FailureKind::Status(status), retry_after: Some(Duration::from_secs(seconds)) }
    }

    #[test]
    fn only_passing_troubles_are_tried_again() {
        for code in 400..600 {
            let next = Retries::new(POLICY, Jitter::seeded(1)).after(&status(code), Duration::ZERO);
            let expected = matches!(code, 429 | 502 | 503 | 504);
            assert_eq!(matches!(next, Next::Wait(_)), expected, "{code}: {next:?}");
        }
        let lost = Failure { kind: FailureKind::Connection, retry_after: None };
        assert!(matches!(Retries::new(POLICY, Jitter::seeded(1)).after(&lost, Duration::ZERO), Next::Wait(_)));
    }

    #[test]
    fn a_final_answer_stays_final_with_a_retry_after() {
        let next = Retries::new(POLICY, Jitter::seeded(1)).after(&after(403, 1), Duration::ZERO);
        assert_eq!(next, Next::GiveUp(GiveUp::Final));
    }

    #[test]
    fn an_answer_that_stays_unreadable_is_tried_three_times() {
        let garbled = Failure { kind: FailureKind::Unreadable, retry_after: None };
        let mut retries = Retries::new(POLICY, Jitter::seeded(1));
        assert!(matches!(retries.after(&garbled, Duration::ZERO), Next::Wait(_)));
        assert!(matches!(retries.after(&garbled, Duration::ZERO), Next::Wait(_)));
        assert_eq!(retries.after(&garbled, Duration::ZERO), Next::GiveUp(GiveUp::Final));
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let ceilings: Vec<u128> = (1..=10).map(|tries| ceiling(POLICY.base, POLICY.cap, tries).as_millis()).collect();
        assert_eq!(ceilings, [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        assert_eq!(ceiling(POLICY.base, Duration::MAX, u32::MAX), POLICY.base * (1 << 31));
    }

    #[test]
    fn the_jitter_is_full() {
        let mut pauses: Vec<Duration> = (0..2000)
            .map(|seed| match Retries::new(POLICY, Jitter::seeded(seed)).after(&status(503), Duration::ZERO) {
                Next::Wait(pause) => pause,
                next => panic!("{next:?}"),
            })
            .collect();
        pauses.sort();
        let quarters: Vec<u128> = [0, 499, 999, 1499, 1999].iter().map(|&i| pauses[i].as_millis()).collect();
        for (quarter, expected) in quarters.iter().zip([0u128, 12, 25, 37, 49]) {
            assert!(quarter.abs_diff(expected) <= 2, "{quarters:?}");
        }
    }

    #[test]
    fn a_retry_after_beyond_the_deadline_ends_it_at_once() {
        let mut retries = Retries::new(POLICY, Jitter::seeded(1));
        assert_eq!(
            retries.after(&after(429, 61), Duration::ZERO),
            Next::GiveUp(GiveUp::RetryAfter(Duration::from_secs(61)))
        );
        let mut retries = Retries::new(POLICY, Jitter::seeded(1));
        assert_eq!(
            retries.after(&after(429, 30), Duration::from_secs(31)),
            Next::GiveUp(GiveUp::RetryAfter(Duration::from_secs(30)))
        );
        let mut retries = Retries::new(POLICY, Jitter::seeded(1));
        assert_eq!(retries.after(&after(429, 60), Duration::ZERO), Next::Wait(Duration::from_secs(60)));
        assert!(matches!(
            retries.after(&after(429, u64::MAX), Duration::from_secs(60)),
            Next::GiveUp(GiveUp::RetryAfter(_))
        ));
    }

    fn failures() -> impl Strategy<Value = Failure> {
        let kind = prop_oneof![
            (400u16..600).prop_map(FailureKind::Status),
            prop::sample::select(vec![429u16, 502, 503, 504]).prop_map(FailureKind::Status),
            Just(FailureKind::Connection),
            Just(FailureKind::Unreadable),
        ];
        (kind, prop::option::of(0u64..200_000))
            .prop_map(|(kind, after)| Failure { kind, retry_after: after.map(Duration::from_millis) })
    }

    proptest! {
        #[test]
        fn the_laws_of_retrying(
            attempts in 1u32..12, base in 1u64..5_000, cap in 1u64..60_000, deadline in 1u64..120_000, seed: u64,
            tries in prop::collection::vec((failures(), 0u64..20_000), 1..40),
        ) {
            let policy = RetryPolicy {
                attempts,
                base: Duration::from_millis(base),
                cap: Duration::from_millis(cap),
                deadline: Duration::from_millis(deadline),
            };
            let mut retries = Retries::new(policy, Jitter::seeded(seed));
            let mut now = Duration::ZERO;
            let mut begun = 0u32;
            for (failure, took) in tries {
                begun += 1;
                now += Duration::from_millis(took);
                match retries.after(&failure, now) {
                    Next::Wait(pause) => {
                        prop_assert!(now + pause <= policy.deadline, "a try begins after the deadline");
                        prop_assert!(pause >= failure.retry_after.unwrap_or_default(), "faster than Retry-After");
                        let most = ceiling(policy.base, policy.cap, begun) + failure.retry_after.unwrap_or_default();
                        prop_assert!(pause <= most, "longer than the ceiling");
                        prop_assert!(begun < policy.attempts, "more tries than allowed");
                        if let FailureKind::Status(code) = failure.kind {
                            prop_assert!([429, 502, 503, 504].contains(&code));
                        }
                        now += pause;
                    }
                    Next::GiveUp(reason) => {
                        if let GiveUp::RetryAfter(asked) = reason {
                            prop_assert_eq!(Some(asked), failure.retry_after);
                            prop_assert!(now + asked > policy.deadline);
                        }
                        break;
                    }
                }
            }
        }
    }
}

//! The token bucket behind every rate limit, in real and in virtual time.

use std::time::Duration;

/// The longest time between two tokens is that of the lowest rate: 1,000 s.
const MIN_PER_SECOND: f64 = 0.001;
/// Faster than one token each microsecond is no limit.
const MAX_PER_SECOND: f64 = 1e6;

/// The rate of a token bucket: `burst` tokens at once, then one each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    period: Duration,
    burst: u32,
}

impl Rate {
    /// `per_second` from 0.001 to 1,000,000, `burst` at least 1; `None` outside of that. The time between two tokens is
    /// rounded to whole ns.
    pub fn new(per_second: f64, burst: u32) -> Option<Self> {
        let valid = (MIN_PER_SECOND..=MAX_PER_SECOND).contains(&per_second) && burst > 0;
        valid.then(|| Self { period: Duration::from_nanos((1e9 / per_second).round() as u64), burst })
    }
}

impl Default for Rate {
    /// Ten at once, then two a second.
    fn default() -> Self {
        Self { period: Duration::from_millis(500), burst: 10 }
    }
}

/// A bucket of tokens, full at first. It has no clock: callers pass the time since a start of their own, so that it
/// serves real and virtual time alike.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    rate: Rate,
    /// When it is full again if nobody takes a token until then.
    full_at: Duration,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: Rate) -> Self {
        Self { rate, full_at: Duration::ZERO }
    }

    /// Takes a token if there is one within `patience` of `now`, and returns how long the caller must wait for it: first
    /// come, first served (the generic cell rate algorithm, ITU-T I.371).
    ///
    /// # Errors
    /// The wait that `patience` is too short for; no token is taken then.
    pub fn take(&mut self, now: Duration, patience: Duration) -> Result<Duration, Duration> {
        let full_at = self.full_at.max(now).saturating_add(self.rate.period);
        let wait = full_at.saturating_sub(now).saturating_sub(self.rate.period * self.rate.burst);
        if wait > patience {
            return Err(wait);
        }
        self.full_at = full_at;
        Ok(wait)
    }

    /// Whether it is full at `now`: a new bucket may replace it.
    pub fn is_full(&self, now: Duration) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tutorial's bucket in exact arithmetic: its level in ns of refill, so that one token is one period.
    struct Naive {
        level: u128,
        capacity: u128,
        period: u128,
        last: u128,
    }

    impl Naive {
        fn new(rate: Rate) -> Self {
            let period = rate.period.as_nanos();
            let capacity = period * u128::from(rate.burst);
            Self { level: capacity, capacity, period, last: 0 }
        }

        /// Whether there is a token; else how long until there is one.
        fn take(&mut self, now: u128) -> Result<(), u128> {
            self.level = (self.level + (now - self.last)).min(self.capacity);
            self.last = now;
            if self.level >= self.period {
                self.level -= self.period;
                return Ok(());
            }
            Err(self.period - self.level)
        }
    }

    proptest! {
        #[test]
        fn it_is_the_naive_bucket_to_the_nanosecond(
            burst in 1..50_u32,
            per_second in 0.01..5_000.0_f64,
            steps in prop::collection::vec((0..3_000_000_000_u64, any::<bool>()), 1..300),
        ) {
            let rate = Rate::new(per_second, burst).unwrap();
            let (mut bucket, mut naive) = (Bucket::new(rate), Naive::new(rate));
            let mut now = 0;
            for (step, soon) in steps {
                now += if soon { step % 1_000_000 } else { step };
                let taken = bucket.take(Duration::from_nanos(now), Duration::ZERO);
                let expected = naive.take(u128::from(now));
                prop_assert_eq!(taken.map(|_| ()).map_err(|wait| wait.as_nanos()), expected);
            }
        }

        #[test]
        fn a_token_that_is_waited_for_is_one_of_the_rate(
            burst in 1..10_u32,
            steps in prop::collection::vec(0..800_u64, 1..100),
        ) {
            let rate = Rate::new(2.0, burst).unwrap();
            let mut bucket = Bucket::new(rate);
            let (mut now, mut taken) = (Duration::ZERO, Vec::new());
            for step in steps {
                now += Duration::from_millis(step);
                if let Ok(wait) = bucket.take(now, Duration::from_secs(2)) {
                    prop_assert!(wait <= Duration::from_secs(2));
                    taken.push(now + wait);
                }
            }
            // First come, first served; and any `burst + k` of them take at least k periods.
            prop_assert!(taken.is_sorted());
            for (index, last) in taken.iter().enumerate().skip(burst as usize) {
                let k = 1 + index - burst as usize;
                for (number, first) in taken[..k].iter().enumerate() {
                    prop_assert!(*last - *first >= rate.period * (k - number) as u32);
                }
            }
        }
    }

    #[test]
    fn ten_at_once_and_then_two_a_second() {
        let mut bucket = Bucket::new(Rate::default());
        let mut at = |ms| bucket.take(Duration::from_millis(ms), Duration::ZERO);
        assert!((0..10).all(|_| at(0).is_ok()));
        assert_eq!(at(0), Err(Duration::from_millis(500)));
        assert_eq!(at(499), Err(Duration::from_millis(1)));
        assert_eq!(at(500), Ok(Duration::ZERO));
        assert_eq!(at(500), Err(Duration::from_millis(500)));
        // After a long silence it is full and no fuller.
        assert_eq!((0..100).filter(|_| at(3_600_000).is_ok()).count(), 10);
    }

    #[test]
    fn what_is_put_back_was_never_taken() {
        let mut bucket = Bucket::new(Rate::new(1.0, 1).unwrap());
        let before = bucket;
        assert!(bucket.take(Duration::ZERO, Duration::ZERO).is_ok());
        assert!(!bucket.is_full(Duration::ZERO));
        bucket = before;
        assert!(bucket.take(Duration::ZERO, Duration::ZERO).is_ok());
        assert!(bucket.is_full(Duration::from_secs(1)));
    }

    #[test]
    fn a_million_prompts_in_virtual_time_pass_exactly_as_many_as_there_are_tokens() {
        let mut bucket = Bucket::new(Rate::default());
        // One prompt each ms: ten at once, then one each 500 ms up to 999,999 ms.
        let passed = (0..1_000_000).filter(|&ms| bucket.take(Duration::from_millis(ms), Duration::ZERO).is_ok());
        assert_eq!(passed.count(), 10 + 1_999);
    }

    #[test]
    fn invalid_rates_are_refused() {
        for (rate, burst) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1e9, 1), (1.0, 0)] {
            assert_eq!(Rate::new(rate, burst), None);
        }
    }

    #[test]
    fn extreme_rates_and_times_do_not_overflow() {
        let mut bucket = Bucket::new(Rate::new(MIN_PER_SECOND, u32::MAX).unwrap());
        assert_eq!(bucket.take(Duration::MAX, Duration::ZERO), Ok(Duration::ZERO));
        assert!(bucket.take(Duration::ZERO, Duration::ZERO).is_err());
    }
}

//! One token bucket: governor's cell rate algorithm on a clock that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use super::settings::Rate;

/// A bucket of tokens. It is full at first; it is for one thread at a time.
#[derive(Debug)]
pub struct Bucket {
    limiter: RateLimiter<NotKeyed, Level, Hand, NoOpMiddleware<Nanos>>,
    level: Level,
    hand: Hand,
}

/// The clock of a bucket: in ns from any start, wherever it is set to.
#[derive(Clone, Debug, Default)]
struct Hand(Arc<AtomicU64>);

/// When a bucket would be full again, in ns, 0 for one that was never used. Kept where it can be read and put back, which
/// governor's own state cannot.
#[derive(Clone, Debug, Default)]
struct Level(Arc<AtomicU64>);

impl Clock for Hand {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.load(Ordering::Relaxed))
    }
}

impl StateStore for Level {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _: &NotKeyed, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let before = self.0.load(Ordering::Relaxed);
        let (value, after) = decide((before > 0).then(|| Nanos::new(before)))?;
        self.0.store(after.as_u64(), Ordering::Relaxed);
        Ok(value)
    }
}

impl Bucket {
    /// A full bucket of a rate.
    pub fn new(rate: Rate) -> Self {
        // A rate's burst is at least 1 and its period at least 1 µs: the fallbacks are never needed.
        let burst = std::num::NonZeroU32::new(rate.burst()).unwrap_or(std::num::NonZeroU32::MIN);
        let quota = Quota::with_period(rate.period()).unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst);
        let (level, hand) = (Level::default(), Hand::default());
        Self { limiter: RateLimiter::new(quota, level.clone(), hand.clone()), level, hand }
    }

    /// Takes a token: at `now` if there is one, else as soon as there is, if that is within `patience`. The value is how long
    /// that is; the error is how long it would have to be, and then nothing is taken. Times count from any fixed start.
    pub fn take(&self, now: Duration, patience: Duration) -> Result<Duration, Duration> {
        self.hand.0.store(nanos(now), Ordering::Relaxed);
        let Err(refusal) = self.limiter.check() else { return Ok(Duration::ZERO) };
        let wait = refusal.wait_time_from(Nanos::new(nanos(now)));
        if wait > patience {
            return Err(wait);
        }
        self.hand.0.store(nanos(now.saturating_add(wait)), Ordering::Relaxed);
        // It conforms by then, as nobody else takes anything meanwhile.
        self.limiter.check().map(|()| wait).map_err(|_| wait)
    }

    /// What can be [put back](Self::restore).
    pub fn state(&self) -> u64 {
        self.level.0.load(Ordering::Relaxed)
    }

    /// Undoes what was taken since this state was read.
    pub fn restore(&self, state: u64) {
        self.level.0.store(state, Ordering::Relaxed);
    }

    /// Whether it is full at `now`: one that is need not be kept.
    pub fn is_full(&self, now: Duration) -> bool {
        self.state() <= nanos(now)
    }
}

/// In ns; the clock's end, in the year 2554, is far.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
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
            let period = rate.period().as_nanos();
            let capacity = period * u128::from(rate.burst());
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
            let rate = Rate::new(burst, per_second).unwrap();
            let (bucket, mut naive) = (Bucket::new(rate), Naive::new(rate));
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
            let rate = Rate::new(burst, 2.0).unwrap();
            let bucket = Bucket::new(rate);
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
                    prop_assert!(*last - *first >= rate.period() * (k - number) as u32);
                }
            }
        }
    }

    #[test]
    fn ten_at_once_and_then_two_a_second() {
        let bucket = Bucket::new(Rate::default());
        let at = |ms| bucket.take(Duration::from_millis(ms), Duration::ZERO);
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
        let bucket = Bucket::new(Rate::new(1, 1.0).unwrap());
        let before = bucket.state();
        assert!(bucket.take(Duration::ZERO, Duration::ZERO).is_ok());
        assert!(!bucket.is_full(Duration::ZERO));
        bucket.restore(before);
        assert!(bucket.take(Duration::ZERO, Duration::ZERO).is_ok());
        assert!(bucket.is_full(Duration::from_secs(1)));
    }

    #[test]
    fn a_million_prompts_in_virtual_time_pass_exactly_as_many_as_there_are_tokens() {
        let bucket = Bucket::new(Rate::default());
        // One prompt each ms: ten at once, then one each 500 ms up to 999,999 ms.
        let passed = (0..1_000_000).filter(|&ms| bucket.take(Duration::from_millis(ms), Duration::ZERO).is_ok());
        assert_eq!(passed.count(), 10 + 1_999);
    }
}

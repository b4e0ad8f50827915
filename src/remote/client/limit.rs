//! How fast and how much at once.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

use super::backoff::Jitter;
use super::bucket::{Bucket, Rate};

/// The limits that all callers of one target share.
#[derive(Debug)]
pub struct Limiter {
    bucket: Option<Mutex<Bucket>>,
    /// The bucket's times count from here.
    start: Instant,
    slots: Option<Semaphore>,
    /// Until when the server asked for a pause.
    closed: Mutex<Option<Instant>>,
    /// After a pause callers come back spread over this long.
    spread: Duration,
    jitter: Mutex<Jitter>,
}

impl Limiter {
    /// `rate` requests and `in_flight` simulations at most; callers come back from a pause spread over `spread`.
    pub fn new(rate: Option<Rate>, in_flight: Option<u32>, spread: Duration, jitter: Jitter) -> Self {
        Self {
            bucket: rate.map(|rate| Mutex::new(Bucket::new(rate))),
            start: Instant::now(),
            slots: in_flight.map(|count| Semaphore::new((count as usize).min(Semaphore::MAX_PERMITS))),
            closed: Mutex::new(None),
            spread,
            jitter: Mutex::new(jitter),
        }
    }

    /// Waits until one more simulation may be in flight. It is as long as the permit lives.
    pub async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        // Nothing closes the semaphore, so that an error cannot come; without a limit there is no permit to hold.
        self.slots.as_ref()?.acquire().await.ok()
    }

    /// Nobody sends anything before `wait` has passed; a longer pause that is already asked for stays.
    pub fn pause(&self, wait: Duration) {
        let Some(until) = Instant::now().checked_add(wait) else { return };
        let mut closed = lock(&self.closed);
        *closed = Some(closed.map_or(until, |earlier| earlier.max(until)));
    }

    /// How long the pause that the server asked for still lasts.
    pub fn paused_for(&self) -> Duration {
        let mut closed = lock(&self.closed);
        let left = closed.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            *closed = None;
        }
        left
    }

    /// Waits until one more request may be sent.
    ///
    /// # Errors
    /// The rest of a pause that is longer than `patience`.
    pub async fn acquire(&self, patience: Duration) -> Result<(), Duration> {
        self.open(patience).await?;
        if let Some(bucket) = &self.bucket {
            let now = Instant::now();
            let wait = lock(bucket).take(now.saturating_duration_since(self.start), Duration::MAX);
            // No wait is longer than `Duration::MAX`.
            let wait = wait.unwrap_or_else(|wait| wait);
            if !wait.is_zero() {
                sleep_until(now + wait).await;
                // A pause may have begun meanwhile.
                self.open(patience).await?;
            }
        }
        Ok(())
    }

    async fn open(&self, patience: Duration) -> Result<(), Duration> {
        loop {
            let left = self.paused_for();
            if left.is_zero() {
                return Ok(());
            }
            if left > patience {
                return Err(left);
            }
            let spread = lock(&self.jitter).up_to(self.spread);
            sleep_until(Instant::now() + left + spread).await;
        }
    }
}

/// The data behind these locks stay whole whatever panics beside them.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn limiter(rate: Option<Rate>, in_flight: Option<u32>) -> Arc<Limiter> {
        Arc::new(Limiter::new(rate, in_flight, Duration::from_millis(50), Jitter::seeded(7)))
    }

    const PATIENT: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn two_hundred_requests_at_a_hundred_a_second_with_a_burst_of_twenty_take_1_8_s() {
        let limiter = limiter(Rate::new(100.0, 20), None);
        let start = Instant::now();
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                let limiter = limiter.clone();
                tokio::spawn(async move {
                    limiter.acquire(PATIENT).await.unwrap();
                    Instant::now()
                })
            })
            .collect();
        let mut times = vec![];
        for task in tasks {
            times.push(task.await.unwrap() - start);
        }
        times.sort();
        assert_eq!(times.iter().filter(|time| time.is_zero()).count(), 20);
        assert!(times[199].abs_diff(Duration::from_millis(1_800)) <= Duration::from_millis(2), "{:?}", times[199]);
        for window in times.windows(121) {
            assert!(window[120] - window[0] >= Duration::from_millis(990), "more than 120 in a second");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_bucket_fills_up_to_its_burst_and_no_further() {
        let limiter = limiter(Rate::new(10.0, 3), None);
        tokio::time::advance(Duration::from_secs(100)).await;
        let start = Instant::now();
        let mut at_once = 0;
        for _ in 0..6 {
            limiter.acquire(PATIENT).await.unwrap();
            at_once += u32::from(start.elapsed().is_zero());
        }
        assert_eq!(at_once, 3);
        assert!(start.elapsed().abs_diff(Duration::from_millis(300)) <= Duration::from_millis(3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_and_lets_them_back_spread_out() {
        let limiter = limiter(None, None);
        limiter.pause(Duration::from_secs(3));
        limiter.pause(Duration::from_secs(1));
        let start = Instant::now();
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let limiter = limiter.clone();
                tokio::spawn(async move {
                    limiter.acquire(PATIENT).await.unwrap();
                    Instant::now()
                })
            })
            .collect();
        let mut back = vec![];
        for task in tasks {
            back.push(task.await.unwrap() - start);
        }
        back.sort();
        assert!(back[0] >= Duration::from_secs(3));
        assert!(back[49] <= Duration::from_millis(3_052));
        back.dedup();
        assert!(back.len() > 20, "they come back at {} different times only", back.len());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_a_pause_beyond_his_patience() {
        let limiter = limiter(None, None);
        limiter.pause(Duration::from_secs(61));
        let start = Instant::now();
        assert_eq!(limiter.acquire(Duration::from_secs(60)).await, Err(Duration::from_secs(61)));
        assert!(start.elapsed().is_zero());
        limiter.pause(Duration::MAX);
        assert_eq!(limiter.paused_for(), Duration::from_secs(61), "a pause without end is no pause");
    }

    #[tokio::test(start_paused = true)]
    async fn simulations_in_flight_are_limited() {
        let limiter = limiter(None, Some(3));
        let start = Instant::now();
        let tasks: Vec<_> = (0..9)
            .map(|_| {
                let limiter = limiter.clone();
                tokio::spawn(async move {
                    let _slot = limiter.slot().await;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert!(start.elapsed().abs_diff(Duration::from_secs(3)) < Duration::from_millis(10));
    }
}

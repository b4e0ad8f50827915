//! The token buckets of all agents and tenants.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::record::LimitedBy;
use super::settings::RateLimits;
use crate::remote::client::{Bucket, Rate};

/// Number of buckets from which on full ones are dropped. A full bucket is the same as a new one.
const CLEANUP_THRESHOLD: usize = 1_024;

/// The rate limits of prompts, for any number of threads.
#[derive(Debug)]
pub struct Buckets {
    limits: RateLimits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    agents: BucketMap,
    tenants: BucketMap,
}

#[derive(Debug, Default)]
struct BucketMap {
    buckets: HashMap<String, Bucket>,
    /// The number of buckets at which full ones are dropped next.
    cleanup_at: usize,
}

/// A bucket that was empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// Whose bucket it is.
    pub by: LimitedBy,
    /// The time until there is a token, if no other prompt takes it.
    pub after: Duration,
}

impl Buckets {
    /// Full buckets.
    pub fn new(limits: RateLimits) -> Self {
        Self { limits, state: Mutex::default() }
    }

    /// Takes a token of the agent and one of the tenant at `now`, or neither. The error names the
    /// bucket that takes longer to refill.
    ///
    /// # Errors
    /// If one of the buckets is empty.
    pub fn take(&self, tenant: &str, agent: &str, now: Duration) -> Result<(), Limited> {
        let mut state = self.lock();
        let State { agents, tenants } = &mut *state;
        let of_agent = agents.take(self.limits.agent, agent, now);
        let of_tenant = tenants.take(self.limits.tenant, tenant, now);
        Err(match (of_agent, of_tenant) {
            (Ok(_), Ok(_)) => return Ok(()),
            (Ok(before), Err(after)) => {
                agents.restore(agent, before);
                Limited { by: LimitedBy::Tenant, after }
            }
            (Err(after), Ok(before)) => {
                tenants.restore(tenant, before);
                Limited { by: LimitedBy::Agent, after }
            }
            (Err(agents), Err(tenants)) if agents < tenants => Limited { by: LimitedBy::Tenant, after: tenants },
            (Err(after), Err(_)) => Limited { by: LimitedBy::Agent, after },
        })
    }

    /// Reserves a token that is available within `patience`, first come, first served, and returns
    /// how long to wait for it. A caller that needs both tokens waits for the agent's first and
    /// then reserves the tenant's.
    ///
    /// # Errors
    /// If it would take longer; no token is taken then.
    pub fn reserve(&self, by: LimitedBy, name: &str, now: Duration, patience: Duration) -> Result<Duration, Limited> {
        let mut state = self.lock();
        let (rate, map) = match by {
            LimitedBy::Agent => (self.limits.agent, &mut state.agents),
            LimitedBy::Tenant => (self.limits.tenant, &mut state.tenants),
        };
        let Some(rate) = rate else { return Ok(Duration::ZERO) };
        map.with(name, rate, now, |bucket| bucket.take(now, patience)).map_err(|after| Limited { by, after })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Poisoning is ignored: no panic can occur between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BucketMap {
    /// Takes a token at `now`, if there is a limit, and returns the bucket as it was before.
    ///
    /// # Errors
    /// The time until there is a token.
    fn take(&mut self, rate: Option<Rate>, name: &str, now: Duration) -> Result<Option<Bucket>, Duration> {
        let Some(rate) = rate else { return Ok(None) };
        self.with(name, rate, now, |bucket| {
            let before = *bucket;
            bucket.take(now, Duration::ZERO).map(|_| Some(before))
        })
    }

    /// Restores a bucket to an earlier state.
    fn restore(&mut self, name: &str, before: Option<Bucket>) {
        if let (Some(bucket), Some(before)) = (self.buckets.get_mut(name), before) {
            *bucket = before;
        }
    }

    /// Applies `action` to the bucket of a name, a new one if there is none.
    fn with<T>(&mut self, name: &str, rate: Rate, now: Duration, action: impl FnOnce(&mut Bucket) -> T) -> T {
        if let Some(bucket) = self.buckets.get_mut(name) {
            return action(bucket);
        }
        if self.buckets.len() >= self.cleanup_at.max(CLEANUP_THRESHOLD) {
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            self.cleanup_at = self.buckets.len() * 2;
        }
        action(self.buckets.entry(name.to_owned()).or_insert_with(|| Bucket::new(rate)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    fn limits(agent: Option<(u32, f64)>, tenant: Option<(u32, f64)>) -> Buckets {
        let rate = |given: Option<(u32, f64)>| given.map(|(burst, rate)| Rate::new(rate, burst).unwrap());
        Buckets::new(RateLimits { agent: rate(agent), tenant: rate(tenant), patience: Duration::ZERO })
    }

    #[test]
    fn agents_have_their_own_buckets_and_share_their_tenants() {
        let buckets = limits(Some((2, 1.0)), Some((3, 1.0)));
        assert!(buckets.take("acme", "a", NOW).is_ok());
        assert!(buckets.take("acme", "a", NOW).is_ok());
        let after = Duration::from_secs(1);
        assert_eq!(buckets.take("acme", "a", NOW), Err(Limited { by: LimitedBy::Agent, after }));
        assert!(buckets.take("acme", "b", NOW).is_ok());
        assert_eq!(buckets.take("acme", "b", NOW), Err(Limited { by: LimitedBy::Tenant, after }));
        assert!(buckets.take("other", "c", NOW).is_ok());
    }

    #[test]
    fn a_refusal_by_one_bucket_takes_nothing_of_the_other() {
        let buckets = limits(Some((2, 1.0)), Some((1, 0.1)));
        assert!(buckets.take("acme", "a", NOW).is_ok());
        for _ in 0..10 {
            assert_eq!(buckets.take("acme", "a", NOW).unwrap_err().by, LimitedBy::Tenant);
        }
        // The agent's second token is still there.
        assert!(buckets.take("other", "a", NOW).is_ok());
        let limited = buckets.take("third", "a", NOW).unwrap_err();
        assert_eq!(limited, Limited { by: LimitedBy::Agent, after: Duration::from_secs(1) });
        assert!(buckets.take("third", "b", NOW).is_ok());
    }

    #[test]
    fn without_limits_everything_passes() {
        let buckets = limits(None, None);
        assert!((0..10_000).all(|_| buckets.take("t", "a", NOW).is_ok()));
        assert_eq!(buckets.reserve(LimitedBy::Agent, "a", NOW, NOW), Ok(NOW));
    }

    #[test]
    fn full_buckets_are_not_kept_for_ever() {
        let buckets = limits(Some((1, 1_000_000.0)), None);
        for number in 0..100_000_u64 {
            buckets.take("t", &number.to_string(), Duration::from_millis(number)).unwrap();
        }
        assert!(buckets.lock().agents.buckets.len() <= CLEANUP_THRESHOLD + 1);
    }

    #[test]
    fn threads_together_get_as_many_tokens_as_there_are() {
        let buckets = limits(None, Some((1_000, 0.001)));
        let passed: usize = std::thread::scope(|scope| {
            let counts: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..1_000).filter(|_| buckets.take("t", "a", NOW).is_ok()).count()))
                .collect();
            counts.into_iter().map(|count| count.join().unwrap()).sum()
        });
        assert_eq!(passed, 1_000);
    }
}

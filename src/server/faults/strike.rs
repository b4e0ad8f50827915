//! Which fault strikes which request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Fault, FaultPlan, Rule, When};
use crate::server::draw;
use crate::server::endpoint::Endpoint;
use crate::server::store::Fate;

/// The plan at work.
#[derive(Debug)]
pub(in crate::server) struct Faults {
    pub plan: FaultPlan,
    seed: u64,
    /// Requests so far, by endpoint.
    counts: [AtomicU64; Endpoint::ALL.len()],
    /// By endpoint, whether any rule is for it: the others cost nothing.
    struck: [bool; Endpoint::ALL.len()],
}

/// What goes wrong with one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::server) struct Strike {
    /// How much longer it takes.
    pub delay: Duration,
    /// The one fault besides.
    pub fault: Option<Fault>,
}

impl Faults {
    pub(crate) fn new(plan: FaultPlan, seed: u64) -> Self {
        let struck = Endpoint::ALL.map(|endpoint| plan.rules.iter().any(|rule| rule.is_for(endpoint)));
        Self { seed: plan.seed.unwrap_or(seed), plan, counts: Default::default(), struck }
    }

    /// Whether any rule is for an endpoint.
    pub(crate) fn may_strike(&self, endpoint: Endpoint) -> bool {
        self.struck.get(endpoint.index()).is_some_and(|struck| *struck)
    }

    /// Counts a request and says what goes wrong with it.
    pub(crate) fn next(&self, endpoint: Endpoint) -> Option<Strike> {
        let place = endpoint.index();
        if !*self.struck.get(place)? {
            return None;
        }
        let k = self.counts.get(place)?.fetch_add(1, Ordering::Relaxed) + 1;
        Some(self.strike(endpoint, k))
    }

    /// What goes wrong with request `k` of an endpoint, from 1: it depends on nothing else.
    pub(crate) fn strike(&self, endpoint: Endpoint, k: u64) -> Strike {
        let mut strike = Strike::default();
        for (index, rule) in self.plan.rules.iter().enumerate().filter(|(_, rule)| rule.is_for(endpoint)) {
            let stream = (index as u64) << 8 | endpoint.index() as u64;
            match &rule.fault {
                Fault::Delay(latency) if rule.when.holds(self.seed, stream, k) => {
                    // Another stream than that of the question whether it strikes.
                    strike.delay += latency.at(draw::unit(self.seed, stream | 1 << 63, k));
                }
                Fault::Delay(_) => {}
                _ if strike.fault.is_some() => {}
                Fault::Unauthorized { requests } => {
                    let first = k.saturating_sub(requests.saturating_sub(1)).max(1);
                    if (first..=k).any(|k| rule.when.holds(self.seed, stream, k)) {
                        strike.fault = Some(rule.fault.clone());
                    }
                }
                fault if rule.when.holds(self.seed, stream, k) => strike.fault = Some(fault.clone()),
                _ => {}
            }
        }
        strike
    }
}

impl Rule {
    fn is_for(&self, endpoint: Endpoint) -> bool {
        if self.fault.of_simulation() {
            return endpoint == Endpoint::Submit;
        }
        // The token endpoint knows no tokens.
        if endpoint == Endpoint::Token && matches!(self.fault, Fault::RevokedToken) {
            return false;
        }
        endpoint != Endpoint::Other && self.on.is_none_or(|on| on == endpoint)
    }
}

impl When {
    fn holds(&self, seed: u64, stream: u64, k: u64) -> bool {
        match self {
            Self::Probability(probability) => draw::unit(seed, stream, k) < *probability,
            Self::Every(every) => k.is_multiple_of((*every).max(1)),
            Self::At(numbers) => numbers.binary_search(&k).is_ok(),
        }
    }
}

impl Strike {
    /// What becomes of a simulation that is submitted.
    pub(crate) fn fate(&self) -> Fate {
        match self.fault {
            Some(Fault::NeverCompletes) => Fate::Never,
            Some(Fault::Fails) => Fate::Fails,
            Some(Fault::OtherVersion) => Fate::OtherVersion,
            _ => Fate::Completes,
        }
    }
}

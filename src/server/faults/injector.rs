//! Decides which fault strikes which request, reproducibly from a seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Fault, FaultPlan, FaultRule, RequestSelector};
use crate::server::draw;
use crate::server::endpoint::Endpoint;
use crate::server::store::JobOutcome;

/// A plan with its request counters.
#[derive(Debug)]
pub(in crate::server) struct FaultInjector {
    pub plan: FaultPlan,
    seed: u64,
    /// Requests so far, by endpoint.
    counts: [AtomicU64; Endpoint::ALL.len()],
    /// Whether any rule is for an endpoint. The other endpoints skip the rules.
    has_rules: [bool; Endpoint::ALL.len()],
}

/// The faults of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::server) struct InjectedFault {
    /// The sum of all delays.
    pub delay: Duration,
    /// The first other fault.
    pub fault: Option<Fault>,
}

impl FaultInjector {
    pub(crate) fn new(plan: FaultPlan, seed: u64) -> Self {
        let has_rules = Endpoint::ALL.map(|endpoint| plan.rules.iter().any(|rule| rule.is_for(endpoint)));
        Self { seed: plan.seed.unwrap_or(seed), plan, counts: Default::default(), has_rules }
    }

    /// Whether any rule is for an endpoint.
    pub(crate) fn may_inject(&self, endpoint: Endpoint) -> bool {
        self.has_rules.get(endpoint.index()).is_some_and(|has_rules| *has_rules)
    }

    /// Counts a request and returns its faults.
    pub(crate) fn next_fault(&self, endpoint: Endpoint) -> Option<InjectedFault> {
        let index = endpoint.index();
        if !*self.has_rules.get(index)? {
            return None;
        }
        let k = self.counts.get(index)?.fetch_add(1, Ordering::Relaxed) + 1;
        Some(self.fault_at(endpoint, k))
    }

    /// The faults of request `k` of an endpoint, from 1. They depend on nothing else.
    pub(crate) fn fault_at(&self, endpoint: Endpoint, k: u64) -> InjectedFault {
        let mut injected = InjectedFault::default();
        for (index, rule) in self.plan.rules.iter().enumerate().filter(|(_, rule)| rule.is_for(endpoint)) {
            let stream = (index as u64) << 8 | endpoint.index() as u64;
            match &rule.fault {
                Fault::Delay(latency) if rule.when.selects(self.seed, stream, k) => {
                    // A stream of its own: the length of a delay is independent of whether it
                    // strikes.
                    injected.delay += latency.sample(draw::uniform(self.seed, stream | 1 << 63, k));
                }
                Fault::Delay(_) => {}
                _ if injected.fault.is_some() => {}
                Fault::Unauthorized { requests } => {
                    let first = k.saturating_sub(requests.saturating_sub(1)).max(1);
                    if (first..=k).any(|k| rule.when.selects(self.seed, stream, k)) {
                        injected.fault = Some(rule.fault.clone());
                    }
                }
                fault if rule.when.selects(self.seed, stream, k) => injected.fault = Some(fault.clone()),
                _ => {}
            }
        }
        injected
    }
}

impl FaultRule {
    fn is_for(&self, endpoint: Endpoint) -> bool {
        if self.fault.is_for_simulations() {
            return endpoint == Endpoint::Submit;
        }
        // A token request carries no token.
        if endpoint == Endpoint::Token && matches!(self.fault, Fault::RevokedToken) {
            return false;
        }
        endpoint != Endpoint::Other && self.on.is_none_or(|on| on == endpoint)
    }
}

impl RequestSelector {
    fn selects(&self, seed: u64, stream: u64, k: u64) -> bool {
        match self {
            Self::Probability(probability) => draw::uniform(seed, stream, k) < *probability,
            Self::Every(every) => k.is_multiple_of((*every).max(1)),
            Self::At(numbers) => numbers.binary_search(&k).is_ok(),
        }
    }
}

impl InjectedFault {
    /// The outcome of the simulation that this request submits.
    pub(crate) fn job_outcome(&self) -> JobOutcome {
        match self.fault {
            Some(Fault::NeverCompletes) => JobOutcome::NeverCompletes,
            Some(Fault::Fails) => JobOutcome::Failed,
            Some(Fault::OtherVersion) => JobOutcome::OtherVersion,
            _ => JobOutcome::Completed,
        }
    }
}

//! Timers: what happens at a set moment of a call, whichever node is running then.

/// What a timer stands for. Of timers that are set for one moment the first of this list fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// An agent answers the call that waits in a queue.
    Answer,
    /// The caller hangs up.
    HangUp,
    /// The caller gives up waiting in a queue.
    Patience,
    /// A signal comes from outside.
    Signal,
    /// The call has lasted as long as it may.
    Deadline,
}

/// The timers that interrupt a node. A signal waits until the node has come to its outcome.
pub(super) const INTERRUPTING: &[Timer] = &[Timer::Answer, Timer::HangUp, Timer::Patience, Timer::Deadline];
/// The timers that interrupt a node which goes on without its caller.
pub(super) const INTERRUPTING_WITHOUT_CALLER: &[Timer] = &[Timer::Deadline];

/// A timer that is not set.
const NEVER: u64 = u64::MAX;

/// All timers of a call, each with its moment in virtual ms. A search copies them with every state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timers {
    /// By the timer's place in the enumeration.
    at_ms: [u64; 5],
}

impl Timers {
    pub(super) fn new() -> Self {
        Self { at_ms: [NEVER; 5] }
    }

    /// The moment of a timer; none where it is not set.
    pub(super) fn at(&self, timer: Timer) -> Option<u64> {
        Some(self.at_ms[timer as usize]).filter(|&at_ms| at_ms != NEVER)
    }

    /// Sets a timer, or cancels it.
    pub(super) fn set(&mut self, timer: Timer, at_ms: Option<u64>) {
        self.at_ms[timer as usize] = at_ms.unwrap_or(NEVER);
    }

    /// Sets a timer unless it is set for an earlier moment.
    pub(super) fn set_earlier(&mut self, timer: Timer, at_ms: u64) {
        let set = &mut self.at_ms[timer as usize];
        *set = at_ms.min(*set);
    }

    /// Whether the timer's moment has come.
    pub(super) fn is_due(&self, timer: Timer, now: u64) -> bool {
        self.at_ms[timer as usize] <= now
    }

    /// The first of these timers to fire in a wait until `moment`, and when. What the node waits for comes before what
    /// would interrupt it at the same moment.
    pub(super) fn first_until(&self, moment: u64, interrupting: &[Timer]) -> Option<(Timer, u64)> {
        let mut until = moment;
        let mut first = None;
        for &timer in interrupting {
            let at_ms = self.at_ms[timer as usize];
            // An agent's answer is what a queue waits for.
            if at_ms < until || (timer == Timer::Answer && at_ms == until) {
                until = at_ms;
                first = Some((timer, at_ms));
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_timer_fires_and_what_is_waited_for_wins_a_tie() {
        let mut timers = Timers::new();
        let first = |timers: &Timers, moment| timers.first_until(moment, INTERRUPTING).map(|(timer, _)| timer);
        assert_eq!(first(&timers, 100), None);
        timers.set(Timer::Deadline, Some(100));
        timers.set(Timer::HangUp, Some(100));
        assert_eq!(first(&timers, 100), None);
        assert_eq!(first(&timers, 101), Some(Timer::HangUp));
        timers.set_earlier(Timer::Patience, 50);
        timers.set_earlier(Timer::Patience, 70);
        assert_eq!(timers.first_until(200, INTERRUPTING), Some((Timer::Patience, 50)));
        timers.set(Timer::Answer, Some(50));
        assert_eq!(first(&timers, 200), Some(Timer::Answer));
        assert_eq!(first(&timers, 50), Some(Timer::Answer));
        timers.set(Timer::Signal, Some(1));
        assert_eq!(first(&timers, 49), None, "a signal interrupts no node");
        assert!(timers.is_due(Timer::Signal, 1) && !timers.is_due(Timer::Signal, 0));
        assert_eq!(timers.first_until(200, INTERRUPTING_WITHOUT_CALLER), Some((Timer::Deadline, 100)));
        timers.set(Timer::Answer, None);
        assert_eq!(timers.at(Timer::Answer), None);
    }
}

use super::*;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const RULES: PollRules =
    PollRules { first: Duration::from_millis(5), cap: Duration::from_secs(2), timeout: Duration::from_secs(300) };

fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// A server and a client in simulated time, in microseconds: every event is exact and every run the same.
struct World {
    /// One way over the network.
    way: u64,
    /// A timer fires at the next multiple of this.
    tick: u64,
}

#[derive(Debug)]
struct Outcome {
    makespan: u64,
    polls: u64,
}

impl World {
    /// Runs jobs that take `length(job)` on the server, so many at once.
    fn run(&self, jobs: u64, at_once: u64, known: &Durations, length: impl Fn(u64) -> u64) -> Outcome {
        // (when, job, submitted at (as the client sees it), done at (as the server sees it), last too early)
        let mut events: BinaryHeap<Reverse<(u64, u64)>> = BinaryHeap::new();
        let mut state = std::collections::HashMap::new();
        let (mut next, mut now, mut polls) = (0, 0, 0);
        let start = |at: u64, job: u64, events: &mut BinaryHeap<_>, state: &mut std::collections::HashMap<_, _>| {
            let submitted = at + 2 * self.way;
            let plan = known.plan(RULES);
            let due = plan.next(Duration::ZERO).unwrap();
            state.insert(job, (plan, submitted, at + self.way + length(job), Duration::ZERO));
            events.push(Reverse((self.fire(submitted, due), job)));
        };
        while next < at_once.min(jobs) {
            start(0, next, &mut events, &mut state);
            next += 1;
        }
        while let Some(Reverse((sent, job))) = events.pop() {
            polls += 1;
            let (plan, submitted, done, too_early) = state.get_mut(&job).unwrap();
            let (answered, asked) = (sent + 2 * self.way, us(sent - *submitted));
            plan.sent(asked);
            now = now.max(answered);
            if sent + self.way >= *done {
                known.record(*too_early, asked);
                state.remove(&job);
                if next < jobs {
                    start(answered, next, &mut events, &mut state);
                    next += 1;
                }
            } else {
                *too_early = asked;
                let due = plan.next(us(answered - *submitted)).unwrap();
                events.push(Reverse((self.fire(*submitted, due), job)));
            }
        }
        Outcome { makespan: now, polls }
    }

    fn fire(&self, submitted: u64, due: Duration) -> u64 {
        (submitted + due.as_micros() as u64).next_multiple_of(self.tick)
    }
}

/// The makespan of 1,000 jobs as a multiple of N·d/c, and the polls of one job.
fn ratio(world: &World, at_once: u64, d: u64) -> (f64, f64) {
    let outcome = world.run(1_000, at_once, &Durations::default(), |_| d);
    (outcome.makespan as f64 / (1_000.0 * d as f64 / at_once as f64), outcome.polls as f64 / 1_000.0)
}

#[test]
fn a_thousand_jobs_of_50_ms_take_hardly_longer_than_they_must() {
    let world = World { way: 100, tick: 100 };
    for at_once in [16, 64] {
        let (ratio, polls) = ratio(&world, at_once, 50_000);
        // The last round is not full: 16 rounds of 64 for 1,000 jobs are 1.024 of the ideal already.
        assert!(ratio <= 1.05, "{at_once} at once: {ratio:.3}");
        assert!(polls <= 3.0, "{at_once} at once: {polls:.2} polls a job");
    }
}

#[test]
fn a_timer_of_milliseconds_costs_little() {
    let world = World { way: 150, tick: 1_000 };
    let (ratio, polls) = ratio(&world, 16, 50_000);
    assert!(ratio <= 1.05, "{ratio:.3}");
    assert!(polls <= 3.0, "{polls:.2} polls a job");
}

#[test]
fn jobs_that_are_done_at_once_are_asked_once() {
    let outcome = World { way: 50, tick: 1 }.run(5_000, 64, &Durations::default(), |_| 0);
    assert_eq!(outcome.polls, 5_000);
    assert_eq!(outcome.makespan, 79 * 200);
}

#[test]
fn jobs_that_become_faster_or_slower_are_noticed() {
    let world = World { way: 100, tick: 100 };
    let known = Durations::default();
    world.run(500, 16, &known, |_| 50_000);
    for d in [20_000, 200_000, 2_000] {
        world.run(600, 16, &known, |_| d);
        let settled = world.run(500, 16, &known, |_| d);
        let ratio = settled.makespan as f64 / (500.0 * d as f64 / 16.0);
        assert!(ratio <= 1.10 + 700.0 / d as f64, "after a change to {d} us: {ratio:.3}");
    }
}

#[test]
fn jobs_that_differ_are_asked_a_few_times() {
    let world = World { way: 100, tick: 100 };
    // Between 20 and 80 ms, evenly, in an order that is no order.
    let length = |job: u64| 20_000 + (job * 7_919) % 60_000;
    let outcome = world.run(2_000, 16, &Durations::default(), length);
    let ideal = (0..2_000).map(length).sum::<u64>() as f64 / 16.0;
    let ratio = outcome.makespan as f64 / ideal;
    assert!(ratio <= 1.12, "{ratio:.3}");
    assert!(outcome.polls <= 2_000 * 8, "{} polls", outcome.polls);
}

#[test]
fn most_fast_and_a_few_slow_jobs_are_both_met() {
    let world = World { way: 100, tick: 100 };
    let length = |job: u64| if job % 10 == 3 { 1_000_000 } else { 10_000 };
    let outcome = world.run(1_000, 16, &Durations::default(), length);
    let ideal = (0..1_000).map(length).sum::<u64>() as f64 / 16.0;
    assert!(outcome.makespan as f64 / ideal <= 1.2, "{:.3}", outcome.makespan as f64 / ideal);
    assert!(outcome.polls <= 1_000 * 8, "{} polls", outcome.polls);
}

#[test]
fn the_first_polls_of_a_first_job() {
    let known = Durations::default();
    let mut plan = known.plan(RULES);
    let mut poll = |_| {
        let due = plan.next(Duration::ZERO).unwrap();
        assert_eq!(plan.next(Duration::ZERO), Some(due), "only a poll makes a plan go on");
        plan.sent(due);
        due.as_millis() as u64
    };
    let times: Vec<u64> = (0..12).map(&mut poll).collect();
    assert_eq!(times, [0, 5, 11, 16, 22, 27, 33, 39, 44, 50, 55, 61]);
}

#[test]
fn a_job_that_never_ends_is_asked_for_the_last_time_at_its_timeout() {
    let known = Durations::default();
    let mut plan = known.plan(RULES);
    let mut times = vec![];
    while let Some(due) = plan.next(Duration::ZERO) {
        times.push(due);
        plan.sent(due);
    }
    assert_eq!(times.last(), Some(&RULES.timeout));
    assert!(times.len() < 220, "{} polls", times.len());
    assert_eq!(plan.next(Duration::ZERO), None);
}

proptest! {
    #[test]
    fn the_laws_of_polling(
        first in 1u64..500, cap in 1u64..10_000, timeout in 1u64..600_000,
        seen in prop::collection::vec((0u64..100_000_000, 0u64..100_000_000), 0..100),
        late in prop::collection::vec(0u64..50_000, 1..20),
    ) {
        let rules = PollRules {
            first: Duration::from_millis(first),
            cap: Duration::from_millis(cap),
            timeout: Duration::from_millis(timeout),
        };
        let known = Durations::default();
        for (too_early, done) in seen {
            known.record(us(too_early), us(done));
        }
        let mut plan = known.plan(rules);
        let (mut now, mut last, mut polls) = (Duration::ZERO, None::<Duration>, 0u64);
        while let Some(due) = plan.next(now) {
            prop_assert!(due >= now || due == rules.timeout, "a poll in the past");
            prop_assert!(due <= rules.timeout, "a poll after the timeout");
            if let Some(last) = last {
                prop_assert!(due >= last + CLOSEST || due == rules.timeout, "two polls too close: {last:?} {due:?}");
                prop_assert!(due > last, "no progress");
            }
            // Sent late, answered later.
            let sent = due + us(late[polls as usize % late.len()]);
            plan.sent(sent);
            last = Some(sent);
            now = sent + us(late[(polls as usize + 1) % late.len()] / 10);
            polls += 1;
            // Steps grow by a tenth at least until they reach the cap; a fiftieth of the time is the least of all.
            let bound = 20 + 60 + 5 * SHARES.len() as u64 + 700 + timeout / cap.max(timeout / 50).max(1);
            prop_assert!(polls <= bound, "{polls} polls");
        }
        prop_assert!(last >= Some(rules.timeout));
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_job_that_is_done_wakes_those_that_know_nothing_yet() {
    let known = std::sync::Arc::new(Durations::default());
    let waiting = tokio::spawn({
        let known = known.clone();
        async move { known.first().await }
    });
    tokio::task::yield_now().await;
    known.record(us(40_000), us(50_000));
    waiting.await.unwrap();
    // From then on there is no first one any more.
    let later = tokio::time::timeout(Duration::from_secs(60), known.first());
    known.record(us(40_000), us(50_000));
    assert!(later.await.is_err());
}

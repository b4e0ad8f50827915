use super::*;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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
    /// What the client's processor, which does one thing at a time, needs for a request or for an answer.
    work: u64,
    /// How much longer each of the first submissions takes to arrive than the one before: connections are made one by one.
    connect: u64,
}

#[derive(Debug)]
struct Outcome {
    makespan: u64,
    polls: u64,
}

/// What the client comes to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Submit(u64),
    Submitted(u64),
    /// A poll, unless another was planned since: the plan's number.
    Poll(u64, u32),
    Answered(u64),
}

/// A job under way.
struct Going<'a> {
    plan: PollPlan<'a>,
    /// Since when it counts for the client.
    submitted: u64,
    /// When it is done on the server.
    done: u64,
    asked: Duration,
    /// Whether the poll that is under way finds it done.
    found: bool,
    plans: u32,
    waits: bool,
}

impl World {
    /// Runs jobs that take `length(job)` on the server, so many at once.
    fn run(&self, jobs: u64, at_once: u64, known: &Durations, length: impl Fn(u64) -> u64) -> Outcome {
        let mut events: BinaryHeap<Reverse<(u64, Event)>> = BinaryHeap::new();
        let mut going: BTreeMap<u64, Going> = BTreeMap::new();
        let (mut next, mut free, mut polls) = (at_once.min(jobs), 0, 0);
        events.extend((0..next).map(|job| Reverse((0, Event::Submit(job)))));
        while let Some(Reverse((due, event))) = events.pop() {
            if let Event::Poll(job, plan) = event
                && going.get(&job).is_none_or(|job| job.plans != plan)
            {
                continue;
            }
            let now = due.max(free) + self.work;
            free = now;
            match event {
                Event::Submit(job) => {
                    let connecting = if job < at_once { self.connect * job } else { 0 };
                    let done = now + connecting + self.way + length(job);
                    let plan = known.plan(RULES);
                    let asked = Duration::ZERO;
                    going
                        .insert(job, Going { plan, submitted: now, done, asked, found: false, plans: 0, waits: false });
                    events.push(Reverse((now + connecting + 2 * self.way, Event::Submitted(job))));
                }
                Event::Submitted(number) => {
                    let job = going.get_mut(&number).unwrap();
                    if !known.knows() {
                        job.submitted = now;
                    }
                    events.push(self.planned(number, job, now));
                }
                Event::Poll(number, _) => {
                    polls += 1;
                    let job = going.get_mut(&number).unwrap();
                    job.waits = false;
                    job.asked = us(now - job.submitted);
                    job.found = now + self.way >= job.done;
                    events.push(Reverse((now + 2 * self.way, Event::Answered(number))));
                }
                Event::Answered(number) => {
                    let job = going.get_mut(&number).unwrap();
                    if !job.found {
                        job.plan.too_early(job.asked);
                        events.push(self.planned(number, job, now));
                        continue;
                    }
                    let first = !known.knows();
                    job.plan.done(job.asked);
                    going.remove(&number);
                    if next < jobs {
                        events.push(Reverse((now, Event::Submit(next))));
                        next += 1;
                    }
                    if first {
                        for (&number, job) in going.iter_mut().filter(|(_, job)| job.waits) {
                            events.push(self.planned(number, job, now));
                        }
                    }
                }
            }
        }
        Outcome { makespan: free, polls }
    }

    /// The next poll of a job, as it is planned now.
    fn planned(&self, number: u64, job: &mut Going, now: u64) -> Reverse<(u64, Event)> {
        let due = job.plan.next(us(now - job.submitted)).unwrap();
        job.waits = true;
        job.plans += 1;
        let at = (job.submitted + due.as_micros() as u64).next_multiple_of(self.tick);
        Reverse((at, Event::Poll(number, job.plans)))
    }
}

/// The makespan of 1,000 jobs as a multiple of N·d/c, and the polls of one job.
fn ratio(world: &World, at_once: u64, d: u64) -> (f64, f64) {
    let outcome = world.run(1_000, at_once, &Durations::default(), |_| d);
    (outcome.makespan as f64 / (1_000.0 * d as f64 / at_once as f64), outcome.polls as f64 / 1_000.0)
}

#[test]
fn a_thousand_jobs_of_50_ms_take_hardly_longer_than_they_must() {
    let world = World { way: 100, tick: 100, work: 0, connect: 0 };
    for at_once in [16, 64] {
        let (ratio, polls) = ratio(&world, at_once, 50_000);
        // The last round is not full: 16 rounds of 64 for 1,000 jobs are 1.024 of the ideal already.
        assert!(ratio <= 1.035, "{at_once} at once: {ratio:.3}");
        assert!(polls <= 1.5, "{at_once} at once: {polls:.2} polls a job");
    }
}

#[test]
fn a_client_that_is_busy_asks_hardly_more_often() {
    for connect in [0, 60, 120] {
        let world = World { way: 150, tick: 50, work: 20, connect };
        for (at_once, bound) in [(16, 1.03), (64, 1.05)] {
            let (ratio, polls) = ratio(&world, at_once, 50_000);
            assert!(ratio <= bound, "{at_once} at once, {connect}: {ratio:.3}");
            assert!(polls <= 1.5, "{at_once} at once, {connect}: {polls:.2} polls a job");
        }
    }
}

#[test]
fn a_timer_of_milliseconds_costs_little() {
    let world = World { way: 150, tick: 1_000, work: 0, connect: 0 };
    let (ratio, polls) = ratio(&world, 16, 50_000);
    assert!(ratio <= 1.05, "{ratio:.3}");
    assert!(polls <= 1.4, "{polls:.2} polls a job");
}

#[test]
fn jobs_that_are_done_at_once_are_asked_once() {
    let outcome = World { way: 50, tick: 1, work: 0, connect: 0 }.run(5_000, 64, &Durations::default(), |_| 0);
    assert_eq!(outcome.polls, 5_000);
    assert_eq!(outcome.makespan, 79 * 200);
}

#[test]
fn jobs_that_become_faster_or_slower_are_noticed() {
    let world = World { way: 100, tick: 100, work: 0, connect: 0 };
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
    let world = World { way: 100, tick: 100, work: 0, connect: 0 };
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
    let world = World { way: 100, tick: 100, work: 0, connect: 0 };
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
        plan.too_early(due);
        due.as_millis() as u64
    };
    let times: Vec<u64> = (0..12).map(&mut poll).collect();
    assert_eq!(times, [0, 5, 11, 16, 22, 27, 33, 39, 44, 50, 55, 61]);
}

#[test]
fn while_nothing_is_known_few_jobs_are_asked_at_once() {
    let known = Durations::default();
    let firsts: Vec<u64> =
        (0..24).map(|_| known.plan(RULES).next(Duration::ZERO).unwrap().as_millis() as u64).collect();
    let scouts = firsts.iter().enumerate().filter(|&(_, &ms)| ms == 0).map(|(place, _)| place);
    assert_eq!(scouts.collect::<Vec<_>>(), [0, 8, 16]);
    assert!(firsts.iter().all(|&ms| ms == 0 || (20..=60).contains(&ms)), "{firsts:?}");
    // As soon as something is known it holds for all, also for plans made before.
    let plan = known.plan(RULES);
    known.record(us(9_900), us(10_000));
    assert_eq!(plan.next(Duration::ZERO), Some(us(10_000)));
}

#[test]
fn a_job_that_never_ends_is_asked_for_the_last_time_at_its_timeout() {
    let known = Durations::default();
    let mut plan = known.plan(RULES);
    let mut times = vec![];
    while let Some(due) = plan.next(Duration::ZERO) {
        times.push(due);
        plan.too_early(due);
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
            plan.too_early(sent);
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

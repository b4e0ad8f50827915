use super::*;
use proptest::prelude::*;

const RULES: PollRules =
    PollRules { first: Duration::from_millis(5), cap: Duration::from_secs(2), timeout: Duration::from_secs(300) };

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_job_that_was_still_running_moves_the_first_poll_toward_its_end_and_never_past_it() {
    let first = FirstPoll::new(RULES);
    first.learn(Some(ms(405)), ms(410));
    assert_eq!(first.get(), ms(55));
    for _ in 0..100 {
        first.learn(Some(ms(405)), ms(410));
    }
    assert!(first.get() > ms(404) && first.get() <= ms(405), "{:?}", first.get());
    first.learn(Some(ms(100)), ms(110));
    assert!(first.get() > ms(404), "a shorter job is none that was polled too early");
}

#[test]
fn jobs_that_were_done_at_the_first_poll_move_it_once_however_many_they_are() {
    let first = FirstPoll::new(PollRules { first: ms(400), ..RULES });
    for _ in 0..64 {
        first.learn(None, ms(400));
    }
    assert_eq!(first.get(), ms(200));
    first.learn(None, ms(1_000));
    assert_eq!(first.get(), ms(200), "a poll that was late by itself changes nothing");
}

#[test]
fn steps_grow_up_to_an_eighth_of_the_time_spent_and_to_the_cap() {
    let mut plan = PollPlan::new(RULES, ms(320), None);
    let mut times = vec![];
    let mut now = Duration::ZERO;
    for _ in 0..30 {
        now = plan.next(now).unwrap();
        times.push(now.as_millis() as u64);
        plan.too_early(now, None);
    }
    assert_eq!(times[..6], [320, 330, 345, 367, 401, 451]);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= pair[0] / 8 + 1), "{times:?}");
    let rules = PollRules { cap: ms(20), ..RULES };
    let mut plan = PollPlan::new(rules, ms(3_200), None);
    plan.too_early(ms(3_200), None);
    assert_eq!(plan.next(ms(3_200)), Some(ms(3_220)));
}

#[test]
fn a_long_first_poll_keeps_steps_long() {
    let rules = PollRules { first: ms(1_000), ..RULES };
    let mut plan = PollPlan::new(rules, rules.first, None);
    plan.too_early(plan.next(Duration::ZERO).unwrap(), None);
    assert_eq!(plan.next(ms(1_000)), Some(ms(1_125)));
}

#[test]
fn the_last_poll_is_at_the_timeout() {
    let mut plan = PollPlan::new(RULES, ms(5), Some(ms(1_000_000)));
    assert_eq!(plan.next(Duration::ZERO), Some(RULES.timeout));
    plan.too_early(RULES.timeout, None);
    assert_eq!(plan.next(RULES.timeout), None);
}

proptest! {
    #[test]
    fn polls_go_forward_keep_every_pause_and_end(
        first in 0u64..100_000, cap in 1u64..60_000, timeout in 1u64..10_000_000,
        pauses in prop::collection::vec(prop::option::of(0u64..50_000), 1..60),
        late in prop::collection::vec(0u64..5_000, 60),
    ) {
        let rules = PollRules { first: ms(first), cap: ms(cap), timeout: ms(timeout) };
        let mut plan = PollPlan::new(rules, ms(first), None);
        let (mut now, mut earliest) = (Duration::ZERO, Duration::ZERO);
        for (pause, late) in pauses.into_iter().zip(late) {
            let Some(due) = plan.next(now) else {
                prop_assert!(now >= rules.timeout);
                return Ok(());
            };
            prop_assert!(due >= earliest.min(rules.timeout) && due <= rules.timeout);
            now = due + ms(late);
            let pause = pause.map(ms);
            plan.too_early(now, pause);
            earliest = now + pause.unwrap_or(MIN_STEP);
        }
    }
}

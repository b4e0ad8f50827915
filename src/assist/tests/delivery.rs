use super::*;
use proptest::prelude::*;

fn after(status: u16, retry_after: ScriptedRetryAfter) -> Scripted {
    Scripted { latency_ms: 0, answer: ScriptedAnswer::Status { status, retry_after: Some(retry_after) } }
}

fn slow(latency_ms: u64) -> Scripted {
    Scripted { latency_ms, ..Scripted::GOOD }
}

const NO_CONNECTION: Scripted = Scripted { latency_ms: 0, answer: ScriptedAnswer::NoConnection };
const MALFORMED: Scripted = Scripted { latency_ms: 0, answer: ScriptedAnswer::Malformed };

#[test]
fn a_good_answer_ends_it() {
    let record = one(script([]));
    assert_eq!(shown(&record), "delivered\n  0 ms prompt 201 delivered\n");
    assert_eq!(one(statuses([200])).outcome, Outcome::Delivered);
    assert_eq!(one(statuses([204])).outcome, Outcome::Delivered);
}

#[test]
fn every_failure_but_401_and_403_is_tried_three_times_and_then_the_fallback_once() {
    for status in (300..600).filter(|status| !matches!(status, 401 | 403)) {
        let record = one(statuses([status]));
        assert_eq!(record.outcome, Outcome::Failed, "{status}");
        let fallbacks: Vec<bool> = record.attempts.iter().map(|attempt| attempt.fallback).collect();
        assert_eq!(fallbacks, [false, false, false, true], "{status}");
        assert_eq!(record.reasons.len(), 2, "{status}");
        let helped = one(statuses([status, status, status, 201]));
        assert_eq!(helped.outcome, Outcome::Fallback, "{status}");
        assert_eq!(&**helped.shown_id(), "p_fallback");
        assert_eq!(helped.reasons, [format!("the prompt service answered {status}")]);
        assert_eq!(one(statuses([status, status, 201])).outcome, Outcome::Delivered, "{status}");
    }
}

#[test]
fn no_token_and_no_permission_end_it_at_once_without_a_fallback() {
    for status in [401, 403] {
        let record = one(statuses([status, 201]));
        assert_eq!(
            shown(&record),
            format!(
                "failed\n  0 ms prompt {status} the prompt service answered {status}\n  because the prompt service answered {status}\n"
            )
        );
        assert_eq!(record.fallback_prompt_id, None);
    }
}

#[test]
fn lost_connections_and_broken_answers_are_failures_like_others() {
    let record = one(script([NO_CONNECTION, MALFORMED, Scripted::GOOD]));
    let errors: Vec<Option<&str>> = record.attempts.iter().map(|attempt| attempt.error.as_deref()).collect();
    let expected = [
        Some("no connection could be made"),
        Some("the prompt service answered 201 and its body is not the JSON that it should be"),
        None,
    ];
    assert_eq!(errors, expected);
    assert_eq!((record.outcome, record.reasons.len()), (Outcome::Delivered, 0));
}

#[test]
fn an_attempt_that_takes_too_long_is_given_up() {
    let record = one(script([slow(3_001), slow(3_000)]));
    assert_eq!(record.attempts[0].error.as_deref(), Some("no response within 3s"));
    assert_eq!((record.attempts[0].took_ms, record.attempts[1].took_ms), (3_000, 3_000));
    assert_eq!(record.outcome, Outcome::Delivered);
}

#[test]
fn both_forms_of_retry_after_are_kept_to() {
    for retry_after in [ScriptedRetryAfter::Seconds(2), ScriptedRetryAfter::DateIn(2)] {
        let record = one(script([after(429, retry_after), after(503, retry_after), Scripted::GOOD]));
        let pauses: Vec<u64> = record.attempts.iter().filter_map(|attempt| attempt.pause_ms).collect();
        assert!((2_000..=2_100).contains(&pauses[0]), "{pauses:?}");
        assert!((2_000..=2_200).contains(&pauses[1]), "{pauses:?}");
        assert_eq!(record.attempts[0].retry_after_ms, Some(2_000));
        assert_eq!(record.outcome, Outcome::Delivered);
    }
}

#[test]
fn the_fallback_keeps_to_a_retry_after_as_well() {
    let line = after(429, ScriptedRetryAfter::Seconds(1));
    let record = one(script([line.clone(), line.clone(), line, Scripted::GOOD]));
    assert_eq!(record.outcome, Outcome::Fallback);
    let [.., last, fallback] = &record.attempts[..] else { panic!("{record:?}") };
    assert_eq!(last.pause_ms, Some(1_000));
    assert_eq!(fallback.at_ms, last.at_ms + 1_000);
}

#[test]
fn a_service_that_asks_for_more_time_than_there_is_gets_nothing_more() {
    for seconds in [11, u64::MAX] {
        let record = one(script([after(429, ScriptedRetryAfter::Seconds(seconds)), Scripted::GOOD]));
        assert_eq!((record.outcome, record.attempts.len()), (Outcome::Failed, 1));
        assert_eq!(record.fallback_prompt_id, None);
    }
    let record = one(script([after(503, ScriptedRetryAfter::DateIn(u64::MAX)), Scripted::GOOD]));
    assert_eq!(record.attempts.len(), 1);
    let record = one(script([after(429, ScriptedRetryAfter::Seconds(11))]));
    insta::assert_snapshot!(shown(&record), @r"
    failed
      0 ms prompt 429 the prompt service answered 429
      because the prompt service answered 429
      because the prompt service asks for a pause of 11s, longer than the rest of the delivery's time
    ");
}

#[test]
fn without_a_fallback_the_last_failure_is_the_end() {
    let mut rehearsal = Rehearsal {
        arrivals: vec![Arrival::new(0, prompt("p"))],
        prompt_service: statuses([500]),
        ..Rehearsal::default()
    };
    rehearsal.settings.fallback = None;
    let record = only(&rehearsal);
    assert_eq!((record.outcome, record.attempts.len(), record.reasons.len()), (Outcome::Failed, 3, 1));
    rehearsal.settings.fallback = Some(Fallback::default());
    rehearsal.settings.delivery.attempts = 1;
    assert_eq!(only(&rehearsal).attempts.len(), 2);
}

#[test]
fn what_must_not_be_sent_is_not_sent() {
    let mut wrong = prompt("p");
    wrong.content = "".into();
    wrong.ui_config.timeout_ms = 0;
    let record = only(&Rehearsal { arrivals: vec![Arrival::new(0, wrong)], ..Rehearsal::default() });
    insta::assert_snapshot!(shown(&record), @r"
    failed
      because 'content' must not be empty
      because 'uiConfig.timeoutMs' must be from 1 to 3600000 ms, not 0
    ");
    let mut sad = prompt("p");
    sad.context.sentiment_score = -0.45;
    let record = only(&Rehearsal { arrivals: vec![Arrival::new(0, sad)], ..Rehearsal::default() });
    insta::assert_snapshot!(shown(&record), @r"
    ineligible
      because the sentiment -0.45 is below the minimum of -0.3
    ");
    assert_eq!(record.transcript.state, TranscriptState::None);
}

#[test]
fn the_same_seed_draws_the_same_pauses_and_another_others() {
    let rehearsal = |seed| Rehearsal {
        arrivals: (0..20).map(|n| Arrival::new(n * 1_000, prompt(&format!("p{n}")))).collect(),
        prompt_service: statuses([500]),
        seed,
        ..Rehearsal::default()
    };
    assert_eq!(rehearse(&rehearsal(1)), rehearse(&rehearsal(1)));
    assert_ne!(rehearse(&rehearsal(1)), rehearse(&rehearsal(2)));
}

fn line() -> impl Strategy<Value = Scripted> {
    let retry = prop_oneof![
        Just(None),
        (0..20_u64).prop_map(|seconds| Some(ScriptedRetryAfter::Seconds(seconds))),
        (0..20_u64).prop_map(|seconds| Some(ScriptedRetryAfter::DateIn(seconds))),
    ];
    let answer = prop_oneof![
        Just(ScriptedAnswer::Good),
        Just(ScriptedAnswer::NoConnection),
        Just(ScriptedAnswer::Malformed),
        (200..600_u16, retry).prop_map(|(status, retry_after)| ScriptedAnswer::Status { status, retry_after }),
    ];
    (0..5_000_u64, answer).prop_map(|(latency_ms, answer)| Scripted { latency_ms, answer })
}

proptest! {
    /// Whatever the services do: at most three attempts and one fallback, pauses within their
    /// bounds, all of it within the deadline and one attempt more.
    #[test]
    fn the_bounds_hold_whatever_the_service_does(lines in prop::collection::vec(line(), 0..6), seed in any::<u64>()) {
        let rehearsal = Rehearsal {
            arrivals: vec![Arrival::new(0, prompt("p"))],
            prompt_service: lines.into(),
            seed,
            ..Rehearsal::default()
        };
        let record = only(&rehearsal);
        prop_assert!(record.attempts.iter().filter(|attempt| !attempt.fallback).count() <= 3);
        prop_assert!(record.attempts.iter().filter(|attempt| attempt.fallback).count() <= 1);
        prop_assert!(record.attempts.iter().rev().skip(1).all(|attempt| !attempt.fallback));
        prop_assert!(record.took_ms <= 13_000);
        prop_assert_eq!(record.outcome == Outcome::Fallback || record.outcome == Outcome::Failed, !record.reasons.is_empty());
        let mut end = 0;
        for (index, attempt) in record.attempts.iter().enumerate() {
            prop_assert_eq!(attempt.at_ms, end);
            prop_assert!(attempt.took_ms <= 3_000);
            let ceiling = 100 << index;
            if let (Some(pause), None) = (attempt.pause_ms, attempt.retry_after_ms) {
                prop_assert!((ceiling / 2..=ceiling).contains(&pause), "{} at {}", pause, index);
            }
            if let (Some(pause), Some(asked)) = (attempt.pause_ms, attempt.retry_after_ms) {
                prop_assert!((asked..=asked + ceiling).contains(&pause), "{} for {}", pause, asked);
            }
            end += attempt.took_ms + attempt.pause_ms.unwrap_or(0);
        }
        let last = record.attempts.last().unwrap();
        prop_assert_eq!(record.was_shown(), last.error.is_none());
        prop_assert_eq!(record.outcome == Outcome::Fallback, last.error.is_none() && last.fallback);
    }
}

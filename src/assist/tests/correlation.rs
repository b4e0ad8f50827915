use std::time::Duration;

use super::*;

fn search(transcript_service: Arc<[Scripted]>) -> Transcript {
    let arrivals = vec![Arrival::new(0, prompt("p"))];
    only(&Rehearsal { arrivals, transcript_service, ..Rehearsal::default() }).transcript
}

#[test]
fn a_transcript_that_is_there_is_joined_at_once() {
    let transcript = search(script([]));
    assert_eq!(transcript.id.as_deref(), Some("tr_int_98765432"));
    assert_eq!((transcript.state, transcript.questions), (TranscriptState::Correlated, 1));
}

#[test]
fn one_that_is_being_processed_is_asked_for_again() {
    let transcript = search(statuses([404, 202, 503, 429, 200]));
    assert_eq!((transcript.state, transcript.questions), (TranscriptState::Correlated, 5));
    // 250, 500, 1,000 and 2,000 ms at most, half of that at least.
    assert!((1_875..=3_750).contains(&transcript.took_ms.unwrap()), "{transcript:?}");
}

#[test]
fn one_that_does_not_come_is_missing_after_the_patience() {
    let transcript = search(statuses([404]));
    assert_eq!(transcript.state, TranscriptState::Missing);
    assert!(transcript.took_ms.unwrap() <= 30_000);
    assert_eq!(transcript.reason.as_deref(), Some("not ready within 30s: the transcript service answered 404"));
}

#[test]
fn one_that_is_refused_is_not_asked_for_again() {
    for status in [400, 401, 403, 405, 410] {
        let transcript = search(statuses([status, 200]));
        assert_eq!((transcript.state, transcript.questions), (TranscriptState::Failed, 1), "{status}");
    }
}

#[test]
fn the_search_is_not_in_the_way_of_the_delivery() {
    let slow = Scripted { latency_ms: 2_000, ..Scripted::GOOD };
    let arrivals = vec![Arrival::new(0, prompt("p"))];
    let rehearsed = rehearse(&Rehearsal { arrivals, transcript_service: script([slow]), ..Rehearsal::default() });
    let record = &rehearsed.records[0];
    assert_eq!((record.took_ms, record.transcript.took_ms), (0, Some(2_000)));
    assert_eq!(rehearsed.ended_ms, 2_000);
}

#[test]
fn a_full_queue_is_recorded_and_stops_nothing() {
    let mut rehearsal = Rehearsal {
        arrivals: (0..10).map(|n| Arrival::new(0, prompt(&format!("p{n}")))).collect(),
        transcript_service: statuses([404, 404, 200]),
        ..Rehearsal::default()
    };
    rehearsal.settings.correlation.queue = 4;
    let rehearsed = rehearse(&rehearsal);
    assert_eq!(rehearsed.counts.delivered, 10);
    let states: Vec<TranscriptState> = rehearsed.records.iter().map(|record| record.transcript.state).collect();
    assert_eq!(states[..4], [TranscriptState::Correlated; 4]);
    assert_eq!(states[4..], [TranscriptState::Dropped; 6]);
    assert_eq!(
        rehearsed.records[9].transcript.reason.as_deref(),
        Some("4 searches for transcripts were already pending")
    );
}

#[test]
fn no_more_questions_at_once_than_allowed() {
    let slow = Scripted { latency_ms: 100, ..Scripted::GOOD };
    let mut rehearsal = Rehearsal {
        arrivals: (0..10).map(|n| Arrival::new(0, prompt(&format!("p{n}")))).collect(),
        transcript_service: script([slow]),
        ..Rehearsal::default()
    };
    rehearsal.settings.correlation.in_flight = 2;
    let took: Vec<u64> = rehearse(&rehearsal).records.iter().filter_map(|record| record.transcript.took_ms).collect();
    assert_eq!(took, [100, 100, 200, 200, 300, 300, 400, 400, 500, 500]);
}

#[test]
fn at_the_stop_what_is_looked_for_stays_pending_and_what_is_sent_is_finished() {
    let mut slow = Arrival::new(900, prompt("slow"));
    slow.prompt_service = Some(script([Scripted { latency_ms: 500, ..Scripted::GOOD }]));
    let rehearsal = Rehearsal {
        arrivals: vec![Arrival::new(0, prompt("early")), slow, Arrival::new(1_000, prompt("late"))],
        transcript_service: statuses([404]),
        stop_at_ms: Some(1_000),
        ..Rehearsal::default()
    };
    let rehearsed = rehearse(&rehearsal);
    let outcomes: Vec<_> = rehearsed.records.iter().map(|record| (record.outcome, record.transcript.state)).collect();
    let expected = [
        (Outcome::Delivered, TranscriptState::Pending),
        (Outcome::Delivered, TranscriptState::Pending),
        (Outcome::Failed, TranscriptState::None),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(rehearsed.records[0].transcript.reason.as_deref(), Some("the server stopped during the search"));
    assert_eq!(rehearsed.records[2].reasons, ["the server is about to stop"]);
    assert!(rehearsed.ended_ms < 2_000);
}

#[test]
fn a_queue_of_nothing_drops_everything_and_patience_of_nothing_asks_once() {
    let mut rehearsal = Rehearsal { arrivals: vec![Arrival::new(0, prompt("p"))], ..Rehearsal::default() };
    rehearsal.settings.correlation.queue = 0;
    assert_eq!(only(&rehearsal).transcript.state, TranscriptState::Dropped);
    rehearsal.settings.correlation.queue = 1;
    rehearsal.settings.correlation.patience = Duration::ZERO;
    rehearsal.transcript_service = statuses([404]);
    let transcript = only(&rehearsal).transcript;
    assert_eq!((transcript.state, transcript.questions), (TranscriptState::Missing, 1));
}

use super::*;

/// The records of these prompts against these answers, each in a ledger before its transcript.
fn finished(ledger: &Ledger, ids: &[&str], prompt_service: Arc<[Scripted]>) {
    let arrivals = ids.iter().zip(0..).map(|(id, n)| Arrival::new(n * 60_000, prompt(id))).collect();
    for mut record in rehearse(&Rehearsal { arrivals, prompt_service, ..Rehearsal::default() }).records {
        if record.was_shown() {
            record.transcript = Transcript::new(TranscriptState::Pending);
        }
        ledger.finish(record);
    }
}

fn found() -> Transcript {
    Transcript { id: Some("tr_1".to_owned()), ..Transcript::new(TranscriptState::Correlated) }
}

#[test]
fn transcripts_and_acknowledgements_join_the_record() {
    let ledger = Ledger::new(10, None);
    finished(&ledger, &["p1", "p2"], script([]));
    ledger.join("p1", found());
    assert_eq!(ledger.record("p1").unwrap().transcript, found());
    assert_eq!(ledger.record("p2").unwrap().transcript.state, TranscriptState::Pending);
    let record = ledger.acknowledge("p1", Some("agt_12345678"), true).unwrap();
    assert_eq!(record.accepted, Some(true));
    // Once more changes nothing, the other way is a conflict.
    assert!(ledger.acknowledge("p1", None, true).is_ok());
    assert_eq!(ledger.acknowledge("p1", None, false), Err(AcknowledgeError::Conflict));
    ledger.acknowledge("p2", None, false).unwrap();
    assert_eq!(ledger.acknowledge("p3", None, true), Err(AcknowledgeError::Unknown));
    let counts = ledger.counts();
    assert_eq!((counts.prompts, counts.delivered, counts.accepted, counts.declined), (2, 2, 1, 1));
    assert_eq!(counts.acceptance(), Some(0.5));
}

#[test]
fn only_what_the_agent_saw_can_be_acknowledged_and_only_by_the_agent() {
    let ledger = Ledger::new(10, None);
    finished(&ledger, &["down"], statuses([500]));
    finished(&ledger, &["helped"], statuses([500, 500, 500, 201]));
    assert_eq!(ledger.acknowledge("down", None, true), Err(AcknowledgeError::NotShown));
    assert_eq!(ledger.acknowledge("down_fallback", None, true), Err(AcknowledgeError::NotShown));
    assert_eq!(ledger.acknowledge("helped", None, true), Err(AcknowledgeError::NotShown));
    assert_eq!(ledger.acknowledge("helped_fallback", Some("agt_other"), true), Err(AcknowledgeError::OtherAgent));
    ledger.acknowledge("helped_fallback", None, true).unwrap();
    ledger.join("helped_fallback", found());
    let record = ledger.record("helped").unwrap();
    assert_eq!((record.accepted, record.transcript.state), (Some(true), TranscriptState::Correlated));
    assert_eq!(ledger.counts().acceptance(), Some(1.0));
}

#[test]
fn old_records_give_way_but_none_that_waits_for_its_transcript() {
    let ledger = Ledger::new(3, None);
    finished(&ledger, &["p1", "p2", "p3"], script([]));
    ledger.join("p2", found());
    finished(&ledger, &["p4"], script([]));
    assert!(ledger.record("p2").is_none());
    assert!(["p1", "p3", "p4"].iter().all(|id| ledger.record(id).is_some()));
    // Nobody can give way: it holds one more.
    finished(&ledger, &["p5"], script([]));
    ledger.join("p1", found());
    assert_eq!(ledger.record("p1").unwrap().transcript, found());
    assert_eq!(ledger.counts().delivered, 5);
}

#[test]
fn acceptance_is_counted_by_interaction_agent_and_prompt() {
    let ledger = Ledger::new(100, None);
    finished(&ledger, &["p1", "p2"], script([]));
    let mut other = prompt("p3");
    other.target_agent_id = "agt_2".into();
    other.interaction_id = "int_2".into();
    let arrivals = vec![Arrival::new(0, other)];
    let rehearsal = Rehearsal { arrivals, prompt_service: statuses([403]), ..Rehearsal::default() };
    ledger.finish(only(&rehearsal));
    ledger.acknowledge("p2", None, true).unwrap();
    let of = |by| -> Vec<String> {
        let acceptance = ledger.acceptance(by);
        assert_eq!(acceptance.total.counts, ledger.counts());
        let line = |group: &Group| {
            let Share { counts, acceptance } = group.share;
            format!("{} {}/{} of {}, {acceptance:?}", group.key, counts.accepted, counts.shown(), counts.prompts)
        };
        acceptance.groups.iter().map(line).collect()
    };
    assert_eq!(of(GroupBy::Agent), ["agt_12345678 1/2 of 2, Some(0.5)", "agt_2 0/0 of 1, None"]);
    assert_eq!(of(GroupBy::Interaction), ["int_2 0/0 of 1, None", "int_98765432 1/2 of 2, Some(0.5)"]);
    assert_eq!(of(GroupBy::Prompt), ["p1 0/1 of 1, Some(0.0)", "p2 1/1 of 1, Some(1.0)", "p3 0/0 of 1, None"]);
}

#[test]
fn more_groups_than_are_counted_apart_are_counted_together() {
    let ledger = Ledger::new(5, None);
    let record = one(script([]));
    for number in 0..10_010 {
        let mut record = record.clone();
        record.prompt.prompt_id = format!("p{number}").into();
        ledger.finish(record);
    }
    ledger.acknowledge("p10009", None, true).unwrap();
    let acceptance = ledger.acceptance(GroupBy::Prompt);
    assert_eq!(acceptance.groups.len(), 10_000);
    assert_eq!((acceptance.others.counts.prompts, acceptance.others.counts.accepted), (10, 1));
    assert_eq!(acceptance.total.counts.prompts, 10_010);
}

#[test]
fn the_log_has_a_line_for_each_complete_record_and_for_each_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.jsonl");
    let ledger = Ledger::new(10, Some(PromptLog::open(&path).unwrap()));
    finished(&ledger, &["p1", "p2"], script([]));
    finished(&ledger, &["p3"], statuses([403]));
    ledger.join("p2", found());
    ledger.acknowledge("p1", None, true).unwrap();
    ledger.join("p1", found());
    ledger.acknowledge("p2", None, false).unwrap();
    ledger.flush().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Record> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shown: Vec<_> =
        lines.iter().map(|line| (&*line.prompt.prompt_id, line.transcript.state, line.accepted)).collect();
    let expected = [
        ("p3", TranscriptState::None, None),
        ("p2", TranscriptState::Correlated, None),
        ("p1", TranscriptState::Correlated, Some(true)),
        ("p2", TranscriptState::Correlated, Some(false)),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_line_of_the_log_says_everything() {
    let mut record = one(statuses([503, 201]));
    record.accepted = Some(true);
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap(), @r#"
    {
      "prompt": {
        "interactionId": "int_98765432",
        "promptId": "p",
        "content": "Customer has exceeded return window. Suggest loyalty credit instead.",
        "priority": "HIGH",
        "uiConfig": {
          "componentType": "CARD",
          "position": "BOTTOM",
          "timeoutMs": 15000
        },
        "context": {
          "sentimentScore": 0.1,
          "keywords": [
            "refund"
          ]
        },
        "targetAgentId": "agt_12345678"
      },
      "tenant": "default",
      "arrivedMs": 0,
      "outcome": "delivered",
      "attempts": [
        {
          "atMs": 0,
          "tookMs": 0,
          "status": 503,
          "error": "the prompt service answered 503",
          "pauseMs": 95
        },
        {
          "atMs": 95,
          "tookMs": 0,
          "status": 201
        }
      ],
      "tookMs": 95,
      "transcript": {
        "state": "correlated",
        "id": "tr_int_98765432",
        "questions": 1,
        "tookMs": 0
      },
      "accepted": true
    }
    "#);
}

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::flow::{AssetKind, Name, NodeNames, NodeTable, QueueState, Value};
use crate::simulator::{
    Answer, Answers, Call, Clock, Fault, Guards, Input, LookupCall, MediaReference, Request, Spoken, Step, Stubs,
    Trace, TraceEvent, Variable,
};

fn name() -> impl Strategy<Value = Name> {
    prop_oneof!["[a-z_]{1,8}", "[a-zé \"\\\\]{1,6}"].prop_map(Name::from)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Value::decimal(number).unwrap_or_default()),
        (-1_000_i32..1_000).prop_map(|number| Value::Decimal(f64::from(number))),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(name(), inner, 0..3).prop_map(|members| Value::Record(members.into_iter().collect())),
        ]
    })
}

fn fields(max: usize) -> impl Strategy<Value = Vec<(Name, Value)>> {
    btree_map(name(), value(), 0..=max).prop_map(|fields| fields.into_iter().rev().collect())
}

fn ms() -> impl Strategy<Value = u64> {
    0..100_000_u64
}

fn plain_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Silence),
        "[0-9*#A-D]{1,5}".prop_map(|keys| Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None }),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        plain_input(),
        ("[0-9*#A-D]{1,5}", option::of(ms()), option::of(ms())).prop_map(|(keys, gap_ms, at_ms)| Input::Keys {
            keys: keys.into(),
            gap_ms,
            at_ms
        }),
        "[0-9*#A-D]{1,5}".prop_map(|keys| Input::Ahead(keys.into())),
        option::of(ms()).prop_map(|at_ms| Input::HangUp { at_ms }),
        "\\PC{0,8}".prop_map(|text| Input::Say(text.into())),
        ms().prop_map(Input::Speak),
    ]
}

fn media() -> impl Strategy<Value = MediaReference> {
    let kind = prop_oneof![Just(AssetKind::Audio), Just(AssetKind::Tts), Just(AssetKind::Video)];
    (name(), kind).prop_map(|(asset, kind)| MediaReference { asset, kind })
}

fn call() -> impl Strategy<Value = Call> {
    let signals = vec((ms(), name()), 0..3).prop_map(|mut signals| {
        signals.sort();
        signals
    });
    (option::of(name()), option::of(name()), option::of(ms()), option::of(ms()), signals).prop_map(
        |(ani, dnis, hang_up_after_ms, patience_ms, signals)| Call {
            ani,
            dnis,
            hang_up_after_ms,
            patience_ms,
            signals,
        },
    )
}

fn clock() -> impl Strategy<Value = Clock> {
    let zone = prop_oneof![
        Just("UTC".to_owned()),
        Just("America/New_York".to_owned()),
        Just("Europe/Berlin".to_owned()),
        Just("+05:30".to_owned()),
        Just("-11".to_owned()),
    ];
    (0..4_000_000_000_i64, 0..1_000_000_000_i32, zone).prop_map(|(seconds, nanoseconds, zone)| Clock {
        at: jiff::Timestamp::new(seconds, nanoseconds).unwrap(),
        zone: jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(zone).unwrap(),
    })
}

fn stubs() -> impl Strategy<Value = Stubs> {
    let answer = (name(), fields(2), option::of(ms()), option::of("\\PC{0,6}"))
        .prop_map(|(outcome, outputs, latency_ms, message)| Answer { outcome, outputs, latency_ms, message });
    let answers = btree_map(name(), vec(answer, 1..3).prop_map(|list| Answers { list }), 0..3);
    let queue = (any::<bool>(), any::<u32>(), any::<u32>(), ms(), any::<u32>(), option::of(ms())).prop_map(
        |(open, agents, waiting, handle_time_ms, capacity, wait_ms)| QueueState {
            open,
            agents,
            waiting,
            handle_time_ms,
            capacity,
            wait_ms,
        },
    );
    (answers, btree_map(name(), queue, 0..3)).prop_map(|(answers, queues)| Stubs {
        answers: answers.into_iter().collect(),
        queues: queues.into_iter().collect(),
    })
}

prop_compose! {
    fn request()(
        keypad in vec(input(), 0..5), variables in fields(4), media in vec(media(), 0..3), call in call(),
        clock in option::of(clock()), stubs in stubs(), seed in any::<u64>(),
        steps in 0..2_000_u32, depth in 0..=200_u32
    ) -> Request {
        Request {
            keypad, variables: variables.into(), media: media.into(), call, clock, stubs: Arc::new(stubs), seed,
            guards: Guards { steps, depth, ..Guards::default() },
        }
    }
}

prop_compose! {
    fn plain_request()(
        keypad in vec(plain_input(), 0..5), variables in fields(4), media in vec(media(), 0..3)
    ) -> Request {
        Request { keypad, variables: variables.into(), media: media.into(), ..Request::default() }
    }
}

/// A request written out, for comparisons.
fn shown(request: &Request) -> String {
    format!("{request:?}")
}

/// Through JSON, as it goes over the wire.
fn sent(submission: &SubmitRequest) -> SubmitRequest {
    let json = serde_json::to_vec(submission).unwrap();
    let read: SubmitRequest = decode(&json).unwrap();
    assert_eq!(&read, submission);
    assert_eq!(String::from_utf8(serde_json::to_vec(&read).unwrap()), String::from_utf8(json));
    read
}

fn table() -> impl Strategy<Value = NodeTable> {
    let node =
        (name(), prop_oneof![Just("menu"), Just("bot"), Just("lookup"), Just("end")], any::<bool>(), vec(name(), 0..3));
    vec(node, 1..5).prop_map(|nodes| {
        let mut seen = BTreeSet::new();
        let mut unique: Vec<NodeNames> = Vec::new();
        for (name, kind, decision, mut outcomes) in nodes {
            if !seen.insert(name.clone()) {
                continue;
            }
            outcomes.sort();
            outcomes.dedup();
            let targets = vec![None; outcomes.len()];
            let input = kind == "menu" || kind == "bot";
            unique.push(NodeNames { name, flow: None, label: None, kind, input, decision, outcomes, targets });
        }
        NodeTable::new(unique)
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        (name(), name()).prop_map(|(service, node)| Fault::Unstubbed { service, node }),
        (name(), name(), name()).prop_map(|(stub, outcome, node)| Fault::UnknownOutcome { stub, outcome, node }),
        name().prop_map(|node| Fault::NoClock { node }),
    ]
}

fn traces() -> impl Strategy<Value = Trace> {
    table().prop_flat_map(|table| {
        let table = Arc::new(table);
        let picks = vec(
            (any::<u32>(), option::of(any::<u16>()), ms(), ms(), option::of("[0-9•]{0,4}"), option::of("\\PC{1,6}")),
            1..6,
        );
        let asked = vec((any::<u32>(), name(), fields(2), name()), 0..3);
        let heard = vec((any::<u32>(), name(), ms(), any::<bool>()), 0..4);
        let variables = fields(4).prop_flat_map(|fields| {
            let count = fields.len();
            (Just(fields), vec(any::<bool>(), count))
        });
        let numbers = (any::<u32>(), any::<u64>(), any::<u32>(), any::<u32>(), ms());
        (Just(table), picks, asked, heard, variables, name(), option::of("\\PC{1,6}"), option::of(fault()), numbers)
            .prop_map(|(table, picks, mut asked, mut heard, (values, secret), outcome, failure, fault, numbers)| {
                let count = picks.len() as u32;
                asked.sort_by_key(|(step, ..)| step % count);
                heard.sort_by_key(|(step, ..)| step % count);
                let steps = picks.into_iter().map(|(node, outcome, at_ms, duration_ms, input, message)| {
                    let node = node % table.nodes.len() as u32;
                    let outcomes = table.nodes[node as usize].outcomes.len() as u16;
                    Step {
                        node,
                        outcome: outcome.filter(|_| outcomes > 0).map(|outcome| outcome % outcomes),
                        at_ms,
                        duration_ms,
                        input: input.map(Into::into),
                        message: message.map(Into::into),
                    }
                });
                Trace {
                    steps: steps.collect(),
                    variables: values
                        .into_iter()
                        .zip(secret)
                        .map(|((name, value), secret)| Variable { name, value, secret })
                        .collect(),
                    outcome,
                    duration_ms: numbers.4,
                    failure,
                    fault,
                    lookups: asked
                        .into_iter()
                        .map(|(step, service, inputs, outcome)| LookupCall {
                            step: step % count,
                            service,
                            inputs,
                            outcome,
                        })
                        .collect(),
                    prompts: heard
                        .into_iter()
                        .map(|(step, text, heard_ms, interrupted)| Spoken {
                            step: step % count,
                            text,
                            heard_ms,
                            interrupted,
                        })
                        .collect(),
                    keypresses: numbers.0,
                    prompt_ms: numbers.1,
                    unused_items: numbers.2,
                    unused_keys: numbers.3,
                    events: vec![TraceEvent::Answered { at_ms: numbers.4 }.into()],
                    table,
                }
            })
    })
}

/// A trace by names, so that traces with different tables can be compared.
fn by_name(trace: &Trace) -> String {
    let steps: Vec<_> = trace
        .steps
        .iter()
        .map(|step| {
            (trace.node_name(step), trace.outcome_name(step), step.at_ms, step.duration_ms, &step.input, &step.message)
        })
        .collect();
    format!(
        "{steps:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
        trace.variables,
        trace.outcome,
        trace.failure,
        trace.fault,
        trace.lookups,
        trace.prompts,
        trace.full_events(),
        (trace.keypresses, trace.prompt_ms),
        (trace.unused_items, trace.unused_keys, trace.duration_ms),
    )
}

/// The trace of a result, through JSON.
fn read(result: &SimulationResult, local: &Arc<NodeTable>) -> Trace {
    let json = serde_json::to_vec(result).unwrap();
    assert_eq!(&serde_json::from_slice::<SimulationResult>(&json).unwrap(), result);
    serde_json::from_slice::<SimulationResult>(&json).unwrap().into_trace(local).unwrap()
}

fn full(reveal_secrets: bool) -> Detail {
    Detail::Full { reveal_secrets, flow_version: Some("2".into()) }
}

proptest! {
    #[test]
    fn a_request_survives_the_wire(request in request()) {
        let submission = sent(&SubmitRequest::extended(&"bank".into(), &request));
        let read = submission.into_request(&SubmissionLimits::default()).unwrap();
        prop_assert_eq!(shown(&read), shown(&request));
    }

    #[test]
    fn a_plain_request_needs_no_options(request in plain_request()) {
        prop_assert!(required_options(&request).is_empty());
        let submission = sent(&SubmitRequest::plain(&"bank".into(), &request));
        prop_assert!(submission.simulation_options.is_none());
        let read = submission.into_request(&SubmissionLimits::default()).unwrap();
        prop_assert_eq!(shown(&read), shown(&request));
    }

    #[test]
    fn a_request_needs_options_exactly_when_the_plain_contract_loses_something(request in request()) {
        let submission = sent(&SubmitRequest::plain(&"bank".into(), &request));
        let lossless = submission.into_request(&SubmissionLimits::default()).is_ok_and(|read| shown(&read) == shown(&request));
        prop_assert_eq!(required_options(&request).is_empty(), lossless);
    }

    #[test]
    fn a_trace_survives_the_wire(original in traces()) {
        let read = read(&SimulationResult::from_trace(Some("id"), &original, &full(true)), &original.table);
        prop_assert_eq!(by_name(&read), by_name(&original));
        prop_assert!(Arc::ptr_eq(&read.table, &original.table), "nothing is missing in the table");
        prop_assert_eq!(read.steps, original.steps);
    }

    #[test]
    fn a_trace_of_an_unknown_flow_keeps_its_names(original in traces(), local in table()) {
        let local = Arc::new(local);
        let read = read(&SimulationResult::from_trace(None, &original, &full(true)), &local);
        prop_assert_eq!(by_name(&read), by_name(&original));
        for (index, node) in local.nodes.iter().enumerate() {
            let kept = &read.table.nodes[index];
            prop_assert_eq!(&kept.name, &node.name);
            prop_assert!(kept.outcomes.starts_with(&node.outcomes));
        }
    }

    #[test]
    fn a_secret_is_not_in_a_result_that_was_not_to_reveal_it(original in traces()) {
        let mut original = original;
        original.variables.push(Variable { name: "pin".into(), value: Value::from("s3cr3t-value"), secret: true });
        for detail in [Detail::Plain, full(false)] {
            let json = serde_json::to_string(&SimulationResult::from_trace(None, &original, &detail)).unwrap();
            prop_assert!(!json.contains("s3cr3t-value"));
        }
        let json = serde_json::to_string(&SimulationResult::from_trace(None, &original, &full(true))).unwrap();
        prop_assert_eq!(json.matches("s3cr3t-value").count(), 1);
    }

    #[test]
    fn no_body_makes_the_reader_panic(body in "[\\[\\]{}\":,a-z0-9 \\\\\n]{0,60}") {
        if let Err(error) = decode::<SubmitRequest>(body.as_bytes()) {
            prop_assert!(!error.message.is_empty());
        }
    }
}

#[test]
fn a_submission_is_written_as_the_tutorial_has_it() {
    let body = br#"{"flowId":"flow-abc123","dtmfSequence":["1","3","0"],
        "variableStateMatrix":{"customer_id":"cust-998877","priority":"high","language":"en-US"},
        "mediaAssetReferences":[{"assetId":"media-001","type":"audio"},{"assetId":"tts-002","type":"tts"}]}"#;
    let submission: SubmitRequest = decode(body).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&submission).unwrap(), @r#"{"flowId":"flow-abc123","dtmfSequence":["1","3","0"],"variableStateMatrix":{"customer_id":"cust-998877","priority":"high","language":"en-US"},"mediaAssetReferences":[{"assetId":"media-001","type":"audio"},{"assetId":"tts-002","type":"tts"}]}"#);
}

#[test]
fn null_is_read_as_an_empty_list_or_map() {
    let submission: SubmitRequest =
        decode(br#"{"flowId":"a","dtmfSequence":null,"variableStateMatrix":null,"mediaAssetReferences":null}"#)
            .unwrap();
    assert_eq!(submission, SubmitRequest { flow_id: "a".into(), ..SubmitRequest::default() });
    let result = r#"{"executionPath":null,"variables":null,"durationMs":0,"status":"queued"}"#;
    let result: SimulationResult = serde_json::from_str(result).unwrap();
    assert!(result.execution_path.is_empty() && !result.is_over());
}

#[test]
fn a_body_that_does_not_fit_is_refused_with_the_field() {
    let bodies = [
        r#"{"flowId":"a","dtmfSequence":["1",2]}"#,
        r#"{"flowId":"a","dtmfSequence":"12"}"#,
        r#"{"flowId":"a","mediaAssetReferences":[{"assetId":"x","type":"audio"},{"assetId":"y"}]}"#,
        r#"{"flowId":"a","mediaAssetReferences":[{"assetId":"x","type":"image"}]}"#,
        r#"{"flowId":"a","variableStateMatrix":[1]}"#,
        r#"{"dtmfSequence":[]}"#,
        r#"{"flowId":"a","dtfmSequence":[]}"#,
        r#"{"flowId":"a","simulationOptions":{"clock":{"zone":"UTC"}}}"#,
        r#"{"flowId":"a","simulationOptions":{"stubs":{"balance":[{"outcome":"success"},{"outcome":1}]}}}"#,
        r#"{"flowId":"a","simulationOptions":{"keypad":[{"action":"keys","key":"1"}]}}"#,
        "{\"flowId\":\"a\",\n  \"dtmfSequence\": [\"1\",]}",
        r#"{"flowId":"a""#,
        "",
        "[]",
    ];
    let shown: Vec<String> = bodies
        .iter()
        .map(|body| {
            let error = decode::<SubmitRequest>(body.as_bytes()).unwrap_err();
            format!("{}: {}", error.field.as_deref().unwrap_or("-"), error.message)
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    dtmfSequence[1]: invalid type: integer '2', expected a string at line 1, column 35
    dtmfSequence: invalid type: string "12", expected a sequence at line 1, column 33
    mediaAssetReferences[1].type: missing field 'type' at line 1, column 84
    mediaAssetReferences[0].type: unknown variant 'image', expected one of 'audio', 'tts', 'video' at line 1, column 67
    variableStateMatrix: invalid type: sequence, expected an object of named values at line 1, column 37
    flowId: missing field 'flowId' at line 1, column 19
    dtfmSequence: unknown field 'dtfmSequence', expected one of 'flowId', 'dtmfSequence', 'variableStateMatrix', 'mediaAssetReferences', 'simulationOptions' at line 1, column 28
    simulationOptions.clock.at: missing field 'at' at line 1, column 57
    simulationOptions.stubs.balance[1].outcome: invalid type: integer '1', expected a string at line 1, column 89
    simulationOptions.keypad[0]: unknown field 'key', expected one of 'keys', 'gapMs', 'atMs' at line 1, column 73
    -: the body is not JSON: trailing comma at line 2, column 24
    -: the body is not JSON: EOF while parsing an object at line 1, column 13
    -: the body is not JSON: EOF while parsing a value at line 1, column 0
    -: the body is a list, not an object
    "#);
}

#[test]
fn a_submission_that_cannot_be_simulated_is_refused_with_the_field() {
    let many = format!(r#"{{"flowId":"a","dtmfSequence":[{}"1"]}}"#, r#""1","#.repeat(50));
    let wide: String = (0..101).map(|index| format!(r#""v{index}":1,"#)).collect();
    let wide = format!(r#"{{"flowId":"a","variableStateMatrix":{{{}}}}}"#, wide.trim_end_matches(','));
    let media =
        format!(r#"{{"flowId":"a","mediaAssetReferences":[{}]}}"#, [r#"{"assetId":"m","type":"tts"}"#; 11].join(","));
    let bodies = [
        r#"{"flowId":""}"#,
        r#"{"flowId":"a","dtmfSequence":["1","1x"]}"#,
        &many,
        &wide,
        &media,
        r#"{"flowId":"a","dtmfSequence":["1"],"simulationOptions":{"keypad":[]}}"#,
        r#"{"flowId":"a","simulationOptions":{"keypad":[{"action":"silence"},{"action":"ahead","keys":""}]}}"#,
        r#"{"flowId":"a","simulationOptions":{"keypad":[{"action":"speak","durationMs":99999999999}]}}"#,
        r#"{"flowId":"a","simulationOptions":{"clock":{"at":"yesterday"}}}"#,
        r#"{"flowId":"a","simulationOptions":{"clock":{"at":"2026-03-02T15:00:00Z","zone":"Mars/Base"}}}"#,
        r#"{"flowId":"a","simulationOptions":{"stubs":{"balance":[]}}}"#,
        r#"{"flowId":"a","simulationOptions":{"guards":{"steps":100001}}}"#,
        r#"{"flowId":"a","simulationOptions":{"guards":{"depth":201}}}"#,
        r#"{"flowId":"a","simulationOptions":{"call":{"signals":[{"atMs":2,"name":"a"},{"atMs":1,"name":"b"}]}}}"#,
    ];
    let shown: Vec<String> = bodies
        .iter()
        .map(|body| {
            let submission: SubmitRequest = decode(body.as_bytes()).unwrap();
            let rejection = submission.into_request(&SubmissionLimits::default()).unwrap_err();
            format!("{}: {}", rejection.field, rejection.message)
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    flowId: the flow's id is empty
    dtmfSequence[1]: 'x' is not a telephone key; the keys are 0-9, *, # and A-D
    dtmfSequence: 51 items, more than the 50 allowed
    variableStateMatrix: 101 variables, more than the 100 allowed
    mediaAssetReferences: 11 media references, more than the 10 allowed
    dtmfSequence: with 'simulationOptions.keypad' the sequence must be empty
    simulationOptions.keypad[1].keys: the keys are empty
    simulationOptions.keypad[0].durationMs: 99999999999 ms is more than the 2592000000 allowed
    simulationOptions.clock.at: 'yesterday' is not an RFC 3339 time; write one such as 2026-03-02T15:00:00Z
    simulationOptions.clock.zone: 'Mars/Base' is not a time zone; write an IANA name such as America/New_York
    simulationOptions.stubs.balance: a stub needs at least one answer
    simulationOptions.guards.steps: 100001 is more than the 100000 allowed
    simulationOptions.guards.depth: 201 is more than the 200 allowed
    simulationOptions.call.signals: the signals are not in order of time
    ");
}

#[test]
fn a_plain_result_of_another_server_is_completed_from_its_path() {
    let node = |name: &str, kind, outcomes: &[&str], targets: &[Option<u32>]| NodeNames {
        name: name.into(),
        flow: None,
        label: None,
        kind,
        input: kind == "menu",
        decision: kind == "menu",
        outcomes: outcomes.iter().map(|&outcome| outcome.into()).collect(),
        targets: targets.to_vec(),
    };
    let local = Arc::new(NodeTable::new(vec![
        node("welcome", "play", &["next", "error"], &[Some(1), None]),
        node("main", "menu", &["1", "2"], &[Some(2), Some(2)]),
        node("agents", "queue", &["answered"], &[None]),
    ]));
    let result: SimulationResult = serde_json::from_str(
        r#"{"executionPath":[
            {"nodeId":"welcome","nodeType":"PLAY","input":{},"output":null,"durationMs":900},
            {"nodeId":"main","nodeType":"menu","input":{"digits":"2","n":1},"output":{},"decision":"2","durationMs":1100},
            {"nodeId":"survey","nodeType":"SURVEY","input":{},"output":{"outcome":"asked"},"durationMs":5},
            {"nodeId":"agents","nodeType":"queue","input":{},"output":{},"durationMs":0}],
          "variables":{"queue":"cards","pin":"[secret]"},"durationMs":2005,"status":"completed","region":"us"}"#,
    )
    .unwrap();
    let trace = result.into_trace(&local).unwrap();
    insta::assert_snapshot!(by_name(&trace), @r#"[("welcome", Some("next"), 0, 900, None, None), ("main", Some("2"), 900, 1100, Some("2"), None), ("survey", Some("asked"), 2000, 5, None, None), ("agents", None, 2005, 0, None, None)][Variable { name: "queue", value: Text("cards"), secret: false }, Variable { name: "pin", value: Text("[secret]"), secret: true }]"transferred"NoneNone[][][](1, 0)(0, 0, 2005)"#);
    assert_eq!(trace.table.nodes.len(), 4);
}

#[test]
fn numbers_and_null_are_read_in_every_spelling() {
    let strict = r#"{"simulationId":"s","status":"completed","executionPath":[
        {"nodeId":"7","nodeType":"menu","input":{},"output":{},"decision":"2","durationMs":1000},
        {"nodeId":"b","nodeType":"","input":{},"output":{},"durationMs":0}],
      "variables":{},"durationMs":1013,"simulationTrace":{"outcome":"completed","atMs":[0,1000],
        "prompts":[{"step":1,"text":"hi","heardMs":12}],"lookups":[],"keypresses":3,"promptMs":12,"unusedItems":0,
        "unusedKeys":0}}"#;
    let lenient = r#"{"simulationId":"s","status":"completed","more":[{}],"executionPath":[
        {"nodeId":7,"nodeType":"menu","input":null,"output":[],"decision":2,"durationMs":1000.0,"more":1},
        {"nodeId":"b","nodeType":null,"decision":null,"durationMs":null}],
      "variables":null,"durationMs":"1013","errorMessage":null,"simulationTrace":{"outcome":"completed","atMs":[null,"1e3"],
        "prompts":[{"step":1.0,"text":"hi","heardMs":11.6,"more":null}],"lookups":null,"keypresses":"3","promptMs":12.4,
        "unusedKeys":null,"secretVariables":null,"more":{}}}"#;
    let read = |json| serde_json::from_str::<SimulationResult>(json).unwrap();
    assert_eq!(read(lenient), read(strict));
    for wrong in ["-1", "-0.6", "1e20", "true", "[]", r#""""#, r#""soon""#, r#""NaN""#, r#""-1""#] {
        let json = format!(r#"{{"status":"completed","durationMs":{wrong}}}"#);
        let error = serde_json::from_str::<SimulationResult>(&json).unwrap_err().to_string();
        assert!(error.contains("expected a number that is not negative at line 1"), "{error}");
    }
    let json = r#"{"status":"completed","simulationTrace":{"outcome":"completed","keypresses":4294967296}}"#;
    let error = serde_json::from_str::<SimulationResult>(json).unwrap_err().to_string();
    assert!(error.starts_with("invalid value: integer `4294967296`, expected a smaller number"), "{error}");
}

#[test]
fn a_byte_order_mark_in_front_of_json_is_ignored() {
    let request: SubmitRequest = decode("\u{feff}{\"flowId\":\"a\"}".as_bytes()).unwrap();
    assert_eq!(&*request.flow_id, "a");
    assert!(decode::<SubmitRequest>("\u{feff}\u{feff}{\"flowId\":\"a\"}".as_bytes()).is_err());
    assert_eq!(
        decode::<SubmitRequest>("\u{feff}[]".as_bytes()).unwrap_err().message,
        "the body is a list, not an object"
    );
}

#[test]
fn a_path_of_a_hundred_thousand_foreign_names_is_resolved_in_time() {
    let execution = |node: usize, outcome: usize| NodeExecution {
        node_id: format!("node{node}").into(),
        node_type: "menu".into(),
        input: NodeInput::default(),
        output: NodeOutput { outcome: Some(format!("outcome{outcome}").into()), ..NodeOutput::default() },
        decision: None,
        duration_ms: 0,
    };
    // Comparing each name with all previous ones would take minutes.
    for path in [
        (0..100_000).map(|index| execution(index, 0)).collect::<Vec<_>>(),
        (0..60_000).map(|index| execution(0, index)).collect(),
    ] {
        let last = path.last().unwrap().clone();
        let status = r#"{"status":"completed"}"#;
        let result = SimulationResult { execution_path: path, ..serde_json::from_str(status).unwrap() };
        let begun = std::time::Instant::now();
        let trace = result.into_trace(&Arc::new(NodeTable::default())).unwrap();
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
        let step = trace.steps.last().unwrap();
        assert_eq!(trace.node_name(step), &*last.node_id);
        assert_eq!(trace.outcome_name(step), last.output.outcome.as_ref());
    }
}

#[test]
fn a_result_without_a_trace_says_why() {
    let local = Arc::new(NodeTable::default());
    let read = |json: &str| {
        serde_json::from_str::<SimulationResult>(json).unwrap().into_trace(&local).unwrap_err().to_string()
    };
    let path = r#""executionPath":[{"nodeId":"a"}]"#;
    let shown = [
        read(r#"{"status":"running"}"#),
        read(r#"{"status":"failed","errorMessage":"out of memory"}"#),
        read(r#"{"status":"failed"}"#),
        read(&format!(r#"{{"status":"completed",{path},"simulationTrace":{{"outcome":"completed"}}}}"#)),
        read(&format!(
            r#"{{"status":"completed",{path},"simulationTrace":{{"outcome":"completed","atMs":[0],"prompts":[{{"step":1,"text":"","heardMs":0}}]}}}}"#
        )),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r"
    the simulation is not completed
    the simulation failed: out of memory
    the simulation failed: the server gives no reason
    the result breaks the contract: 'simulationTrace.atMs' has 0 items for 1 nodes
    the result breaks the contract: 'simulationTrace' refers to node 1 of 1
    ");
}

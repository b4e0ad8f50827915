use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::assist::{Agent, PromptLog, Record, Settings};
use crate::server::test_support::{TestResponse, get, options, plan, send, token};
use crate::server::{AssistOptions, Client, Credentials, Latency, Scope, ServerOptions, router};

fn with(faults: &str, assist: AssistOptions) -> Router {
    let faults = if faults.is_empty() { crate::server::FaultPlan::default() } else { plan(faults) };
    router(ServerOptions { faults, assist, ..options() })
}

fn request(sentiment: f64) -> Value {
    json!({
        "interactionId": "int_98765432", "agentId": "agt_12345678", "content": "Offer a credit.", "priority": "HIGH",
        "sentiment": sentiment
    })
}

fn post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(body.to_string().into()).unwrap()
}

fn authorized(mut request: Request<Body>, token: &str) -> Request<Body> {
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

async fn simulate(router: &Router, body: &Value) -> TestResponse {
    send(router, post("/simulate-prompt", body)).await
}

fn wire_prompt(id: &str) -> Value {
    json!({
        "interactionId": "int_1", "promptId": id, "content": "Offer a credit.", "priority": "LOW",
        "uiConfig": { "componentType": "CARD", "position": "TOP", "timeoutMs": 9000 },
        "context": { "sentimentScore": -0.9, "keywords": ["refund"] }, "targetAgentId": "agt_1"
    })
}

/// Waits until the transcript of a prompt is no longer pending.
async fn settled(router: &Router, token: &str, id: &str) -> Value {
    loop {
        let record = send(router, get(&format!("/api/v2/agentassist/prompts/{id}"), token)).await.json();
        if record["transcript"]["state"] != "pending" {
            return record;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_prompt_is_delivered_and_its_transcript_found_afterwards() {
    let router = with("", AssistOptions::default());
    let answer = simulate(&router, &request(0.2)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let shown = answer.json();
    let id = shown["promptId"].as_str().unwrap();
    assert!(id.starts_with("prompt_int_98765432_"), "{id}");
    assert_eq!((&shown["success"], &shown["transcript"]), (&json!(true), &json!("pending")));
    let token = token(&router).await;
    let record = settled(&router, &token, id).await;
    assert_eq!(record["transcript"]["id"], "tr_int_98765432");
    assert_eq!(
        record["prompt"]["uiConfig"],
        json!({ "componentType": "CARD", "position": "BOTTOM", "timeoutMs": 15000 })
    );
    assert_eq!(record["prompt"]["context"]["sentimentScore"], 0.2);
}

#[tokio::test]
async fn the_minimum_sentiment_and_the_skills_decide_before_anything_is_sent() {
    let agents = [Agent::new("agt_12345678", &["billing"]), Agent::new("agt_2", &["cards"])].into_iter().collect();
    let router = with("", AssistOptions { agents, ..AssistOptions::default() });
    assert_eq!(simulate(&router, &request(-0.3)).await.status, 200);
    assert_eq!(
        simulate(&router, &request(-0.45)).await.error_line(),
        "403 ineligible -: the sentiment -0.45 is below the minimum of -0.3"
    );
    let mut other = request(0.0);
    other["agentId"] = json!("agt_2");
    assert_eq!(
        simulate(&router, &other).await.error_line(),
        "403 ineligible -: agent 'agt_2' lacks the skill 'billing'"
    );
    other["agentId"] = json!("agt_3");
    other["sentiment"] = json!(-1);
    assert_eq!(
        simulate(&router, &other).await.error_line(),
        "403 ineligible -: the sentiment -1 is below the minimum of -0.3; there is no agent 'agt_3'"
    );
    let metrics = String::from_utf8(send(&router, get("/metrics", "-")).await.body).unwrap();
    assert!(metrics.contains("callpath_prompts_total{outcome=\"ineligible\"} 3\n"), "{metrics}");
    assert!(metrics.contains("callpath_prompt_attempts_total{status=\"201\"} 1\n"), "{metrics}");
}

#[tokio::test]
async fn a_body_that_is_wrong_is_refused_with_all_its_fields() {
    let router = with("", AssistOptions::default());
    let body = json!({ "interactionId": "i", "agentId": 7, "content": "", "priority": "high", "mood": 1 });
    let answer = simulate(&router, &body).await;
    insta::assert_snapshot!(answer.error_line(), @"400 invalid_request agentId: 'agentId' must be a text, not a number; 'content' must not be empty; 'priority' must be one of 'HIGH', 'MEDIUM', 'LOW', not 'high'; 'sentiment' is missing; 'mood' is unknown");
    let fields: Vec<Value> =
        answer.json()["fields"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    assert_eq!(fields, ["agentId", "content", "priority", "sentiment", "mood"]);
    let send_text = |text: &'static str| {
        let request = Request::post("/simulate-prompt").header("content-type", "application/json");
        send(&router, request.body(text.into()).unwrap())
    };
    insta::assert_snapshot!(send_text("{").await.error_line(), @"400 invalid_request -: the body is not JSON: EOF while parsing an object at line 1, column 1");
    assert_eq!(send_text("").await.status, 400);
    let no_type = Request::post("/simulate-prompt").body("{}".into()).unwrap();
    assert_eq!(send(&router, no_type).await.status, 415);
    let long = format!("{{\"content\": \"{}\"}}", "x".repeat(1 << 20));
    let long = Request::post("/simulate-prompt").header("content-type", "application/json").body(long.into()).unwrap();
    assert_eq!(send(&router, long).await.status, 413);
    let answer = send(&router, Request::get("/simulate-prompt").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"));
    assert_eq!(answer.json()["error"], "method_not_allowed");
}

#[tokio::test(start_paused = true)]
async fn the_eleventh_at_once_is_refused_until_there_is_room_again() {
    let router = with("", AssistOptions::default());
    for _ in 0..10 {
        assert_eq!(simulate(&router, &request(0.0)).await.status, 200);
    }
    let answer = simulate(&router, &request(0.0)).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "1"));
    assert!(
        answer.error_line().starts_with("429 too_many_requests -: the rate limit of agent 'agt_12345678' is exhausted")
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let statuses = [simulate(&router, &request(0.0)).await, simulate(&router, &request(0.0)).await];
    assert!(statuses.iter().all(|answer| answer.status == 200));
    assert_eq!(simulate(&router, &request(0.0)).await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn or_it_waits_for_its_turn() {
    let mut settings = Settings::default();
    settings.limits.patience = Duration::from_secs(1);
    let router = with("", AssistOptions { settings, ..AssistOptions::default() });
    let begun = tokio::time::Instant::now();
    let all: Vec<_> = (0..14)
        .map(|_| {
            let router = router.clone();
            tokio::spawn(async move { simulate(&router, &request(0.0)).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in all {
        statuses.push(one.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[200; 12].to_vec(), [429; 2].to_vec()].concat());
    assert!((Duration::from_secs(1)..Duration::from_millis(1_100)).contains(&begun.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn a_prompt_service_that_fails_is_tried_again_and_then_gets_the_fallback() {
    let router = with("{on: prompts, at: [1, 2], fault: status, status: 503}", AssistOptions::default());
    let shown = simulate(&router, &request(0.0)).await.json();
    assert_eq!((&shown["attempts"], &shown["fallback"]), (&json!(3), &json!(false)));

    let router = with("{on: prompts, at: [1, 2, 3], fault: status, status: 500}", AssistOptions::default());
    let shown = simulate(&router, &request(0.0)).await.json();
    assert_eq!((&shown["attempts"], &shown["fallback"]), (&json!(4), &json!(true)));
    let id = shown["promptId"].as_str().unwrap();
    let token = token(&router).await;
    let record = settled(&router, &token, id).await;
    assert_eq!(record["outcome"], "fallback");
    assert_eq!(record["fallbackPromptId"].as_str(), Some(id));

    let router = with("{on: prompts, every: 1, fault: status, status: 500}", AssistOptions::default());
    let answer = simulate(&router, &request(0.0)).await;
    insta::assert_snapshot!(answer.error_line(), @"500 delivery_failed -: the prompt service answered 500: this is an injected fault; the fallback failed too: the prompt service answered 500: this is an injected fault");
    assert!(answer.json()["promptId"].is_string());
}

#[tokio::test(start_paused = true)]
async fn every_fault_of_the_prompt_service_is_survived() {
    for fault in ["reset", "lost_answer", "truncated", "malformed", "wrong_type", "revoked_token", "unauthorized"] {
        let router = with(&format!("{{on: prompts, at: 1, fault: {fault}}}"), AssistOptions::default());
        let answer = simulate(&router, &request(0.0)).await;
        assert_eq!(answer.status, 200, "{fault}: {}", String::from_utf8_lossy(&answer.body));
        // A token that is refused is replaced below the attempts; everything else costs one.
        let below = matches!(fault, "revoked_token" | "unauthorized");
        assert_eq!(answer.json()["attempts"], if below { 1 } else { 2 }, "{fault}");
    }
    for (fault, attempts) in [
        ("{on: prompts, every: 1, fault: unauthorized}", 1),
        ("{on: prompts, every: 1, fault: status, status: 403}", 1),
    ] {
        let router = with(fault, AssistOptions::default());
        let answer = simulate(&router, &request(0.0)).await;
        assert_eq!(answer.status, 500);
        let id = answer.json()["promptId"].as_str().unwrap().to_owned();
        let token = token(&router).await;
        let record = send(&router, get(&format!("/api/v2/agentassist/prompts/{id}"), &token)).await.json();
        assert_eq!(record["attempts"].as_array().unwrap().len(), attempts, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_of_the_prompt_service_is_kept_to() {
    for retry_after in ["2s", "{date: 2s}"] {
        let faults = format!("{{on: prompts, at: 1, fault: status, status: 429, retry_after: {retry_after}}}");
        let router = with(&faults, AssistOptions::default());
        let begun = tokio::time::Instant::now();
        assert_eq!(simulate(&router, &request(0.0)).await.status, 200);
        // A date has whole seconds and the wall clock goes on meanwhile.
        assert!(begun.elapsed() >= Duration::from_millis(1_000), "{retry_after}: {:?}", begun.elapsed());
        assert!(begun.elapsed() < Duration::from_millis(2_200), "{retry_after}: {:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_transcript_that_is_late_or_refused_ends_as_the_record_says() {
    let late = AssistOptions { transcripts: Latency::Fixed(3_000), ..AssistOptions::default() };
    let router = with("{on: transcripts, at: [1, 2], fault: status, status: 404}", late);
    let shown = simulate(&router, &request(0.0)).await.json();
    let token_text = token(&router).await;
    let record = settled(&router, &token_text, shown["promptId"].as_str().unwrap()).await;
    assert_eq!(record["transcript"]["state"], "correlated");
    assert!(record["transcript"]["tookMs"].as_u64().unwrap() >= 3_000, "{record}");

    let router = with("{on: transcripts, every: 1, fault: status, status: 404}", AssistOptions::default());
    let shown = simulate(&router, &request(0.0)).await.json();
    let token_text = token(&router).await;
    let record = settled(&router, &token_text, shown["promptId"].as_str().unwrap()).await;
    assert_eq!(record["transcript"]["state"], "missing");
    assert_eq!(record["outcome"], "delivered");
}

#[tokio::test(start_paused = true)]
async fn more_prompts_than_the_queue_holds_are_delivered_without_their_transcripts_and_counted() {
    let mut settings = Settings::default();
    settings.correlation.queue = 3;
    let late = Latency::Fixed(60_000);
    let router = with("", AssistOptions { settings, transcripts: late, ..AssistOptions::default() });
    let mut states = Vec::new();
    for _ in 0..5 {
        states.push(simulate(&router, &request(0.0)).await.json()["transcript"].clone());
    }
    assert_eq!(states, ["pending", "pending", "pending", "dropped", "dropped"]);
    let metrics = String::from_utf8(send(&router, get("/metrics", "-")).await.body).unwrap();
    assert!(metrics.contains("callpath_prompt_transcripts_awaited 3\n"), "{metrics}");
    assert!(metrics.contains("callpath_prompt_transcripts_total{state=\"dropped\"} 2\n"), "{metrics}");
    tokio::time::sleep(Duration::from_secs(40)).await;
    let metrics = String::from_utf8(send(&router, get("/metrics", "-")).await.body).unwrap();
    assert!(metrics.contains("callpath_prompt_transcripts_total{state=\"missing\"} 3\n"), "{metrics}");
}

#[tokio::test]
async fn the_stand_in_takes_each_prompt_once_and_only_with_the_scope() {
    let router = with("", AssistOptions::default());
    let token = token(&router).await;
    let path = "/api/v2/agentassist/prompts";
    assert_eq!(send(&router, post(path, &wire_prompt("p1"))).await.status, 401);
    for (id, status) in [("p1", 201), ("p1", 200), ("p2", 201)] {
        let answer = send(&router, authorized(post(path, &wire_prompt(id)), &token)).await;
        assert_eq!(answer.status, status, "{id}");
        assert_eq!(answer.json(), json!({ "promptId": id, "status": "accepted" }));
    }
    let mut other = wire_prompt("p1");
    other["content"] = json!("Something else.");
    let refusal = send(&router, authorized(post(path, &other), &token)).await.error_line();
    assert_eq!(refusal, "409 conflict promptId: another prompt has the id 'p1'");
    other["priority"] = json!("URGENT");
    other["uiConfig"]["position"] = json!("LEFT");
    other["context"]["sentimentScore"] = json!("bad");
    let answer = send(&router, authorized(post(path, &other), &token)).await;
    assert_eq!(answer.status, 400);
    let fields: Vec<Value> =
        answer.json()["fields"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    assert_eq!(fields, ["priority", "uiConfig.position", "context.sentimentScore"]);

    let transcripts = |id: &str| get(&format!("/api/v2/interactions/{id}/transcripts"), &token);
    let transcript = send(&router, transcripts("int_1")).await;
    assert_eq!(transcript.json(), json!({ "id": "tr_int_1", "interactionId": "int_1", "status": "completed" }));
    assert_eq!(
        send(&router, transcripts("int_2")).await.error_line(),
        "404 not_found -: no prompt was sent for an interaction 'int_2'"
    );
}

#[tokio::test]
async fn a_token_without_the_scope_is_refused_by_name() {
    let client = Client { id: "a".into(), secret: "b".into(), scopes: vec![Scope::Run] };
    let router = router(ServerOptions { credentials: Credentials::Clients(vec![client]), ..options() });
    let form = Request::post("/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&client_id=a&client_secret=b".into())
        .unwrap();
    let token = send(&router, form).await.json()["access_token"].as_str().unwrap().to_owned();
    let answer = send(&router, authorized(post("/api/v2/agentassist/prompts", &wire_prompt("p")), &token)).await;
    assert_eq!(answer.error_line(), "403 insufficient_scope -: the token lacks the scope 'agentassist:prompt:write'");
    let answer = send(&router, get("/api/v2/agentassist/acceptance", &token)).await;
    assert_eq!(answer.status, 403);
    // Its own prompts fail for the same reason, with words that say so.
    let answer = simulate(&router, &request(0.0)).await;
    assert_eq!(answer.status, 500);
    assert!(answer.error_line().contains("invalid_scope"), "{}", answer.error_line());
}

#[tokio::test]
async fn where_others_can_reach_the_server_prompts_need_a_token() {
    let client = Client { id: "tester".into(), secret: "secret".into(), scopes: Scope::ALL.to_vec() };
    let bind = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let router = router(ServerOptions { bind, credentials: Credentials::Clients(vec![client]), ..options() });
    assert_eq!(simulate(&router, &request(0.0)).await.status, 401);
    let token = token(&router).await;
    let answer = send(&router, authorized(post("/simulate-prompt", &request(0.0)), &token)).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

#[tokio::test]
async fn acceptance_is_what_agents_acknowledge_and_not_what_is_delivered() {
    let router = with("", AssistOptions::default());
    let token = token(&router).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(simulate(&router, &request(0.0)).await.json()["promptId"].as_str().unwrap().to_owned());
    }
    simulate(&router, &request(-1.0)).await;
    let acceptance = |by: &'static str| {
        let request = get(&format!("/api/v2/agentassist/acceptance{by}"), &token);
        let router = router.clone();
        async move { send(&router, request).await.json() }
    };
    assert_eq!(acceptance("").await["total"]["acceptance"], json!(0.0));
    let acknowledge = |id: &str, body: Option<Value>| {
        let path = format!("/api/v2/agentassist/prompts/{id}/acknowledgement");
        let request = match body {
            Some(body) => post(&path, &body),
            None => Request::post(&path).body(Body::empty()).unwrap(),
        };
        let (router, request) = (router.clone(), authorized(request, &token));
        async move { send(&router, request).await }
    };
    let taken = acknowledge(&ids[0], None).await;
    assert_eq!(taken.json(), json!({ "promptId": ids[0], "accepted": true, "agentId": "agt_12345678" }));
    assert_eq!(acknowledge(&ids[0], None).await.status, 200);
    let declined = json!({ "accepted": false, "agentId": "agt_12345678" });
    assert_eq!(acknowledge(&ids[1], Some(declined.clone())).await.status, 200);
    assert_eq!(acknowledge(&ids[0], Some(declined)).await.status, 409);
    assert_eq!(acknowledge(&ids[2], Some(json!({ "agentId": "agt_2" }))).await.status, 400);
    assert_eq!(acknowledge(&ids[2], Some(json!({ "acepted": true }))).await.status, 400);
    assert_eq!(acknowledge("prompt_x", None).await.status, 404);
    let total = acceptance("?by=agent").await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&total).unwrap(), @r#"
    {
      "by": "agent",
      "groups": [
        {
          "acceptance": 0.3333333333333333,
          "accepted": 1,
          "declined": 1,
          "delivered": 3,
          "failed": 0,
          "fallback": 0,
          "ineligible": 1,
          "key": "agt_12345678",
          "prompts": 4,
          "rateLimited": 0
        }
      ],
      "others": {
        "acceptance": null,
        "accepted": 0,
        "declined": 0,
        "delivered": 0,
        "failed": 0,
        "fallback": 0,
        "ineligible": 0,
        "prompts": 0,
        "rateLimited": 0
      },
      "total": {
        "acceptance": 0.3333333333333333,
        "accepted": 1,
        "declined": 1,
        "delivered": 3,
        "failed": 0,
        "fallback": 0,
        "ineligible": 1,
        "prompts": 4,
        "rateLimited": 0
      }
    }
    "#);
    assert_eq!(acceptance("?by=prompt").await["groups"].as_array().unwrap().len(), 4);
    assert_eq!(acceptance("?by=interaction").await["groups"][0]["key"], "int_98765432");
    assert_eq!(acceptance("?by=team").await["error"], "invalid_request");
    assert_eq!(acceptance("?for=team").await["field"], "for");
    let metrics = String::from_utf8(send(&router, get("/metrics", "-")).await.body).unwrap();
    assert!(metrics.contains("callpath_prompt_acknowledgements_total{accepted=\"true\"} 1\n"), "{metrics}");
    assert!(metrics.contains("callpath_prompt_acknowledgements_total{accepted=\"false\"} 1\n"), "{metrics}");
}

#[tokio::test]
async fn prompts_that_others_send_to_the_stand_in_can_be_acknowledged_too() {
    let router = with("", AssistOptions::default());
    let token = token(&router).await;
    send(&router, authorized(post("/api/v2/agentassist/prompts", &wire_prompt("p1")), &token)).await;
    let path = "/api/v2/agentassist/prompts/p1/acknowledgement";
    let answer = send(&router, authorized(Request::post(path).body(Body::empty()).unwrap(), &token)).await;
    assert_eq!(answer.status, 200);
    let acceptance = send(&router, get("/api/v2/agentassist/acceptance?by=agent", &token)).await.json();
    assert_eq!(acceptance["groups"][0]["key"], "agt_1");
    assert_eq!(acceptance["total"]["acceptance"], json!(1.0));
}

#[tokio::test]
async fn a_delivery_goes_on_when_its_caller_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.jsonl");
    let log = Some(PromptLog::open(&path).unwrap());
    let faults = "{on: prompts, at: 1, fault: delay, time: 100ms}";
    let router = with(faults, AssistOptions { log, ..AssistOptions::default() });
    let gone = tokio::time::timeout(Duration::from_millis(20), simulate(&router, &request(0.0))).await;
    assert!(gone.is_err());
    let token = token(&router).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let acceptance = send(&router, get("/api/v2/agentassist/acceptance?by=prompt", &token)).await.json();
        if acceptance["total"]["delivered"] == 1 {
            return;
        }
    }
    panic!("it was never delivered");
}

#[test]
fn a_record_is_read_back_as_it_was_written() {
    let text = r#"{"prompt":{"interactionId":"i","promptId":"p","content":"c","priority":"LOW","uiConfig":{"componentType":"CARD","position":"TOP","timeoutMs":1},"context":{"sentimentScore":0.0,"keywords":[]},"targetAgentId":"a"},"arrivedMs":1,"outcome":"rate_limited","reasons":["r"],"limitedBy":"tenant","retryAfterMs":500,"tookMs":0,"transcript":{"state":"none"}}"#;
    let record: Record = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
}

#[tokio::test]
async fn answers_satisfy_the_schemas_of_the_openapi_document() {
    let document = crate::server::openapi();
    let satisfies = |name: &str, answer: &Value| {
        let mut schema = document.clone();
        schema["$ref"] = format!("#/components/schemas/{name}").into();
        if let Err(error) = jsonschema::validator_for(&schema).unwrap().validate(answer) {
            panic!("{name}: {error} in {answer}");
        }
    };
    let router = with("{on: prompts, at: [2, 3, 4], fault: status, status: 500}", AssistOptions::default());
    let token = token(&router).await;
    satisfies("PromptRequest", &request(0.1));
    let shown = simulate(&router, &request(0.1)).await.json();
    satisfies("PromptShown", &shown);
    let fallback = simulate(&router, &request(0.1)).await.json();
    satisfies("PromptShown", &fallback);
    let refused = simulate(&router, &request(-1.0)).await.json();
    satisfies("PromptRefused", &refused);
    satisfies("ErrorBody", &simulate(&router, &json!({ "sentiment": 2 })).await.json());
    for answer in [&shown, &fallback, &refused] {
        satisfies("Record", &settled(&router, &token, answer["promptId"].as_str().unwrap()).await);
    }
    let id = shown["promptId"].as_str().unwrap();
    let acknowledgement = post(&format!("/api/v2/agentassist/prompts/{id}/acknowledgement"), &json!({}));
    satisfies("Acknowledged", &send(&router, authorized(acknowledgement, &token)).await.json());
    satisfies("Acceptance", &send(&router, get("/api/v2/agentassist/acceptance?by=prompt", &token)).await.json());
    satisfies("Prompt", &wire_prompt("p"));
    let taken = send(&router, authorized(post("/api/v2/agentassist/prompts", &wire_prompt("p")), &token)).await.json();
    satisfies("PromptTaken", &taken);
    let transcript = get("/api/v2/interactions/int_1/transcripts", &token);
    satisfies("TranscriptAnswer", &send(&router, transcript).await.json());
}

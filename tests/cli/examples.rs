use std::collections::BTreeSet;
use std::io::Read;

use base64::Engine;
use serde_json::Value;

use crate::support::{repository, run_in_repository, without_wall};

fn record(reports: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(reports.join("run.json")).expect("a run record");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_example_suites_pass_and_are_many() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["run"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let record = record(reports.path());
    let passed = record["totals"]["passed"].as_u64().unwrap_or_default();
    assert!(passed >= 150, "{passed} scenarios");
    assert_eq!(record["totals"]["scenarios"], passed);
    assert_eq!(record["scores"]["accuracy"], 1.0);
    assert_eq!(record["scores"]["result_accuracy"], 1.0);
    let prompts = record["totals"]["rehearsed"].as_u64().unwrap_or_default();
    assert!(prompts >= 40, "{prompts} scenarios of prompts");
}

/// What there is to cover, counted from the flows' text alone by the rules of `docs/coverage.md`: by hand in the small flows,
/// by another program in the large ones.
///
/// `survey`: five choices and `max_attempts`, which as it asks once leaves no other failed attempt: 6 outcomes, all wired.
/// `find-booking`: outcomes 1 + 5 (`ok`, `no_input`, `invalid`, `cancelled`, `max_attempts`) + 5 + 2 + 1; edges 1 + 3 + 5 + 2 + 1;
/// pairs `number` 2 × 3, `fetch` 1 × 5, `again` 3 × 2, `not_there` 1 × 1.
#[test]
fn there_is_as_much_to_cover_as_was_counted_elsewhere() {
    let kinds =
        ["nodes", "outcomes", "edges", "edge_pairs", "ends", "switch_cases", "lookup_outcomes", "clock_classes"];
    let expected = [
        ("baggage", [6, 15, 12, 23, 3, 0, 5, 0]),
        ("copper-valley-power", [54, 130, 104, 248, 11, 6, 20, 5]),
        ("find-booking", [8, 14, 12, 18, 3, 0, 5, 0]),
        ("harbor-bank", [60, 146, 125, 342, 8, 9, 28, 4]),
        ("meridian-air", [43, 117, 98, 288, 7, 9, 15, 0]),
        ("survey", [3, 6, 6, 0, 2, 0, 0, 0]),
        ("willow-creek-clinic", [47, 128, 106, 277, 11, 3, 25, 10]),
    ];
    let reports = tempfile::tempdir().expect("a folder");
    assert_eq!(run_in_repository(reports.path(), &["run", "--quiet"]).code, 0);
    let record = record(reports.path());
    let flows = record["coverage"]["flows"].as_array().expect("flows");
    let of = |flow: &Value, kind: &str| flow["kinds"][kind]["of"].as_u64().unwrap_or_default();
    for (name, counts) in expected {
        let file = format!("/{name}.yaml");
        let flow = flows.iter().find(|flow| flow["file"].as_str().is_some_and(|path| path.ends_with(&file)));
        assert_eq!(kinds.map(|kind| of(flow.expect("a flow"), kind)), counts, "{name}");
    }
    assert_eq!(flows.len(), expected.len());
    // A suite is measured by its own calls, over the flows that they can come to.
    for suite in record["suites"].as_array().expect("suites") {
        let nodes = &suite["coverage"]["nodes"];
        let (covered, of) = (nodes["covered"].as_u64().unwrap_or_default(), nodes["of"].as_u64().unwrap_or_default());
        let entry = match suite["suite"].as_str().and_then(|path| path.split('/').nth(1)) {
            Some("airline") => 43 + 8 + 3 + 6,
            Some("bank") => 60,
            Some("clinic") => 47,
            Some("power") => 54,
            // Prompts walk no flow.
            Some("assist") => {
                assert!(nodes.is_null(), "{suite}");
                continue;
            }
            other => panic!("{other:?}"),
        };
        assert!(of == entry && covered > 10 && covered <= of, "{suite}");
    }
}

/// Determinism: the concurrency may change nothing but wall times.
#[test]
fn one_job_and_sixty_four_write_the_same_record() {
    let (one, many) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for (reports, jobs) in [(&one, "1"), (&many, "64")] {
        let ran =
            run_in_repository(reports.path(), &["run", "--quiet", "--jobs", jobs, "suites", "tests/fixtures/failing"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
    }
    let (one, many) = (without_wall(record(one.path())), without_wall(record(many.path())));
    assert!(one == many, "the records differ");
}

#[test]
fn together_they_use_every_node_type() {
    let reports = tempfile::tempdir().expect("a folder");
    assert_eq!(run_in_repository(reports.path(), &["run", "--quiet"]).code, 0);
    let record = record(reports.path());
    let mut types = BTreeSet::new();
    for scenario in record["scenarios"].as_array().expect("a list") {
        // Prompts have no trace.
        let steps = scenario["trace"]["steps"].as_array();
        assert!(steps.is_some() || scenario["assist"].is_object());
        for step in steps.into_iter().flatten() {
            types.insert(step["type"].as_str().expect("a text").to_owned());
        }
    }
    let all = [
        "bot",
        "callback",
        "collect",
        "decision",
        "effect",
        "end",
        "hours",
        "jump",
        "lookup",
        "loop",
        "menu",
        "play",
        "queue",
        "queue_check",
        "random",
        "record",
        "return",
        "set",
        "start",
        "subflow",
        "switch",
        "transfer",
        "wait",
    ];
    assert_eq!(types, all.map(str::to_owned).into());
}

/// A PIN is typed in many scenarios; no report may show one.
#[test]
fn secrets_of_the_examples_are_in_no_report() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["run", "--verbose"]);
    assert_eq!(ran.code, 0);
    let bank = std::fs::read_to_string(repository().join("suites/bank/account.yaml")).expect("the bank's suite");
    assert!(bank.contains(PIN), "the suite keys another PIN now: name it here");
    let read = |file: &str| std::fs::read_to_string(reports.path().join(file)).expect("a report");
    let mut texts = vec![ran.stdout, ran.stderr, read("junit.xml")];
    let page = page_texts(&read("report.html"));
    assert!(page.len() > 10 && page.iter().any(|text| text.contains("dtmf: [")), "the page quotes no lines");
    texts.extend(page);
    // Wall times may hold any digits.
    texts.push(without_wall(record(reports.path())).to_string());
    texts.extend(read("events.jsonl").lines().map(|line| {
        let mut event = without_wall(serde_json::from_str(line).expect("JSON"));
        event.as_object_mut().expect("an object").remove("at_us");
        event.to_string()
    }));
    // Nor is a PIN what stands within a longer number.
    let pin = regex::Regex::new(&format!(r"(^|\D){PIN}(\D|$)")).expect("a pattern");
    let showing: Vec<String> = texts.into_iter().filter(|text| pin.is_match(text)).collect();
    assert!(showing.is_empty(), "{showing:#?}");
}

/// What the page shows as it is, and what it holds packed; without wall times.
fn page_texts(page: &str) -> Vec<String> {
    let times = regex::Regex::new(r"[\d.]+ (ms|s)\b|[0-9a-f]{64}").expect("a pattern");
    let blocks =
        regex::Regex::new(r#"<script id="[^"]+" type="application/octet-stream">([^<]*)</script>"#).expect("a pattern");
    let style = page.split("</style>").nth(1).expect("a style sheet");
    let plain = style.split("<script").next().expect("a body");
    let unpacked = blocks.captures_iter(page).map(|found| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(&found[1]).expect("base64");
        let mut text = String::new();
        flate2::read::DeflateDecoder::new(&bytes[..]).read_to_string(&mut text).expect("deflated text");
        without_wall(serde_json::from_str(&text).expect("JSON")).to_string()
    });
    std::iter::once(times.replace_all(plain, "").into_owned()).chain(unpacked).collect()
}

/// The PIN that the bank's callers key.
const PIN: &str = "8305";

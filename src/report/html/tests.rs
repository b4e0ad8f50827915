use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;
use crate::record::{EVENT_VERSION, GateRecord, GateSpec, RejectedRecord, StopReason, SuiteRecord, Totals, replay};

/// What stands in a block of data.
fn block(page: &str, id: &str) -> Option<Value> {
    let (_, rest) = page.split_once(&format!("<script id=\"{id}\" type=\"application/octet-stream\">"))?;
    let (packed, _) = rest.split_once("</script>")?;
    let bytes = STANDARD.decode(packed).unwrap();
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn scenario(number: usize, name: &str) -> Value {
    serde_json::json!({
        "id": format!("a/b::{name}"), "suite": "a/b", "name": name, "tags": if number.is_multiple_of(2) { vec!["even"] } else { vec![] },
        "file": "a/b.yaml", "line": number + 1, "flow": "f", "flow_version": "1",
        "verdict": if number == 3 { "failed" } else { "passed" }, "wall": { "start_us": 0, "duration_us": 1 },
        "reason": if number == 3 { Some("it <b>fell</b>") } else { None },
    })
}

fn record(names: impl IntoIterator<Item = String>) -> RunRecord {
    let scenarios: Vec<_> = names
        .into_iter()
        .enumerate()
        .map(|(number, name)| serde_json::from_value(scenario(number, &name)).unwrap())
        .collect();
    let mut totals = Totals::default();
    scenarios.iter().for_each(|scenario| totals.add(scenario));
    RunRecord { scenarios, totals, ..RunRecord::default() }
}

#[test]
fn the_index_and_the_parts_hold_every_scenario() {
    let record = record((0..450).map(|number| format!("scenario {number}")));
    let page = html_page(&record, None, &Sources::none());
    let index = block(&page, "data-index").unwrap();
    assert_eq!(index["title"].as_array().unwrap().len(), 450);
    assert_eq!((&index["title"][449], &index["suites"][0]), (&"scenario 449".into(), &"a/b".into()));
    assert_eq!(index["verdict"].as_str().unwrap()[..5], *"pppfp");
    assert_eq!(index["why"][3], "it <b>fell</b>");
    assert_eq!(index["tag_sets"], serde_json::json!([[0], []]));
    for (number, scenario) in record.scenarios.iter().enumerate() {
        // Only the ends of the parts are worth the time.
        if number % 200 == 0 || number % 200 == 199 || number == 449 {
            let part = block(&page, &format!("data-scenarios-{}", number / 200)).unwrap();
            assert_eq!(part[number % 200], serde_json::to_value(scenario).unwrap());
        }
    }
    assert_eq!(block(&page, "data-scenarios-3"), None);
    assert_eq!(block(&page, "data-excerpts-1").unwrap().as_array().unwrap().len(), 50);
    assert_eq!(block(&page, "data-excerpts-0").unwrap()[0], serde_json::json!({ "absent": "missing" }));
}

#[test]
fn scenarios_that_share_a_line_hide_each_others_digits() {
    const SUITE: &str =
        "scenarios: [{ name: a, dtmf: [\"1\"] }, { name: b,\n dtmf: [\"2\"] },\n { name: c, dtmf: [\"3\"] }]\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.yaml"), SUITE).unwrap();
    let mut record = record(["a".to_owned(), "b".to_owned(), "c".to_owned()]);
    record.header.files.insert("s.yaml".into(), crate::record::sha_256(SUITE));
    let trace =
        serde_json::json!({ "outcome": "completed", "duration_ms": 0, "steps": [], "variables": {}, "lookups": [] });
    for (scenario, (line, end_line)) in record.scenarios.iter_mut().zip([(1, 1), (1, 2), (3, 3)]) {
        (scenario.file, scenario.line, scenario.end_line) = ("s.yaml".into(), line, Some(end_line));
        scenario.trace = serde_json::from_value(trace.clone()).unwrap();
    }
    let page = html_page(&record, None, &Sources::below([folder.path().to_owned()]));
    let excerpts = block(&page, "data-excerpts-0").unwrap();
    assert_eq!(excerpts[0]["lines"][0], "scenarios: [{ name: a, dtmf: [\"•\"] }, { name: b,");
    assert_eq!(excerpts[1]["lines"][1], " dtmf: [\"•\"] },");
    assert_eq!(excerpts[2]["lines"][0], " { name: c, dtmf: [\"3\"] }]");
}

#[test]
fn the_data_hold_descriptions_and_properties() {
    let mut record = record(["a".to_owned(), "b".to_owned()]);
    record.scenarios[1].description = Some("What it is about.".into());
    record.scenarios[1].properties = Some(std::sync::Arc::new([("owner".into(), "card desk".into())].into()));
    let part = block(&html_page(&record, None, &Sources::none()), "data-scenarios-0").unwrap();
    let said = [0, 1].map(|number| (&part[number]["description"], &part[number]["properties"]));
    let properties = serde_json::json!({ "owner": "card desk" });
    assert_eq!(said, [(&Value::Null, &Value::Null), (&"What it is about.".into(), &properties)]);
}

#[test]
fn nothing_of_a_record_is_markup() {
    let evil = "</script><img src=x onerror=alert(1)>";
    let mut record = record([evil.to_owned(), "b".into(), "c".into(), evil.to_owned()]);
    record.header.target = evil.into();
    record.header.paths = vec![evil.into()];
    record.stopped = Some(StopReason::Unusable { reason: evil.into() });
    record.rejected = vec![RejectedRecord { file: evil.into(), suite: evil.into(), diagnostics: Vec::new() }];
    record.scenarios[0].description = Some(evil.into());
    record.scenarios[0].properties = Some(std::sync::Arc::new([(evil.into(), evil.into())].into()));
    let page = html_page(&record, None, &Sources::none());
    assert!(page.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!page.contains("<img"), "{page}");
    // As many elements begin as end: the four blocks of data and the script.
    assert_eq!(page.matches("<script").count(), 5);
    assert_eq!(page.matches("</script>").count(), 5);
}

#[test]
fn the_page_asks_for_nothing() {
    let page = html_page(&record(["a".to_owned()]), None, &Sources::none());
    let static_parts = page.split("<style>").next().unwrap().to_owned()
        + page.split("</style>").nth(1).unwrap().split("<script type=\"module\">").next().unwrap();
    for asking in ["src=", "href=\"http", "url(", "@import", " style=", " onclick="] {
        assert!(!static_parts.contains(asking), "{asking}");
    }
    assert!(page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "));
}

/// Static text of a part of the page, without its markup.
fn said(page: &str, from: &str, to: &str) -> String {
    let part = page.split_once(from).unwrap().1.split_once(to).unwrap().0;
    let mut text = String::new();
    let mut within = true;
    for c in part.chars() {
        match c {
            '<' => within = false,
            '>' => {
                within = true;
                text.push(' ');
            }
            c if within => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_overview_says_what_a_release_manager_asks() {
    let mut record = record((0..5).map(|number| format!("s{number}")));
    let gate = crate::suite::gate::Gate::parse("accuracy>=95%").unwrap();
    record.gates = vec![GateRecord { gate: GateSpec::new(gate, Some("a/b".into())), measured: None, held: false }];
    record.scores = crate::record::Scores::of(&record.totals);
    let (totals, scores) = (record.totals, record.scores.clone());
    record.suites = vec![SuiteRecord {
        suite: "a/b".into(),
        name: "Ab".into(),
        file: "a/b.yaml".into(),
        totals,
        scores,
        coverage: Default::default(),
    }];
    record.header.target = "embedded".into();
    record.wall.started = "2026-11-02T10:05:06.123Z".into();
    let page = html_page(&record, None, &Sources::none());
    insta::assert_snapshot!(said(&page, "<div class=\"hero\">", "<section class=\"card run\""), @"May the release go? ✗ Not ready to release 1 of 5 scenarios failed gate missed: a/b: accuracy was not measured, at least 95% is asked 1 suite on the embedded simulator, 0.00 ms, seed 0 5 scenarios ✓ 4 passed ✗ 1 failed Scores Joint accuracy 80.0% of the calls are right in every check; 95 % interval 37.6% to 96.4% Accuracy – no decisions expected Check accuracy – no checks Path fitness – no paths measured Efficiency – no calls measured Effort of a call keys – retries – prompts – in all – no call was scored Gates 1 of 1 gate missed. Gate Scope Measured Asked Result accuracy a/b not measured at least 95% ✗ missed What did not pass ✗ failed a/b::s3 it &lt;b&gt;fell&lt;/b&gt; a/b.yaml:4 Suites Suite Scenarios Passed Failed Accuracy Path fitness Efficiency Ab a/b.yaml 5 4 1 – – –");
    insta::assert_snapshot!(said(&page, "<title>", "</title>"), @"Not ready to release · callpath");
}

#[test]
fn a_run_without_scenarios_has_a_page() {
    let page = html_page(&RunRecord::default(), None, &Sources::none());
    assert!(page.contains("No answer yet") && page.contains("no scenario was run"));
    assert_eq!(block(&page, "data-index").unwrap()["title"], serde_json::json!([]));
}

/// A journal that was cut off has neither coverage nor decisions.
#[test]
fn a_run_that_was_cut_off_has_a_page() -> Result<(), Box<dyn std::error::Error>> {
    let start = serde_json::json!({ "at_us": 0, "totals": Totals::default(), "event": "run-started", "version": EVENT_VERSION, "header": crate::record::RunHeader::default(), "planned": 2, "jobs": 1, "started": "", "suites": [] });
    let finished = serde_json::json!({ "at_us": 1, "totals": Totals::default(), "event": "scenario-finished", "index": 0, "scenario": scenario(0, "only") });
    let record = replay([start.to_string(), finished.to_string()])?;
    let page = html_page(&record, None, &Sources::none());
    assert!(page.contains("the run was interrupted before its end") && page.contains("is not known"));
    Ok(())
}

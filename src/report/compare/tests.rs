use std::sync::Arc;

use proptest::prelude::*;

use super::read::of_record;
use super::*;
use crate::record::{
    Fields, RUN_VERSION, RunRecord, ScenarioRecord, ScenarioWall, Scores, StepRecord, Totals, TraceRecord, Verdict,
};

fn scenario(id: &str, verdict: Verdict, path: &[(&str, &str)]) -> ScenarioRecord {
    let steps = path.iter().enumerate().map(|(index, (node, outcome))| StepRecord {
        node: (*node).into(),
        kind: "menu".into(),
        outcome: (!outcome.is_empty()).then(|| (*outcome).into()),
        at_ms: index as u64,
        duration_ms: 1,
        input: None,
        message: None,
        prompts: Vec::new(),
    });
    ScenarioRecord {
        id: id.to_owned(),
        suite: "s".into(),
        name: id.to_owned(),
        cell: None,
        tags: Arc::from([]),
        description: None,
        properties: None,
        file: "s.yaml".into(),
        line: 3,
        end_line: None,
        flow: "f".into(),
        flow_version: "1".into(),
        verdict,
        reason: (verdict != Verdict::Passed).then(|| format!("why \"{id}\"")),
        score: None,
        trace: Some(TraceRecord {
            outcome: "completed".into(),
            ends_at: None,
            duration_ms: 1,
            failure: None,
            steps: steps.collect(),
            events: Vec::new(),
            variables: Fields::default(),
            lookups: Vec::new(),
            unused_items: 0,
            unused_keys: 0,
        }),
        assist: None,
        attempts: Vec::new(),
        wall: ScenarioWall::default(),
    }
}

fn record(scenarios: Vec<ScenarioRecord>) -> RunRecord {
    let mut totals = Totals::default();
    scenarios.iter().for_each(|scenario| totals.add(scenario));
    RunRecord { version: RUN_VERSION, scenarios, scores: Scores::of(&totals), totals, ..RunRecord::default() }
}

fn between(base: &RunRecord, new: &RunRecord) -> Comparison {
    compare(("base", &of_record(base)), ("new", &of_record(new)))
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    use Verdict::*;
    proptest::sample::select(vec![Passed, Failed, Error, Skipped, Flaky])
}

fn any_record() -> impl Strategy<Value = RunRecord> {
    let step = (proptest::sample::select(vec!["a", "b", "c"]), proptest::sample::select(vec!["", "1", "2"]));
    let one = (any_verdict(), proptest::collection::vec(step, 0..4));
    proptest::collection::btree_map(0u32..12, one, 0..8).prop_map(|all| {
        record(all.iter().map(|(id, (verdict, path))| scenario(&format!("s::{id}"), *verdict, path)).collect())
    })
}

fn ids(list: &[Scenario]) -> Vec<&str> {
    list.iter().map(|scenario| &*scenario.id).collect()
}

#[test]
fn the_first_step_that_differs_is_told() {
    use Verdict::*;
    let base = record(vec![
        scenario("same", Passed, &[("menu", "1"), ("end", "")]),
        scenario("detour", Passed, &[("menu", "1"), ("end", "")]),
        scenario("broken", Passed, &[("menu", "1"), ("end", "")]),
        scenario("shorter", Flaky, &[("menu", "1"), ("end", "")]),
        scenario("not run", Passed, &[("menu", "1")]),
    ]);
    let new = record(vec![
        scenario("same", Passed, &[("menu", "1"), ("end", "")]),
        scenario("detour", Passed, &[("menu", "1"), ("pin", "ok"), ("end", "")]),
        scenario("broken", Failed, &[("menu", "no_match"), ("end", "")]),
        scenario("shorter", Passed, &[("menu", "1")]),
        scenario("not run", Skipped, &[]),
    ]);
    let text = crate::report::comparison_text(&between(&base, &new), false);
    insta::assert_snapshot!(text, @r#"
    base    base (, 5 scenarios)
    new     new (, 5 scenarios)

    newly broken  1
      broken  passed → failed
        s.yaml:3: why "broken"
        first change at step 1: menu (1) → menu (no_match)

    now skipped  1
      not run  passed → skipped
        s.yaml:3: why "not run"

    passed by another path  2
      detour  passed
        first change at step 2: end → pin (ok)
      shorter  flaky → passed
        first change at step 2: end → the end of the call

    no longer flaky  1
      shorter  flaky → passed
        first change at step 2: end → the end of the call

    measure                     base     new     change
    joint-accuracy            100.0%   75.0%  -25.00 pp
    keypresses-per-call         0.00    0.00          =
    retries-per-call            0.00    0.00          =
    prompt-seconds-per-call   0.00 s  0.00 s          =
    virtual-seconds-per-call  0.00 s  0.00 s          =

    regression: 1 newly broken, 1 now skipped, 1 no longer flaky, 2 by another path, 1 unchanged
    "#);
    let text = crate::report::comparison_text(&between(&base, &base), false);
    insta::assert_snapshot!(text, @"
    base    base (, 5 scenarios)
    new     new (, 5 scenarios)

    measure                     base     new  change
    joint-accuracy            100.0%  100.0%       =
    keypresses-per-call         0.00    0.00       =
    retries-per-call            0.00    0.00       =
    prompt-seconds-per-call   0.00 s  0.00 s       =
    virtual-seconds-per-call  0.00 s  0.00 s       =

    no difference: 5 unchanged
    ");
}

proptest! {
    #[test]
    fn a_run_is_no_different_from_itself(record in any_record()) {
        let comparison = between(&record, &record);
        prop_assert!(!comparison.different && !comparison.regression);
        let counts = comparison.counts;
        prop_assert_eq!(counts.unchanged + counts.still_failing, record.scenarios.len() as u64);
    }

    #[test]
    fn the_other_way_round_what_broke_is_fixed(one in any_record(), other in any_record()) {
        let (there, back) = (between(&one, &other), between(&other, &one));
        let sorted = |list: &[Scenario]| {
            let mut ids: Vec<String> = ids(list).into_iter().map(str::to_owned).collect();
            ids.sort_unstable();
            ids
        };
        prop_assert_eq!(sorted(&there.newly_broken), sorted(&back.fixed));
        prop_assert_eq!(sorted(&there.fixed), sorted(&back.newly_broken));
        prop_assert_eq!(sorted(&there.added), sorted(&back.gone));
        prop_assert_eq!(sorted(&there.gone), sorted(&back.added));
        prop_assert_eq!(sorted(&there.still_failing), sorted(&back.still_failing));
        prop_assert_eq!(sorted(&there.now_skipped), sorted(&back.no_longer_skipped));
        prop_assert_eq!(sorted(&there.newly_flaky), sorted(&back.no_longer_flaky));
        prop_assert_eq!(sorted(&there.other_path), sorted(&back.other_path));
        prop_assert_eq!(there.different, back.different);
        prop_assert_eq!(there.counts.unchanged, back.counts.unchanged);
    }

    #[test]
    fn every_layout_of_a_record_reads_the_same(record in any_record()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let expected = between(&record, &record);
        let pretty = serde_json::to_string_pretty(&record).unwrap();
        let plain = serde_json::to_string(&record).unwrap();
        // As the reporter writes it.
        let list: Vec<String> = record.scenarios.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
        let (head, rest) = plain.split_once("\"scenarios\":[").unwrap();
        let tail = &rest[list.join(",").len()..];
        let by_line = match list.len() {
            0 => plain.clone(),
            _ => format!("{head}\"scenarios\":[\n{}\n{tail}\n", list.join(",\n")),
        };
        for text in [pretty, plain, by_line] {
            std::fs::write(&path, text).unwrap();
            let run = read(&path, |_| {}).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&compare(("base", &run), ("new", &of_record(&record))), &expected);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(text in "\\PC{0,40}|\\{\"version\":1,\"header\":\\{.{0,20}|\\{\"x\":1,\"scenarios\":\\[\n.{0,20}\n\\],.{0,9}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        std::fs::write(&path, text).unwrap();
        let refused = read(&path, |_| {}).is_err();
        prop_assert!(refused);
    }
}

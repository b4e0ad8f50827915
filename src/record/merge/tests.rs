use proptest::prelude::*;

use super::*;
use crate::record::{CoverageRecord, SuiteRecord, Totals};

fn scenario(suite: &str, name: &str, line: u32) -> ScenarioRecord {
    ScenarioRecord {
        id: format!("{suite}::{name}"),
        suite: suite.into(),
        name: name.to_owned(),
        cell: None,
        tags: std::sync::Arc::new([]),
        description: None,
        properties: None,
        file: format!("{suite}.yaml").into(),
        line,
        end_line: None,
        flow: "flow".into(),
        flow_version: "1".into(),
        verdict: Verdict::Passed,
        reason: None,
        score: None,
        trace: None,
        assist: None,
        attempts: Vec::new(),
        wall: ScenarioWall { start_us: 1, duration_us: line.into() },
    }
}

fn part(name: &str, shard: Option<Shard>, scenarios: Vec<ScenarioRecord>) -> Part {
    let suite = |scenario: &ScenarioRecord| SuiteRecord {
        suite: scenario.suite.to_string(),
        name: scenario.suite.to_string(),
        file: scenario.file.to_string(),
        totals: Totals::default(),
        scores: Scores::default(),
        coverage: Default::default(),
    };
    let mut suites: Vec<SuiteRecord> = scenarios.iter().map(suite).collect();
    suites.dedup();
    let record = RunRecord {
        version: RUN_VERSION,
        header: RunHeader { shard, ..RunHeader::default() },
        suites,
        scenarios,
        // As a run has that came to its end.
        coverage: Some(CoverageRecord::default()),
        ..RunRecord::default()
    };
    Part { name: name.to_owned(), record }
}

/// Scenarios of three suites, several of them on one line as the cells of a matrix are.
fn plan(number: usize) -> Vec<ScenarioRecord> {
    let suite = |index: usize| ["a", "a/b", "b"][index * 3 / number.max(1)];
    (0..number).map(|index| scenario(suite(index), &format!("n{index}"), index as u32 / 4 + 1)).collect()
}

fn ids(record: &RunRecord) -> Vec<&str> {
    record.scenarios.iter().map(|scenario| &*scenario.id).collect()
}

proptest! {
    #[test]
    fn shards_in_any_order_and_number_are_the_whole(number in 0_usize..40, of in 1_u32..9, turn in 0_usize..9, again in 0_usize..9) {
        let plan = plan(number);
        let mut parts: Vec<Part> = (1..=of).map(|index| {
            let shard = Shard { index, of };
            let own = plan.iter().enumerate().filter(|(place, _)| shard.has(*place)).map(|(_, scenario)| scenario.clone());
            part(&shard.to_string(), Some(shard), own.collect())
        }).collect();
        // One of them was run twice, at another time.
        let mut twice = parts[again % parts.len()].clone();
        twice.record.scenarios.iter_mut().for_each(|scenario| scenario.wall.start_us = 77);
        parts.push(twice);
        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let merged = merge(parts, false, |_| None).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let expected: Vec<&str> = plan.iter().map(|scenario| &*scenario.id).collect();
        prop_assert_eq!(ids(&merged), expected);
        prop_assert_eq!(merged.totals.passed, number as u64);
        prop_assert_eq!((merged.header.shard, merged.stopped), (None, None));
    }

    #[test]
    fn the_suites_at_hand_know_the_order(number in 0_usize..40, parts in 1_usize..5, seed in any::<u64>()) {
        let plan = plan(number);
        // Scattered without any rule, and each part turned round.
        let owner = |place: usize| (seed.rotate_left(place as u32 * 7) as usize) % parts;
        let list: Vec<Part> = (0..parts).map(|index| {
            let own = plan.iter().enumerate().filter(|(place, _)| owner(*place) == index).rev();
            part(&index.to_string(), None, own.map(|(_, scenario)| scenario.clone()).collect())
        }).collect();
        let place = |id: &str| plan.iter().position(|scenario| scenario.id == id);
        let merged = merge(list, false, place).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let expected: Vec<&str> = plan.iter().map(|scenario| &*scenario.id).collect();
        prop_assert_eq!(ids(&merged), expected);
    }
}

fn skipped(mut scenario: ScenarioRecord, reason: &str) -> ScenarioRecord {
    (scenario.verdict, scenario.reason) = (Verdict::Skipped, Some(reason.to_owned()));
    scenario
}

fn stopped(mut part: Part) -> Part {
    part.record.stopped = Some(StopReason::Interrupted);
    part
}

#[test]
fn what_was_not_run_gives_way_but_only_for_the_reason_of_the_run() {
    let (one, two) = (scenario("a", "one", 1), scenario("a", "two", 2));
    let first = stopped(part("first", None, vec![one.clone(), skipped(two.clone(), "interrupted")]));
    let rest = part("rest", None, vec![two.clone()]);
    for parts in [vec![first.clone(), rest.clone()], vec![rest.clone(), first.clone()]] {
        let merged = merge(parts, false, |_| None).unwrap();
        assert_eq!((merged.totals.passed, merged.stopped), (2, None));
    }
    // Without the rest it is not whole.
    let alone = merge(vec![first.clone()], false, |_| None).unwrap();
    assert_eq!((alone.totals.skipped, alone.stopped), (1, Some(StopReason::Interrupted)));
    // What its suite skips is a result.
    let own = part("own", None, vec![skipped(two, "waits for the new prompt")]);
    let error = merge(vec![own, rest], false, |_| None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scenario 'a::two' differs: skipped in 'own', passed in 'rest'; merge puts together parts of one run, \
         `callpath compare` sets two runs side by side"
    );
}

#[test]
fn a_journal_that_was_cut_is_only_made_whole_by_a_whole_run() {
    let mut cut = stopped(part("cut", None, vec![scenario("a", "one", 1)]));
    cut.record.coverage = None;
    let whole = part("whole", None, vec![scenario("a", "one", 1), scenario("a", "two", 2)]);
    assert_eq!(merge(vec![cut.clone(), whole.clone()], false, |_| None).unwrap().stopped, None);
    let mut other = whole;
    other.record.header.filters = vec!["two".to_owned()];
    let merged = merge(vec![cut, other], false, |_| None).unwrap();
    assert_eq!(merged.stopped, Some(StopReason::Interrupted), "nobody knows what the first run had before it");
}

#[test]
fn what_no_part_selected_stays_counted() {
    let with = |name: &str, deselected, filter: &str, scenarios| {
        let mut part = part(name, None, scenarios);
        part.record.header.deselected = deselected;
        part.record.header.filters = vec![filter.to_owned()];
        part
    };
    // Of five scenarios one part ran two and another one two, one of them the same.
    let (one, two, three) = (scenario("a", "one", 1), scenario("a", "two", 2), scenario("a", "three", 3));
    let parts = vec![with("x", 3, "x", vec![one, two.clone()]), with("y", 3, "y", vec![two, three])];
    let merged = merge(parts, false, |_| None).unwrap();
    assert_eq!((merged.totals.scenarios, merged.header.deselected), (3, 2));
    assert_eq!(merged.header.filters, ["x", "y"]);
}

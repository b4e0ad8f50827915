use proptest::prelude::*;

use super::super::testing::{BANK, path, table, trace};
use super::*;

fn measured(expected: &str, walked: &str) -> PathFit {
    let table = table(BANK);
    fit(&path(&table, expected), &trace(&table, walked)).fit
}

fn rows_shown(fit: &PathFit) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
    fit.alignment
        .iter()
        .map(|row| format!("{} {}", side(&row.expected), side(&row.taken)))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn a_path_that_holds_has_no_diff() {
    let held = PathFit { fitness: 1.0, recall: Some(1.0), precision: Some(1.0), alignment: Vec::new() };
    assert_eq!(measured("welcome, hours, main_menu", "welcome hours main_menu"), held);
    assert_eq!(measured("welcome, ..., bye|sorry", "welcome hours main_menu sorry"), held);
    assert_eq!(measured("?, hours, ...", "welcome hours"), held);
}

#[test]
fn without_patterns_the_fitness_is_the_ratio_of_common_nodes() {
    let fit = measured("welcome, hours, main_menu, balance, bye", "welcome hours sorry bye");
    assert_eq!(fit.fitness, 2.0 * 3.0 / 9.0);
    assert_eq!((fit.recall, fit.precision), (Some(3.0 / 5.0), Some(3.0 / 4.0)));
    assert_eq!(rows_shown(&fit), "welcome welcome; hours hours; main_menu -; balance -; - sorry; bye bye");
}

#[test]
fn nodes_absorbed_by_dots_are_neither_missing_nor_extra() {
    let fit = measured("welcome, ..., card_queue", "welcome hours sorry bye");
    // Worst case: both items are missing and the dots absorb every node.
    assert_eq!(fit.fitness, 0.5);
    assert_eq!((fit.recall, fit.precision), (Some(0.5), Some(1.0)));
    assert_eq!(rows_shown(&fit), "welcome welcome; ... hours; ... sorry; ... bye; card_queue -");
}

#[test]
fn a_ratio_of_nothing_is_null() {
    assert_eq!(measured("", ""), PathFit { fitness: 1.0, recall: None, precision: None, alignment: Vec::new() });
    assert_eq!(measured("...", "welcome").recall, None);
    assert_eq!(measured("?", "").recall, None);
    let fit = measured("", "welcome");
    assert_eq!((fit.fitness, fit.recall, fit.precision), (0.0, None, Some(0.0)));
    assert_eq!(measured("welcome", "").fitness, 0.0);
    assert_eq!(measured("welcome", "bye").fitness, 0.0);
}

#[test]
fn the_description_of_a_long_walk_is_truncated() {
    let table = table(BANK);
    let walk = |count| describe_walk(&trace(&table, &"bye ".repeat(count)));
    assert_eq!(walk(0), "no node was walked");
    assert_eq!(walk(2), "bye, bye");
    assert_eq!(walk(60).matches("bye").count(), 60);
    assert!(walk(60).ends_with("bye"));
    assert_eq!(walk(63).matches("bye").count(), 60);
    assert!(walk(63).ends_with("bye, … 3 more"));
}

const ITEMS: [&str; 7] = ["welcome", "hours", "main_menu", "sorry", "hours|sorry", "?", "..."];

proptest! {
    #[test]
    fn measures_lie_within_0_and_1_and_agree_on_holding(
        expected in prop::collection::vec(prop::sample::select(&ITEMS[..]), 0..8),
        walked in prop::collection::vec(prop::sample::select(&ITEMS[..4]), 0..8),
    ) {
        let fit = measured(&expected.join(","), &walked.join(" "));
        prop_assert!((0.0..=1.0).contains(&fit.fitness));
        prop_assert!(fit.recall.is_none_or(|recall| (0.0..=1.0).contains(&recall)));
        prop_assert!(fit.precision.is_none_or(|precision| (0.0..=1.0).contains(&precision)));
        prop_assert_eq!(fit.fitness == 1.0, fit.alignment.is_empty());
        let both = fit.recall.is_none_or(|recall| recall == 1.0) && fit.precision.is_none_or(|precision| precision == 1.0);
        prop_assert!(fit.fitness < 1.0 || both);
    }
}

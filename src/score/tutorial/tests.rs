use proptest::prelude::*;

use super::super::testing::{BANK, path, table, trace};
use super::*;

fn density(walked: &str) -> (f64, usize) {
    let trace = trace(&table(BANK), walked);
    let visits = Visits::from_trace(&trace);
    (decision_density(&trace, &visits), visits.revisits)
}

fn accuracy(expected: u64, right: u64, not_reached: u64, path: Option<&str>, walked: &str) -> Option<f64> {
    let table = table(BANK);
    let trace = trace(&table, walked);
    let items = path.map(|text| self::path(&table, text));
    tutorial_accuracy(&Accuracy { expected, right, not_reached }, items.as_deref(), &Visits::from_trace(&trace))
}

#[test]
fn each_revisit_reduces_the_density_by_a_tenth() {
    assert_eq!(density("welcome hours main_menu balance say_balance bye"), (0.5, 0));
    let (value, revisits) = density("welcome hours main_menu main_menu main_menu balance say_balance bye");
    assert_eq!(revisits, 2);
    assert!((value - (5.0 / 8.0 - 0.2)).abs() < 1e-12);
    assert_eq!(density(&"welcome ".repeat(30)), (0.0, 29));
    assert_eq!(density(""), (0.0, 0));
    assert_eq!(density("hours main_menu"), (1.0, 0));
}

#[test]
fn accuracy_is_reduced_once_for_revisits_and_once_for_unreached_items() {
    let near = |value: Option<f64>, expected: f64| assert!((value.unwrap() - expected).abs() < 1e-12, "{value:?}");
    near(accuracy(4, 3, 0, None, "hours main_menu"), 0.75);
    near(accuracy(4, 3, 0, None, "main_menu main_menu main_menu"), 0.65);
    near(accuracy(4, 3, 1, None, "main_menu"), 0.7);
    near(accuracy(4, 3, 1, Some("welcome"), "main_menu main_menu"), 0.6);
    near(accuracy(4, 4, 0, Some("hours, ?, ..., bye"), "hours"), 0.95);
    near(accuracy(4, 4, 0, Some("hours|bye, ..."), "hours"), 1.0);
    near(accuracy(9, 0, 9, None, "hours hours"), 0.0);
    assert_eq!(accuracy(0, 0, 0, Some("bye"), "hours hours"), None);
}

proptest! {
    #[test]
    fn both_lie_within_0_and_1(
        walked in prop::collection::vec(prop::sample::select(&["hours", "main_menu", "welcome", "bye"][..]), 0..40),
        counts in (1u64..9, 0u64..9, 0u64..9),
    ) {
        let walked_text = walked.join(" ");
        let (density, revisits) = density(&walked_text);
        prop_assert!((0.0..=1.0).contains(&density));
        let distinct: std::collections::HashSet<_> = walked.iter().collect();
        prop_assert_eq!(revisits, walked.len() - distinct.len());
        let (expected, right, not_reached) = counts;
        let right = right.min(expected);
        let value = accuracy(expected, right, not_reached.min(expected - right), None, &walked_text).unwrap();
        prop_assert!((0.0..=1.0).contains(&value));
        prop_assert!(value <= right as f64 / expected as f64);
    }
}

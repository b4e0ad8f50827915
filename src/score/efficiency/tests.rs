use proptest::prelude::*;

use super::super::testing::{BANK, placed, show, table, trace};
use super::*;
use crate::suite::{Bound, Expectations};

const TWO: &str = "hours.open main_menu.no_match main_menu.1 balance.success";

fn scored(reached: Option<bool>, walked: &str, fewest: Fewest) -> (Option<f64>, Interactions) {
    efficiency(reached, &trace(&table(BANK), walked), || fewest)
}

#[test]
fn success_is_weighted_by_the_fewest_interactions() {
    let taken = |fewest| Interactions { taken: 2, fewest };
    assert_eq!(scored(Some(true), TWO, Fewest::Interactions(1)), (Some(0.5), taken(Some(1))));
    assert_eq!(scored(Some(true), TWO, Fewest::Interactions(2)), (Some(1.0), taken(Some(2))));
    assert_eq!(scored(Some(true), TWO, Fewest::Interactions(0)), (Some(0.0), taken(Some(0))));
    assert_eq!(scored(Some(true), TWO, Fewest::Unknown), (None, taken(None)));
}

#[test]
fn the_search_runs_only_where_it_counts() {
    let never = || -> Fewest { panic!("searched") };
    let (walk, still) = (trace(&table(BANK), TWO), trace(&table(BANK), "welcome.next hours.closed sorry.next bye"));
    assert_eq!(efficiency(Some(false), &walk, never), (Some(0.0), Interactions { taken: 2, fewest: None }));
    assert_eq!(efficiency(None, &walk, never), (None, Interactions { taken: 2, fewest: None }));
    assert_eq!(efficiency(Some(true), &still, never), (Some(1.0), Interactions { taken: 0, fewest: Some(0) }));
    assert_eq!(efficiency(Some(false), &still, never), (Some(0.0), Interactions { taken: 0, fewest: None }));
}

#[test]
fn a_check_of_an_unknown_efficiency_does_not_hold() {
    let trace = trace(&table(BANK), "main_menu.no_match main_menu.no_match main_menu.1");
    let bound = Bound { at_least: Some(0.8), at_most: None };
    let expect = Expectations { efficiency: Some(Box::new(placed(bound))), ..Expectations::default() };
    let said = |reached, fewest| {
        let mut checks = Checks::new(&expect, &trace);
        let (efficiency, interactions) = efficiency(reached, &trace, || fewest);
        check(&mut checks, reached, efficiency, interactions);
        show(&checks.into_list())
    };
    let cases = [
        (Some(true), Fewest::Interactions(3)),
        (Some(true), Fewest::Interactions(2)),
        (Some(true), Fewest::Unknown),
        (Some(false), Fewest::Unknown),
        (None, Fewest::Unknown),
    ];
    insta::assert_snapshot!(cases.map(|(reached, fewest)| said(reached, fewest)).join("\n"), @r"
    Efficiency Held
    Efficiency Broken: at least 0.8 <> 0.667: 3 taken, 2 needed
    Efficiency Broken: at least 0.8 <> unknown: the search for the shortest call gave up
    Efficiency Broken: at least 0.8 <> 0: the expected end was not reached
    Efficiency Broken: at least 0.8 <> none: the scenario expects neither 'outcome' nor 'ends_at'
    ");
}

proptest! {
    #[test]
    fn it_lies_within_0_and_1(reached in any::<bool>(), again in 0usize..5, fewest in 0usize..8) {
        let walked = format!("{}main_menu.1", "main_menu.no_match ".repeat(again));
        let (efficiency, interactions) = scored(Some(reached), &walked, Fewest::Interactions(fewest));
        prop_assert!(efficiency.is_some_and(|efficiency| (0.0..=1.0).contains(&efficiency)));
        prop_assert_eq!(interactions.taken, again as u64 + 1);
        prop_assert_eq!(interactions.fewest, reached.then_some(fewest as u64));
    }
}

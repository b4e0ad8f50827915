use super::super::testing::{BANK, lookup_call, placed, show, table, trace, variable};
use super::*;
use crate::flow::Name;
use crate::suite::{Bound, Condition, Expectations};

fn wanted(service: &str) -> LookupExpectation {
    LookupExpectation { service: service.into(), times: None, with: Vec::new(), outcome: None }
}

fn times(count: u64) -> Option<Bound<u64>> {
    Some(Bound { at_least: Some(count), at_most: Some(count) })
}

fn with(name: &str, value: &str) -> Vec<(Name, Condition)> {
    vec![(name.into(), Condition::Equals(value.into()))]
}

fn call() -> Trace {
    let mut trace = trace(&table(BANK), "welcome.next hours.open main_menu.1 balance.success");
    trace.lookups = vec![
        lookup_call("balance", &[("account", "12"), ("pin", SECRET)], "timeout"),
        lookup_call("rates", &[], "success"),
        lookup_call("balance", &[("account", "34"), ("pin", SECRET)], "success"),
    ];
    trace
}

fn checked(trace: &Trace, lookups: Vec<LookupExpectation>) -> String {
    let expect = Expectations { lookups: lookups.into_iter().map(placed).collect(), ..Expectations::default() };
    let mut checks = Checks::new(&expect, trace);
    check(&mut checks);
    show(&checks.into_list())
}

#[test]
fn one_lookup_must_have_inputs_and_outcome_together() {
    let held = vec![
        wanted("balance"),
        LookupExpectation { times: times(2), ..wanted("balance") },
        LookupExpectation { times: times(0), ..wanted("fraud") },
        LookupExpectation { with: with("account", "34"), outcome: Some("success".into()), ..wanted("balance") },
        LookupExpectation { with: vec![("none".into(), Condition::IsNull(true))], ..wanted("rates") },
    ];
    insta::assert_snapshot!(checked(&call(), held), @r"
    Lookup balance Held
    Lookup balance Held
    Lookup fraud Held
    Lookup balance Held
    Lookup rates Held
    ");
    let broken = vec![
        LookupExpectation { with: with("account", "12"), outcome: Some("success".into()), ..wanted("balance") },
        LookupExpectation { times: times(1), ..wanted("balance") },
        LookupExpectation { times: times(0), ..wanted("rates") },
        LookupExpectation { times: times(1), with: with("id", "7"), ..wanted("fraud") },
        wanted("fraud"),
    ];
    insta::assert_snapshot!(checked(&call(), broken), @r"
    Lookup balance Broken: asked, with account: '12', with the outcome success <> asked 2 times: account: '12', pin: '[secret]' → timeout; account: '34', pin: '[secret]' → success
    Lookup balance Broken: asked 1 time <> asked 2 times: account: '12', pin: '[secret]' → timeout; account: '34', pin: '[secret]' → success
    Lookup rates Broken: asked 0 times <> asked 1 time: → success
    Lookup fraud NotReached: asked 1 time, with id: '7' <> never asked
    Lookup fraud NotReached: asked <> never asked
    ");
}

#[test]
fn no_description_shows_a_secret() {
    let expected = vec![LookupExpectation { with: with("pin", "4321"), ..wanted("balance") }];
    insta::assert_snapshot!(checked(&call(), expected), @"Lookup balance Broken: asked, with pin: [secret] <> asked 2 times: account: '12', pin: '[secret]' → timeout; account: '34', pin: '[secret]' → success");
    // Without a lookup only the variable tells that the value is a secret.
    let mut trace = call();
    trace.lookups.clear();
    trace.variables = vec![variable("pin", "4321", true)];
    let expected = vec![LookupExpectation { with: with("pin", "4321"), ..wanted("balance") }];
    insta::assert_snapshot!(checked(&trace, expected), @"Lookup balance NotReached: asked, with pin: [secret] <> never asked");
}

#[test]
fn a_long_list_of_lookups_is_truncated() {
    let mut trace = call();
    trace.lookups = (0..8).map(|_| lookup_call("rates", &[], "success")).collect();
    let expected = vec![LookupExpectation { times: times(1), ..wanted("rates") }];
    insta::assert_snapshot!(checked(&trace, expected), @"Lookup rates Broken: asked 1 time <> asked 8 times: → success; → success; → success; → success; → success; … 3 more");
}

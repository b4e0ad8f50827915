use std::sync::Arc;

use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::suite::Pattern;

fn text(text: &str) -> Value {
    text.into()
}

fn matching(pattern: &str) -> Condition {
    Condition::Matches(Pattern(Regex::new(pattern).unwrap()))
}

#[test]
fn every_condition_against_every_kind_of_value() {
    let list = Value::List(Arc::from([Value::Integer(1), text("a")]));
    let record = Value::Record(Arc::from([("id".into(), Value::Integer(7))]));
    let values = [
        Value::Null,
        Value::Boolean(true),
        Value::Integer(1),
        Value::Decimal(1.0),
        Value::Decimal(2.5),
        text("1"),
        text("b"),
        text(""),
        list.clone(),
        record.clone(),
    ];
    let table: [(Condition, &str); 19] = [
        // null, true, 1, 1.0, 2.5, '1', 'b', '', list, record
        (Condition::Equals(Value::Integer(1)), "..xx......"),
        (Condition::Equals(text("1")), ".....x...."),
        (Condition::Equals(Value::Null), "x........."),
        (Condition::Equals(list), "........x."),
        (Condition::Equals(record), ".........x"),
        (Condition::Not(Value::Integer(1)), "xx..xxxxxx"),
        (Condition::AtLeast(Value::Integer(2)), "....x....."),
        (Condition::AtMost(Value::Decimal(1.0)), "..xx......"),
        (Condition::AtLeast(text("1")), ".....xx..."),
        (Condition::AtMost(text("a")), ".....x.x.."),
        (Condition::OneOf(vec![text("b"), Value::Boolean(true)]), ".x....x..."),
        (Condition::OneOf(vec![]), ".........."),
        (matching("^[0-9.]+$"), "..xxxx...."),
        (matching(""), ".xxxxxxxxx"),
        (Condition::Contains(text("")), ".xxxxxxx.x"),
        (Condition::Contains(Value::Integer(1)), "..xx.x..x."),
        (Condition::IsNull(true), "x........."),
        (Condition::IsNull(false), ".xxxxxxxxx"),
        (
            Condition::All(vec![Condition::AtLeast(Value::Integer(1)), Condition::AtMost(Value::Integer(2))]),
            "..xx......",
        ),
    ];
    for (condition, expected) in table {
        let held: String = values.iter().map(|value| if holds(&condition, value) { 'x' } else { '.' }).collect();
        assert_eq!(held, expected, "{condition:?}");
    }
    assert!(holds(&Condition::All(vec![]), &Value::Null));
}

#[test]
fn texts_are_ordered_by_code_points() {
    assert!(holds(&Condition::AtLeast(text("\u{ffff}")), &text("\u{10000}")));
    assert!(holds(&Condition::AtMost(text("a")), &text("Z")));
}

#[test]
fn words_are_exact() {
    let said = |condition: Condition| describe(&condition);
    assert_eq!(said(Condition::Equals(text("it's"))), r"'it\'s'");
    assert_eq!(said(Condition::Equals(Value::Decimal(2.0))), "2.0");
    assert_eq!(said(Condition::Not(Value::Null)), "not null");
    assert_eq!(said(Condition::OneOf(vec![text("a"), Value::Integer(1)])), "one of 'a', 1");
    assert_eq!(said(matching(r"^\d+$")), r"matching '^\\d+$'");
    assert_eq!(said(Condition::Contains(text("x"))), "containing 'x'");
    assert_eq!(said(Condition::IsNull(true)), "null");
    assert_eq!(said(Condition::IsNull(false)), "set");
    let range = vec![Condition::AtLeast(Value::Integer(1)), Condition::AtMost(Value::Integer(2))];
    assert_eq!(said(Condition::All(range)), "at least 1 and at most 2");
}

proptest! {
    #[test]
    fn bounds_meet_in_equality(left in any::<i64>(), right in -1e18f64..1e18) {
        for (value, bound) in [(Value::Integer(left), Value::Decimal(right)), (Value::Decimal(right), Value::Integer(left))] {
            let above = holds(&Condition::AtLeast(bound.clone()), &value);
            let below = holds(&Condition::AtMost(bound.clone()), &value);
            prop_assert!(above || below);
            prop_assert_eq!(above && below, holds(&Condition::Equals(bound), &value));
        }
    }

    #[test]
    fn not_is_the_opposite_of_equals(left in -3i64..3, right in -3i64..3) {
        let (left, right) = (Value::Integer(left), Value::Integer(right));
        prop_assert_ne!(
            holds(&Condition::Equals(right.clone()), &left),
            holds(&Condition::Not(right), &left)
        );
    }
}

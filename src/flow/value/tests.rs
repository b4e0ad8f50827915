use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::source::diagnostics::{Span, Spanned};
use crate::source::yaml::{Data, Entry, Node, Scalar};

fn scalar(text: &str, plain: bool) -> Scalar {
    Scalar { text: text.into(), plain }
}

fn node(data: Data) -> Node {
    Node { span: Span::default(), data }
}

fn record<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Record(members.into_iter().map(|(name, value)| (Name::from(name), value)).collect())
}

#[test]
fn only_canonical_plain_scalars_are_more_than_text() {
    let spellings = [
        "",
        "~",
        "null",
        "Null",
        "nil",
        "true",
        "false",
        "True",
        "yes",
        "no",
        "on",
        "0",
        "-0",
        "7",
        "-7",
        "0123",
        "00",
        "+1555",
        "1_000",
        "1,000",
        "0x12",
        "0o7",
        "1e3",
        "1.10",
        "-0.5",
        "0.0",
        "-0.0",
        "1.",
        ".5",
        "01.5",
        "1.5.2",
        "-",
        "--1",
        " 1",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "12345678901234567890",
        ".inf",
        ".nan",
        "2026-03-02",
        "10:05",
        "١٢",
    ];
    let mut seen = String::new();
    for text in spellings {
        let value = Value::from_scalar(&scalar(text, true));
        seen += &format!("{text}|{}|{}\n", value.type_name(), value.literal());
        assert_eq!(Value::from_scalar(&scalar(text, false)), Value::from(text), "quoted {text}");
    }
    insta::assert_snapshot!(seen, @r"
    |null|null
    ~|null|null
    null|null|null
    Null|null|null
    nil|text|'nil'
    true|boolean|true
    false|boolean|false
    True|text|'True'
    yes|text|'yes'
    no|text|'no'
    on|text|'on'
    0|integer|0
    -0|integer|0
    7|integer|7
    -7|integer|-7
    0123|text|'0123'
    00|text|'00'
    +1555|text|'+1555'
    1_000|text|'1_000'
    1,000|text|'1,000'
    0x12|text|'0x12'
    0o7|text|'0o7'
    1e3|text|'1e3'
    1.10|decimal|1.1
    -0.5|decimal|-0.5
    0.0|decimal|0.0
    -0.0|decimal|0.0
    1.|text|'1.'
    .5|text|'.5'
    01.5|text|'01.5'
    1.5.2|text|'1.5.2'
    -|text|'-'
    --1|text|'--1'
     1|text|' 1'
    9223372036854775807|integer|9223372036854775807
    -9223372036854775808|integer|-9223372036854775808
    9223372036854775808|text|'9223372036854775808'
    12345678901234567890|text|'12345678901234567890'
    .inf|text|'.inf'
    .nan|text|'.nan'
    2026-03-02|text|'2026-03-02'
    10:05|text|'10:05'
    ١٢|text|'١٢'
    ");
    let infinite = format!("{}.0", "9".repeat(400));
    assert_eq!(Value::from_scalar(&scalar(&infinite, true)), Value::from(infinite.as_str()));
}

#[test]
fn nodes_become_lists_and_records_in_their_order() {
    let item = |text| node(Data::Scalar(scalar(text, true)));
    let entry = |key: &str, value| Entry { key: Spanned::new(key.into(), Span::default()), value };
    let list = node(Data::Sequence(vec![item("0123"), item("1"), item("")]));
    let tree = node(Data::Mapping(vec![entry("z", list), entry("a", item("yes"))]));
    assert_eq!(Value::from_node(&tree).literal(), "{z: ['0123', 1, null], a: 'yes'}");
}

#[test]
fn values_are_spoken_bare_and_quoted_as_literals() {
    let values = [
        Value::Null,
        Value::Boolean(true),
        Value::Integer(-3),
        Value::Decimal(2.0),
        Value::Decimal(120.5),
        Value::Decimal(1e21),
        Value::from("it's \\ \"so\""),
        Value::from("a\tb\r\n\u{1b}[31m\u{202e}\0"),
        Value::from(vec![Value::from("a"), Value::Integer(1), Value::from(vec![])]),
        record([("a", Value::Integer(1)), ("b", Value::from("x"))]),
    ];
    assert_eq!(
        values.each_ref().map(Value::to_string)[..7],
        ["null", "true", "-3", "2", "120.5", "1000000000000000000000", "it's \\ \"so\"",]
    );
    assert_eq!(values[8].to_string(), "a, 1, ");
    assert_eq!(values[9].to_string(), "a: 1, b: x");
    insta::assert_snapshot!(values.each_ref().map(Value::literal).join("\n"), @r#"
    null
    true
    -3
    2.0
    120.5
    1000000000000000000000.0
    'it\'s \\ "so"'
    'a\tb\r\n\u{1b}[31m\u{202e}\u{0}'
    ['a', 1, []]
    {a: 1, b: 'x'}
    "#);
}

#[test]
fn numbers_are_the_same_by_their_exact_value() {
    let same = |left: Value, right: Value| {
        assert_eq!(left.same(&right), right.same(&left));
        left.same(&right)
    };
    assert!(same(Value::Integer(1), Value::Decimal(1.0)));
    assert!(!same(Value::Integer(1), Value::Decimal(1.5)));
    assert!(!same(Value::Integer((1 << 53) + 1), Value::Decimal((1_i64 << 53) as f64)));
    assert!(!same(Value::Integer(i64::MAX), Value::Decimal(i64::MAX as f64)));
    assert!(same(Value::Integer(i64::MIN), Value::Decimal(i64::MIN as f64)));
    assert!(!same(Value::Integer(1), Value::from("1")));
    assert!(!same(Value::Integer(1), Value::Boolean(true)));
    assert!(!same(Value::Null, Value::from("")));
    assert!(same(Value::from(vec![Value::Integer(2)]), Value::from(vec![Value::Decimal(2.0)])));
    assert!(!same(Value::from(vec![Value::Integer(2)]), Value::from(vec![])));
    let (one, two) = (("a", Value::Integer(1)), ("b", Value::from("x")));
    assert!(same(record([one.clone(), two.clone()]), record([two.clone(), one.clone()])));
    assert!(!same(record([one.clone(), two.clone()]), record([one.clone(), ("b", Value::from("y"))])));
    assert!(!same(record([one.clone(), two]), record([one])));
}

#[test]
fn mixed_numbers_are_ordered_exactly() {
    let order = |integer, decimal| Value::Integer(integer).compare_numbers(&Value::Decimal(decimal));
    assert_eq!(order(-1, -1.5), Some(Ordering::Greater));
    assert_eq!(order(-2, -1.5), Some(Ordering::Less));
    assert_eq!(order(1, 1.5), Some(Ordering::Less));
    assert_eq!(order(i64::MAX, 1e300), Some(Ordering::Less));
    assert_eq!(order(i64::MIN, -1e300), Some(Ordering::Greater));
    assert_eq!(order(0, 0.0), Some(Ordering::Equal));
    assert_eq!(Value::from("1").compare_numbers(&Value::Integer(1)), None);
}

#[test]
fn json_numbers_beyond_64_bits_are_decimals() {
    let read = |json: &str| serde_json::from_str::<Value>(json);
    assert_eq!(read("18446744073709551615").unwrap(), Value::Decimal(18446744073709551615.0));
    assert_eq!(read("9223372036854775807").unwrap(), Value::Integer(i64::MAX));
    assert_eq!(read("1.0").unwrap(), Value::Decimal(1.0));
    assert_eq!(read("1e3").unwrap(), Value::Decimal(1000.0));
    assert!(read("1e999").is_err());
    let text = r#"{"z":1,"a":[null,true,0.5],"z":2}"#;
    assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), r#"{"z":2,"a":[null,true,0.5]}"#);
}

#[test]
fn the_schema_takes_anything() {
    assert_eq!(schemars::schema_for!(Value).get("type"), None);
    assert_eq!(schemars::SchemaGenerator::default().subschema_for::<Vec<Value>>().as_value()["items"], true);
}

/// Members in the order of their names, since `serde_json` may sort them.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_filter_map("finite", Value::decimal),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|members| {
                let members: Vec<_> = members.into_iter().map(|(name, value)| (Name::from(name), value)).collect();
                Value::Record(Arc::from(members))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn values_survive_json(value in any_value()) {
        prop_assert_eq!(&Value::from_json(&value.to_json()), &value);
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &value);
        prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&text).unwrap(), &value.to_json());
        prop_assert!(value.same(&value));
    }

    #[test]
    fn of_a_name_given_twice_the_last_value_counts(names in prop::collection::vec(0..24_u8, 0..60)) {
        let members: Vec<String> = (0..).zip(&names).map(|(index, name)| format!(r#""n{name}":{index}"#)).collect();
        let text = format!("{{{}}}", members.join(","));
        let value: Value = serde_json::from_str(&text).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&value.to_json(), &expected);
        let Value::Record(members) = value else { panic!("a record") };
        // In the order in which each name was there first.
        let mut order = names.clone();
        let mut seen = std::collections::HashSet::new();
        order.retain(|name| seen.insert(*name));
        let found: Vec<String> = members.iter().map(|(name, _)| name.to_string()).collect();
        prop_assert_eq!(found, order.iter().map(|name| format!("n{name}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_scalar_is_spoken_as_it_is_written(text in "-?[0-9]{1,22}|[a-z0-9_+. -]{1,12}") {
        // Only decimals may lose digits, those that do not count.
        let value = Value::from_scalar(&scalar(&text, true));
        match &value {
            Value::Decimal(number) => prop_assert_eq!(*number, text.parse::<f64>().unwrap()),
            Value::Integer(0) => prop_assert!(text == "0" || text == "-0"),
            Value::Null => prop_assert!(text == "null" || text == "~"),
            _ => prop_assert_eq!(value.to_string(), text),
        }
    }
}

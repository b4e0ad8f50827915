//! Evaluates and describes conditions on values.

use std::cmp::Ordering;

use crate::flow::Value;
use crate::suite::Condition;

/// Whether a value meets a condition. A missing variable is null.
///
/// Equality is [`Value::same`]: `1` is `1.0`, and the text `'1'` is neither. Order exists between
/// two numbers and between two texts (by code points); an ordering condition on anything else does
/// not hold. Null matches no pattern and contains nothing.
pub(super) fn holds(condition: &Condition, value: &Value) -> bool {
    match condition {
        Condition::Equals(expected) => value.same(expected),
        Condition::Not(unwanted) => !value.same(unwanted),
        Condition::AtLeast(bound) => order(value, bound).is_some_and(Ordering::is_ge),
        Condition::AtMost(bound) => order(value, bound).is_some_and(Ordering::is_le),
        Condition::OneOf(choices) => choices.iter().any(|choice| value.same(choice)),
        Condition::Matches(pattern) => match value {
            Value::Null => false,
            Value::Text(text) => pattern.0.is_match(text),
            other => pattern.0.is_match(&other.to_string()),
        },
        Condition::Contains(part) => contains(value, part),
        Condition::IsNull(expected) => matches!(value, Value::Null) == *expected,
        Condition::All(conditions) => conditions.iter().all(|condition| holds(condition, value)),
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        // The byte order of UTF-8 is the order of code points.
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => left.compare_numbers(right),
    }
}

fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::List(items), _) => items.iter().any(|item| item.same(part)),
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Text(text), Value::Text(part)) => text.contains(&**part),
        (value, part) => value.to_string().contains(&part.to_string()),
    }
}

/// Describes a condition, values as literals.
pub(super) fn describe(condition: &Condition) -> String {
    match condition {
        Condition::Equals(value) => value.literal(),
        Condition::Not(value) => format!("not {}", value.literal()),
        Condition::AtLeast(value) => format!("at least {}", value.literal()),
        Condition::AtMost(value) => format!("at most {}", value.literal()),
        Condition::OneOf(values) => {
            format!("one of {}", values.iter().map(Value::literal).collect::<Vec<_>>().join(", "))
        }
        Condition::Matches(pattern) => format!("matching {}", Value::from(pattern.0.as_str()).literal()),
        Condition::Contains(value) => format!("containing {}", value.literal()),
        Condition::IsNull(true) => "null".to_owned(),
        Condition::IsNull(false) => "set".to_owned(),
        Condition::All(conditions) => conditions.iter().map(describe).collect::<Vec<_>>().join(" and "),
    }
}

#[cfg(test)]
mod tests;

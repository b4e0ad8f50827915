//! Reads conditions on values: an exact value, bounds, a pattern or a part; and bounds on numbers.

use std::cmp::Ordering;

use super::{Bound, Condition, Pattern, TextMatch, interpolate, rules};
use crate::flow::Value;
use crate::source::diagnostics::quoted;
use crate::source::yaml::{Data, Node, Reader};

/// Maximum size in bytes of a compiled regular expression.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Reads a condition: a mapping names its kind, any other value is the expected value.
pub(super) fn condition(node: &Node, reader: &mut Reader<'_>) -> Option<Condition> {
    if node.is_null() {
        return Some(Condition::IsNull(true));
    }
    if !matches!(node.data, Data::Mapping(_)) {
        return Some(Condition::Equals(Value::from_node(node)));
    }
    let mut fields = reader.mapping(node, "a condition")?;
    let mut all: Vec<Option<Condition>> = Vec::new();
    if let Some(entry) = fields.entry("equals") {
        let value = Value::from_node(&entry.value);
        all.push(Some(if value == Value::Null { Condition::IsNull(true) } else { Condition::Equals(value) }));
    }
    if let Some(entry) = fields.entry("not") {
        let value = Value::from_node(&entry.value);
        all.push(Some(if value == Value::Null { Condition::IsNull(false) } else { Condition::Not(value) }));
    }
    let low = fields.take("at_least").map(|node| limit(node, reader));
    let high = fields.take("at_most").map(|node| limit(node, reader));
    if let (Some(Some(low)), Some(Some(high))) = (&low, &high) {
        match order(low, high) {
            Some(Ordering::Greater) => {
                let (low, high) = (low.to_string(), high.to_string());
                empty_range(node, &low, &high, reader);
                all.push(None);
            }
            None => {
                let message = "'at_least' and 'at_most' must both be numbers or both texts";
                let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message);
                reader.report(diagnostic);
                all.push(None);
            }
            Some(_) => {}
        }
    }
    all.extend(low.map(|low| low.map(Condition::AtLeast)));
    all.extend(high.map(|high| high.map(Condition::AtMost)));
    if let Some(node) = fields.take("one_of") {
        let values = reader.sequence(node, "a list of values");
        if values.is_some_and(<[Node]>::is_empty) {
            let diagnostic = reader.error(rules::INVALID_VALUE, node.span, "none of no values can be taken");
            reader.report(diagnostic.help("write at least one value"));
        }
        all.push(
            values
                .filter(|values| !values.is_empty())
                .map(|values| Condition::OneOf(values.iter().map(Value::from_node).collect())),
        );
    }
    all.extend(fields.take("matches").map(|node| pattern(node, reader).map(Condition::Matches)));
    all.extend(fields.take("contains").map(|node| Some(Condition::Contains(Value::from_node(node)))));
    if let Some(entry) = fields.entry("is") {
        all.push(if entry.value.is_null() {
            Some(Condition::IsNull(true))
        } else {
            reader.word(&entry.value, "'null' or 'set'", &["null", "set"]).map(|word| Condition::IsNull(word == 0))
        });
    }
    fields.finish(reader);
    if all.is_empty() {
        if matches!(&node.data, Data::Mapping(entries) if entries.is_empty()) {
            let diagnostic = reader
                .error(rules::INVALID_VALUE, node.span, "an empty condition expects nothing")
                .help("write a value, or one of 'equals', 'not', 'at_least', 'at_most', 'one_of', 'matches', 'contains' and 'is'");
            reader.report(diagnostic);
        }
        return None;
    }
    let mut all: Vec<Condition> = all.into_iter().collect::<Option<_>>()?;
    if all.len() == 1 { all.pop() } else { Some(Condition::All(all)) }
}

/// A number or text that can be a bound.
fn limit(node: &Node, reader: &mut Reader<'_>) -> Option<Value> {
    let value = Value::from_node(node);
    if matches!(value, Value::Integer(_) | Value::Decimal(_) | Value::Text(_)) {
        return Some(value);
    }
    let message = format!("expected a number or a text, found {}", node.describe());
    let diagnostic = reader.error(rules::RULES.wrong_type, node.span, message);
    reader.report(diagnostic);
    None
}

fn order(one: &Value, other: &Value) -> Option<Ordering> {
    let number = |value: &Value| match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Decimal(value) => Some(*value),
        _ => None,
    };
    match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => Some(one.cmp(other)),
        (Value::Text(one), Value::Text(other)) => Some(one.chars().cmp(other.chars())),
        _ => number(one)?.partial_cmp(&number(other)?),
    }
}

/// Reads bounds: a single value is both bounds, a mapping names them.
pub(super) fn bound<T: PartialOrd + Copy + ToString>(
    node: &Node,
    reader: &mut Reader<'_>,
    read: impl Fn(&Node, &mut Reader<'_>) -> Option<T>,
) -> Option<Bound<T>> {
    if !matches!(node.data, Data::Mapping(_)) {
        let exact = read(node, reader)?;
        return Some(Bound { at_least: Some(exact), at_most: Some(exact) });
    }
    let mut fields = reader.mapping(node, "a bound")?;
    let low = fields.entry("at_least").map(|entry| read(&entry.value, reader));
    let high = fields.entry("at_most").map(|entry| read(&entry.value, reader));
    let nothing = low.is_none() && high.is_none();
    fields.finish(reader);
    if nothing {
        let diagnostic = reader
            .error(rules::INVALID_VALUE, node.span, "a bound has 'at_least', 'at_most' or both")
            .help("write '{ at_most: … }', or a single value for exactly that");
        reader.report(diagnostic);
        return None;
    }
    let (low, high) = (super::keypad::transpose(low)?, super::keypad::transpose(high)?);
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        let text = |key| written(node, key).unwrap_or_default();
        empty_range(node, &text("at_least"), &text("at_most"), reader);
        return None;
    }
    Some(Bound { at_least: low, at_most: high })
}

fn written(node: &Node, key: &str) -> Option<String> {
    let Data::Mapping(entries) = &node.data else { return None };
    let entry = entries.iter().find(|entry| &**entry.key == key)?;
    entry.value.as_scalar().map(|scalar| scalar.text.to_string())
}

fn empty_range(node: &Node, low: &str, high: &str, reader: &mut Reader<'_>) {
    let message = format!("nothing is at least {} and at most {}", quoted(low), quoted(high));
    let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message).help("exchange the two");
    reader.report(diagnostic);
}

/// A regular expression.
pub(super) fn pattern(node: &Node, reader: &mut Reader<'_>) -> Option<Pattern> {
    let text = reader.text(node, "a regular expression")?;
    let error = match regex::RegexBuilder::new(&text).size_limit(MAX_PATTERN_BYTES).build() {
        Ok(regex) => return Some(Pattern(regex)),
        Err(error) => error.to_string(),
    };
    // The last line of the library's error holds the message.
    let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").trim_end_matches('.');
    let message = format!("{} is not a regular expression: {reason}", quoted(&text));
    let span = interpolate::part(reader, node.span, &text);
    let diagnostic = reader.error(rules::INVALID_VALUE, span, message);
    reader.report(diagnostic);
    None
}

/// How a text is to be matched, from the keys `equals`, `contains` and `matches` of a mapping; none
/// where there is not exactly one of them.
pub(super) fn text_match(
    node: &Node,
    fields: &mut crate::source::yaml::Fields<'_>,
    reader: &mut Reader<'_>,
) -> Option<TextMatch> {
    let equals =
        fields.take("equals").map(|node| reader.text(node, "a text").map(|text| TextMatch::Equals(text.value)));
    let contains =
        fields.take("contains").map(|node| reader.text(node, "a text").map(|text| TextMatch::Contains(text.value)));
    let matches = fields.take("matches").map(|node| pattern(node, reader).map(TextMatch::Matches));
    let mut given = [equals, contains, matches].into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(one), None) => one,
        (one, _) => {
            let message =
                if one.is_some() { "a prompt is matched in one way" } else { "nothing says how the prompt is matched" };
            let diagnostic = reader
                .error(rules::INVALID_VALUE, node.span, message)
                .help("write one of 'equals', 'contains' and 'matches'");
            reader.report(diagnostic);
            None
        }
    }
}

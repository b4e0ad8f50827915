//! Applies operators to values.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use super::kinds::comparable;
use super::operator::{Arithmetic, Comparison};
use crate::flow::Value;

/// Maximum size of a text that an expression produces, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 64 << 10;

/// Maximum number of items of a list that an expression produces, including nested lists.
const MAX_LIST_ITEMS: usize = 10_000;

/// Maximum bytes of text in such a list.
const MAX_LIST_TEXT_BYTES: usize = 1 << 20;

/// Maximum nesting of such a list.
const MAX_LIST_NESTING: usize = 64;

/// Why an operator has no result; the evaluator adds the operands' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Clash,
    DivisionByZero,
    Overflow,
    /// The limit that was exceeded, for the message.
    TooLarge(&'static str),
}

pub(super) const TEXT_TOO_LARGE: Fault = Fault::TooLarge("a text may have 64 KiB");

/// Compares two values; none if their types cannot be compared.
#[inline]
pub(super) fn compare(operator: Comparison, left: &Value, right: &Value) -> Option<bool> {
    match operator {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => equal(left, right).map(|equal| !equal),
        Comparison::Less => order(left, right).map(Ordering::is_lt),
        Comparison::LessEqual => order(left, right).map(Ordering::is_le),
        Comparison::Greater => order(left, right).map(Ordering::is_gt),
        Comparison::GreaterEqual => order(left, right).map(Ordering::is_ge),
        Comparison::In => contains(left, right),
        Comparison::NotIn => contains(left, right).map(|found| !found),
    }
}

fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left == right),
        (Value::Text(left), Value::Text(right)) => Some(left == right),
        _ => comparable(left.kind(), right.kind()).then(|| left.same(right)),
    }
}

/// Texts are ordered by code point, which is the order of their bytes.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => left.compare_numbers(right),
    }
}

/// Whether a list contains an equal item, or a text the part. None if no item of the list can be
/// compared with the value: `5 in ['5']` is an error, not false.
pub(super) fn contains(part: &Value, whole: &Value) -> Option<bool> {
    match (part, whole) {
        (_, Value::List(items)) => {
            let mut any = items.is_empty();
            for item in items.iter() {
                match equal(part, item) {
                    Some(true) => return Some(true),
                    Some(false) => any = true,
                    None => {}
                }
            }
            any.then_some(false)
        }
        (Value::Text(part), Value::Text(whole)) => Some(whole.contains(&**part)),
        _ => None,
    }
}

pub(super) fn arithmetic(operator: Arithmetic, left: &Value, right: &Value) -> Result<Value, Fault> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => integers(operator, *left, *right),
        (Value::Integer(left), Value::Decimal(right)) => decimals(operator, *left as f64, *right),
        (Value::Decimal(left), Value::Integer(right)) => decimals(operator, *left, *right as f64),
        (Value::Decimal(left), Value::Decimal(right)) => decimals(operator, *left, *right),
        (Value::Text(left), Value::Text(right)) if operator == Arithmetic::Add => {
            if left.len() + right.len() > MAX_TEXT_BYTES {
                return Err(TEXT_TOO_LARGE);
            }
            Ok(Value::from([&**left, &**right].concat()))
        }
        _ => Err(Fault::Clash),
    }
}

fn integers(operator: Arithmetic, left: i64, right: i64) -> Result<Value, Fault> {
    let result = match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide | Arithmetic::Remainder if right == 0 => return Err(Fault::DivisionByZero),
        // The minimum integer modulo -1 is 0, although the quotient is out of range.
        Arithmetic::Remainder => Some(left.wrapping_rem(right)),
        Arithmetic::Divide if left.wrapping_rem(right) != 0 => return decimals(operator, left as f64, right as f64),
        Arithmetic::Divide => left.checked_div(right),
    };
    result.map(Value::Integer).ok_or(Fault::Overflow)
}

fn decimals(operator: Arithmetic, left: f64, right: f64) -> Result<Value, Fault> {
    let result = match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide if right == 0.0 => return Err(Fault::DivisionByZero),
        Arithmetic::Divide => left / right,
        Arithmetic::Remainder => return Err(Fault::Clash),
    };
    Value::decimal(result).ok_or(Fault::Overflow)
}

/// Checks the limits of a list. Shared items count each time they occur: a variable repeatedly set
/// to a list of itself twice would otherwise take hours to print.
pub(super) fn check_size(list: &Value) -> Result<(), Fault> {
    let mut budget = Budget { items: MAX_LIST_ITEMS, text: MAX_LIST_TEXT_BYTES };
    budget.spend(list, MAX_LIST_NESTING)
}

struct Budget {
    items: usize,
    text: usize,
}

impl Budget {
    fn spend(&mut self, value: &Value, nesting: usize) -> Result<(), Fault> {
        let Some(nesting) = nesting.checked_sub(1) else {
            return Err(Fault::TooLarge("a list may be nested 64 levels deep"));
        };
        match value {
            Value::List(items) => {
                self.take_items(items.len())?;
                items.iter().try_for_each(|item| self.spend(item, nesting))
            }
            Value::Record(members) => {
                self.take_items(members.len())?;
                members.iter().try_for_each(|(name, value)| {
                    self.take_text(name.len())?;
                    self.spend(value, nesting)
                })
            }
            Value::Text(text) => self.take_text(text.len()),
            Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Decimal(_) => Ok(()),
        }
    }

    fn take_items(&mut self, count: usize) -> Result<(), Fault> {
        self.items = self.items.checked_sub(count).ok_or(Fault::TooLarge("a list may have 10,000 items"))?;
        Ok(())
    }

    fn take_text(&mut self, bytes: usize) -> Result<(), Fault> {
        self.text = self.text.checked_sub(bytes).ok_or(Fault::TooLarge("a list may hold 1 MiB of text"))?;
        Ok(())
    }
}

/// A text that stops growing at its limit.
#[derive(Default)]
pub(super) struct BoundedText(String);

impl BoundedText {
    pub(super) fn push(&mut self, value: impl fmt::Display) -> Result<(), Fault> {
        write!(self, "{value}").map_err(|_| TEXT_TOO_LARGE)
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

impl Write for BoundedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_TEXT_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

//! Evaluates function calls.

use std::borrow::Cow;

use super::error::{EvaluationError, named};
use super::evaluate::{Evaluator, Failure};
use super::function::Function;
use super::kinds::Kinds;
use super::operate::{self, BoundedText, Fault, MAX_TEXT_BYTES, TEXT_TOO_LARGE};
use super::parse::{list_type, operand};
use super::syntax::Syntax;
use crate::flow::Value;

/// A call being evaluated.
struct Call<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    function: Function,
    arguments: &'a [Syntax],
}

impl<'a> Evaluator<'a> {
    /// Evaluates a function call; the parser has checked the number of arguments.
    pub(super) fn call(
        &self,
        syntax: &Syntax,
        function: Function,
        arguments: &'a [Syntax],
    ) -> Result<Cow<'a, Value>, Failure> {
        let call = Call { evaluator: self, function, arguments };
        match (function, arguments) {
            (Function::If, [condition, yes, no]) => self.value(if self.boolean(condition, "if")? { yes } else { no }),
            (Function::Default, [value, fallback]) => match self.value(value) {
                Ok(value) if *value != Value::Null => Ok(value),
                Ok(_) => self.value(fallback),
                Err(error) if matches!(*error, EvaluationError::UnknownVariable { .. }) => self.value(fallback),
                Err(error) => Err(error),
            },
            (Function::Min | Function::Max, _) => call.extreme(),
            _ => match call.apply() {
                Ok(value) => Ok(Cow::Owned(value)),
                Err(CallError::Failure(failure)) => Err(failure),
                Err(CallError::Fault(fault)) => Err(self.fault(fault, syntax.start, syntax.end)),
            },
        }
    }
}

/// Why a call has no value: the failure of an argument, or a fault of the call as a whole.
enum CallError {
    Failure(Failure),
    Fault(Fault),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Fault> for CallError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'a> Call<'_, 'a> {
    fn apply(&self) -> Result<Value, CallError> {
        Ok(match self.function {
            Function::IsNull => Value::Boolean(*self.value(0)? == Value::Null),
            Function::Len => self.len()?,
            Function::Upper => bounded(self.text(0)?.to_uppercase())?,
            Function::Lower => bounded(self.text(0)?.to_lowercase())?,
            Function::Trim => Value::from(self.text(0)?.trim()),
            Function::Substr => self.substr()?,
            Function::Contains => self.contains()?,
            Function::StartsWith => Value::Boolean(self.text(0)?.starts_with(&*self.text(1)?)),
            Function::EndsWith => Value::Boolean(self.text(0)?.ends_with(&*self.text(1)?)),
            Function::Digits => Value::Boolean(is_digits(&self.text(0)?)),
            Function::Number => self.number()?,
            Function::Text => {
                let mut text = BoundedText::default();
                text.push(&*self.value(0)?)?;
                Value::from(text.finish())
            }
            Function::Abs => match *self.value(0)? {
                Value::Integer(number) => Value::Integer(number.checked_abs().ok_or(Fault::Overflow)?),
                Value::Decimal(number) => finite(number.abs())?,
                ref other => return Err(self.wrong_type(0, other).into()),
            },
            Function::Round => self.round()?,
            Function::Floor => self.whole(f64::floor)?,
            Function::Ceil => self.whole(f64::ceil)?,
            // `call` evaluates these lazily and never gets here.
            Function::If | Function::Default | Function::Matches | Function::Min | Function::Max => Value::Null,
        })
    }

    fn argument(&self, index: usize) -> &'a Syntax {
        // In range: the parser counted the arguments.
        &self.arguments[index]
    }

    fn value(&self, index: usize) -> Result<Cow<'a, Value>, Failure> {
        self.evaluator.value(self.argument(index))
    }

    fn wrong_type(&self, index: usize, value: &Value) -> Failure {
        let signature = self.function.signature();
        self.evaluator.wrong_type(signature.name, signature.parameter(index), self.argument(index), value)
    }

    fn text(&self, index: usize) -> Result<Cow<'a, str>, Failure> {
        match self.value(index)? {
            Cow::Borrowed(Value::Text(text)) => Ok(Cow::Borrowed(text)),
            Cow::Owned(Value::Text(text)) => Ok(Cow::Owned(text.as_ref().to_owned())),
            other => Err(self.wrong_type(index, &other)),
        }
    }

    fn integer(&self, index: usize) -> Result<i64, Failure> {
        match *self.value(index)? {
            Value::Integer(number) => Ok(number),
            ref other => Err(self.wrong_type(index, other)),
        }
    }

    fn bad(&self, index: usize, expected: &'static str) -> Failure {
        Box::new(EvaluationError::BadArgument {
            function: self.function.signature().name,
            expected,
            argument: named(self.evaluator.text, self.argument(index)),
        })
    }

    fn len(&self) -> Result<Value, Failure> {
        let value = self.value(0)?;
        match &*value {
            // The length of a text or list fits into an i64.
            Value::Text(text) => Ok(Value::Integer(text.chars().count() as i64)),
            Value::List(items) => Ok(Value::Integer(items.len() as i64)),
            other => Err(self.wrong_type(0, other)),
        }
    }

    fn substr(&self) -> Result<Value, Failure> {
        let text = self.text(0)?;
        let start = usize::try_from(self.integer(1)?.max(0)).unwrap_or(usize::MAX);
        let length = usize::try_from(self.integer(2)?.max(0)).unwrap_or(usize::MAX);
        let offset = |text: &str, count| text.char_indices().nth(count).map_or(text.len(), |(offset, _)| offset);
        let rest = &text[offset(&text, start)..];
        Ok(Value::from(&rest[..offset(rest, length)]))
    }

    fn contains(&self) -> Result<Value, Failure> {
        let (whole, part) = (self.value(0)?, self.value(1)?);
        if let Some(found) = operate::contains(&part, &whole) {
            return Ok(Value::Boolean(found));
        }
        let text = self.evaluator.text;
        Err(match &*whole {
            Value::Text(_) => self.evaluator.wrong_type("contains", Kinds::TEXT, self.argument(1), &part),
            Value::List(items) => Box::new(EvaluationError::Incomparable {
                operator: "contains",
                left: operand(&named(text, self.argument(1)), part.type_name()),
                right: operand(&named(text, self.argument(0)), list_type(items)),
            }),
            other => self.wrong_type(0, other),
        })
    }

    /// Converts a text of digits to a number; leading zeros are ignored because callers key them.
    fn number(&self) -> Result<Value, CallError> {
        let value = self.value(0)?;
        let text = match &*value {
            Value::Integer(_) | Value::Decimal(_) => return Ok(value.into_owned()),
            Value::Text(text) => text,
            other => return Err(self.wrong_type(0, other).into()),
        };
        let (sign, digits) = text.strip_prefix('-').map_or(("", &**text), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        if !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return Err(self.bad(0, "a text of digits such as 12, -7 or 0.5").into());
        }
        // Without leading zeros, except the last digit.
        let significant = whole.trim_start_matches('0');
        let whole = if significant.is_empty() { "0" } else { significant };
        let number = match fraction {
            None => Value::from_canonical(&format!("{sign}{whole}")),
            Some(fraction) => Value::from_canonical(&format!("{sign}{whole}.{fraction}")),
        };
        number.ok_or(CallError::Fault(Fault::Overflow))
    }

    fn extreme(&self) -> Result<Cow<'a, Value>, Failure> {
        let mut best = self.value(0)?;
        if !matches!(*best, Value::Integer(_) | Value::Decimal(_)) {
            return Err(self.wrong_type(0, &best));
        }
        for index in 1..self.arguments.len() {
            let value = self.value(index)?;
            let Some(order) = value.compare_numbers(&best) else { return Err(self.wrong_type(index, &value)) };
            if if self.function == Function::Min { order.is_lt() } else { order.is_gt() } {
                best = value;
            }
        }
        Ok(best)
    }

    fn round(&self) -> Result<Value, CallError> {
        let Some(_) = self.arguments.get(1) else { return self.whole(f64::round) };
        let places = match self.integer(1)? {
            places @ 0..=15 => places as usize,
            _ => return Err(self.bad(1, "a number of places from 0 to 15").into()),
        };
        match *self.value(0)? {
            Value::Integer(number) => Ok(Value::Integer(number)),
            Value::Decimal(number) => Ok(finite(round_places(number, places))?),
            ref other => Err(self.wrong_type(0, other).into()),
        }
    }

    fn whole(&self, round: fn(f64) -> f64) -> Result<Value, CallError> {
        match *self.value(0)? {
            Value::Integer(number) => Ok(Value::Integer(number)),
            Value::Decimal(number) => {
                let whole = round(number);
                // 2^63 is the first double above i64; -2^63 is the minimum of i64.
                if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
                    Ok(Value::Integer(whole as i64))
                } else {
                    Err(Fault::Overflow.into())
                }
            }
            ref other => Err(self.wrong_type(0, other).into()),
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn bounded(text: String) -> Result<Value, Fault> {
    if text.len() > MAX_TEXT_BYTES { Err(TEXT_TOO_LARGE) } else { Ok(Value::from(text)) }
}

fn finite(number: f64) -> Result<Value, Fault> {
    Value::decimal(number).ok_or(Fault::Overflow)
}

/// Rounds half away from zero by the decimal digits of the number: 2.675 becomes 2.68 at two
/// places, although the nearest double is slightly below 2.675.
fn round_places(number: f64, places: usize) -> f64 {
    let digits = number.abs().to_string(); // the shortest digits that give this double, never an exponent
    let Some((whole, fraction)) = digits.split_once('.').filter(|(_, fraction)| fraction.len() > places) else {
        return number;
    };
    let up = fraction.as_bytes()[places] >= b'5';
    // A double with a fraction is below 2^53, so this is at most 16 + 15 digits.
    let Ok(kept) = format!("{whole}{}", &fraction[..places]).parse::<u128>() else { return number };
    let kept = format!("{:0>width$}", kept + u128::from(up), width = places + 1);
    let (whole, fraction) = kept.split_at(kept.len() - places);
    format!("{whole}.{fraction}0").parse::<f64>().map_or(number, |rounded| rounded.copysign(number))
}

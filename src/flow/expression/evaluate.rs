//! Evaluates the syntax tree.

use std::borrow::Cow;

use super::System;
use super::error::{EvaluationError, excerpt, named};
use super::kinds::{Kinds, with_article};
use super::operate::{self, Fault};
use super::operator::{Arithmetic, Comparison};
use super::parse::{list_type, operand};
use super::syntax::{Form, Syntax};
use crate::flow::{Name, Value, ValueKind as Kind};

/// The source of the values that an expression reads.
pub trait Scope {
    /// The value of a variable, if it has one.
    fn variable(&self, slot: usize) -> Option<&Value>;

    /// The value of a system variable of the call or its clock.
    ///
    /// # Errors
    /// [`EvaluationError::NoClock`] or [`EvaluationError::NoCall`] when the scenario does not
    /// define it.
    fn system(&self, name: System) -> Result<Value, EvaluationError>;
}

/// A boxed error, so that the result of each evaluation step stays small.
pub(super) type Failure = Box<EvaluationError>;

/// One evaluation of one expression.
#[derive(Clone, Copy)]
pub(super) struct Evaluator<'a> {
    pub text: &'a str,
    pub scope: &'a dyn Scope,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(text: &'a str, scope: &'a dyn Scope) -> Self {
        Self { text, scope }
    }

    pub(super) fn value(&self, syntax: &'a Syntax) -> Result<Cow<'a, Value>, Failure> {
        match &syntax.form {
            Form::Constant(value) => Ok(Cow::Borrowed(value)),
            Form::Variable(slot) => match self.scope.variable(*slot) {
                Some(value) => Ok(Cow::Borrowed(value)),
                None => Err(self.unknown(syntax)),
            },
            Form::System(name) => Ok(Cow::Owned(self.scope.system(*name)?)),
            Form::List(items) => self.list(syntax, items),
            Form::Member(record, member) => self.member(record, member),
            Form::Index(list, index) => self.index(syntax, list, index),
            Form::Negate(operand) => self.negate(syntax, operand),
            Form::Arithmetic(first, rest) => self.arithmetic(first, rest),
            Form::Call(function, arguments) => self.call(syntax, *function, arguments),
            Form::Not(..) | Form::And(_) | Form::Or(_) | Form::Compare(..) | Form::Matches(..) => {
                Ok(Cow::Owned(Value::Boolean(self.boolean(syntax, "")?)))
            }
        }
    }

    /// Evaluates a boolean operand of `operation`.
    pub(super) fn boolean(&self, syntax: &'a Syntax, operation: &'static str) -> Result<bool, Failure> {
        match &syntax.form {
            Form::Compare(operator, operands) => self.compare(*operator, &operands.0, &operands.1),
            Form::And(operands) => {
                for operand in operands {
                    if !self.boolean(operand, "&&")? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Form::Or(operands) => {
                for operand in operands {
                    if self.boolean(operand, "||")? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Form::Not(written, operand) => Ok(!self.boolean(operand, written)?),
            Form::Matches(text, regex) => {
                let value = self.value(text)?;
                match value.as_text() {
                    Some(text) => Ok(regex.is_match(text)),
                    None => Err(self.wrong_type("matches", Kinds::TEXT, text, &value)),
                }
            }
            _ => {
                let value = self.value(syntax)?;
                match *value {
                    Value::Boolean(value) => Ok(value),
                    _ => Err(self.wrong_type(operation, Kinds::BOOLEAN, syntax, &value)),
                }
            }
        }
    }

    /// Evaluates the whole expression as a condition.
    pub(super) fn condition(&self, root: &'a Syntax) -> Result<bool, Failure> {
        if matches!(root.form, Form::Compare(..) | Form::And(_) | Form::Or(_) | Form::Not(..) | Form::Matches(..)) {
            return self.boolean(root, "");
        }
        let value = self.value(root)?;
        match *value {
            Value::Boolean(value) => Ok(value),
            _ => Err(Box::new(EvaluationError::NotBoolean {
                expression: excerpt(self.text, 0, u32::MAX),
                found: with_article(value.type_name()).into(),
            })),
        }
    }

    fn compare(&self, operator: Comparison, left: &'a Syntax, right: &'a Syntax) -> Result<bool, Failure> {
        // The fast path: nearly every operand is a variable or a constant.
        let (left_value, right_value) = (self.operand(left)?, self.operand(right)?);
        match operate::compare(operator, &left_value, &right_value) {
            Some(answer) => Ok(answer),
            None => Err(self.incomparable(operator, (left, &left_value), (right, &right_value))),
        }
    }

    #[inline]
    fn operand(&self, syntax: &'a Syntax) -> Result<Cow<'a, Value>, Failure> {
        match &syntax.form {
            Form::Constant(value) => Ok(Cow::Borrowed(value)),
            Form::Variable(slot) if let Some(value) = self.scope.variable(*slot) => Ok(Cow::Borrowed(value)),
            _ => self.value(syntax),
        }
    }

    fn arithmetic(&self, first: &'a Syntax, rest: &'a [(Arithmetic, Syntax)]) -> Result<Cow<'a, Value>, Failure> {
        let mut left = self.operand(first)?;
        let mut end = first.end;
        for (operator, syntax) in rest {
            let right = self.operand(syntax)?;
            let result = operate::arithmetic(*operator, &left, &right);
            left = match result {
                Ok(value) => Cow::Owned(value),
                Err(Fault::Clash) => {
                    // After the first step the left operand is the chain up to here.
                    let name = if end == first.end {
                        named(self.text, first)
                    } else {
                        format!("'{}'", excerpt(self.text, first.start, end)).into()
                    };
                    return Err(Box::new(EvaluationError::TypeClash {
                        operator: operator.symbol(),
                        left: operand(&name, left.type_name()),
                        right: self.describe(syntax, &right),
                    }));
                }
                Err(fault) => return Err(self.fault(fault, first.start, syntax.end)),
            };
            end = syntax.end;
        }
        Ok(left)
    }

    fn negate(&self, syntax: &'a Syntax, operand: &'a Syntax) -> Result<Cow<'a, Value>, Failure> {
        let value = self.value(operand)?;
        match *value {
            Value::Integer(number) => match number.checked_neg() {
                Some(number) => Ok(Cow::Owned(Value::Integer(number))),
                None => Err(self.fault(Fault::Overflow, syntax.start, syntax.end)),
            },
            // The negative of a finite number is finite.
            Value::Decimal(number) => Ok(Cow::Owned(Value::decimal(-number).unwrap_or_default())),
            _ => Err(self.wrong_type("-", Kinds::NUMBER, operand, &value)),
        }
    }

    fn list(&self, syntax: &'a Syntax, items: &'a [Syntax]) -> Result<Cow<'a, Value>, Failure> {
        let values = items.iter().map(|item| self.value(item).map(Cow::into_owned)).collect::<Result<Vec<_>, _>>()?;
        let list = Value::from(values);
        match operate::check_size(&list) {
            Ok(()) => Ok(Cow::Owned(list)),
            Err(fault) => Err(self.fault(fault, syntax.start, syntax.end)),
        }
    }

    fn member(&self, record: &'a Syntax, member: &Name) -> Result<Cow<'a, Value>, Failure> {
        let value = self.value(record)?;
        if value.kind() != Kind::Record {
            return Err(self.wrong_type(".", Kinds::RECORD, record, &value));
        }
        let found = match &value {
            Cow::Borrowed(value) => value.member(member).map(Cow::Borrowed),
            Cow::Owned(value) => value.member(member).cloned().map(Cow::Owned),
        };
        found.ok_or_else(|| {
            let record = excerpt(self.text, record.start, record.end);
            Box::new(EvaluationError::MissingMember { record, member: member.clone() })
        })
    }

    fn index(&self, syntax: &'a Syntax, list: &'a Syntax, index: &'a Syntax) -> Result<Cow<'a, Value>, Failure> {
        let value = self.value(list)?;
        let Value::List(items) = &*value else { return Err(self.wrong_type("[]", Kinds::LIST, list, &value)) };
        let position = self.value(index)?;
        let Value::Integer(number) = *position else {
            return Err(self.wrong_type("[]", Kinds::INTEGER, index, &position));
        };
        let place = usize::try_from(number).ok().filter(|&place| place < items.len());
        let found = match (&value, place) {
            (Cow::Borrowed(Value::List(items)), Some(place)) => items.get(place).map(Cow::Borrowed),
            (_, Some(place)) => items.get(place).cloned().map(Cow::Owned),
            (_, None) => None,
        };
        found.ok_or_else(|| {
            Box::new(EvaluationError::IndexOutOfRange {
                expression: excerpt(self.text, syntax.start, syntax.end),
                list: excerpt(self.text, list.start, list.end),
                length: items.len(),
            })
        })
    }

    #[cold]
    fn unknown(&self, syntax: &Syntax) -> Failure {
        // The name without surrounding brackets.
        let name = excerpt(self.text, syntax.start, syntax.end);
        let name = name.trim_matches(|character: char| matches!(character, '(' | ')') || character.is_whitespace());
        Box::new(EvaluationError::UnknownVariable { name: name.into() })
    }

    #[cold]
    fn incomparable(
        &self,
        operator: Comparison,
        (left, left_value): (&Syntax, &Value),
        (right, right_value): (&Syntax, &Value),
    ) -> Failure {
        let right = match (operator, right_value) {
            (Comparison::In | Comparison::NotIn, Value::List(items)) => {
                operand(&named(self.text, right), list_type(items))
            }
            _ => self.describe(right, right_value),
        };
        let left = self.describe(left, left_value);
        Box::new(EvaluationError::Incomparable { operator: operator.symbol(), left, right })
    }

    #[cold]
    pub(super) fn wrong_type(&self, operation: &'static str, kinds: Kinds, syntax: &Syntax, value: &Value) -> Failure {
        let found = self.describe(syntax, value);
        Box::new(EvaluationError::WrongType { operation, expected: kinds.with_article().into(), found })
    }

    #[cold]
    pub(super) fn fault(&self, fault: Fault, start: u32, end: u32) -> Failure {
        let expression = excerpt(self.text, start, end);
        Box::new(match fault {
            Fault::DivisionByZero => EvaluationError::DivisionByZero { expression },
            Fault::Clash | Fault::Overflow => EvaluationError::Overflow { expression },
            Fault::TooLarge(limit) => EvaluationError::TooLarge { expression, limit },
        })
    }

    fn describe(&self, syntax: &Syntax, value: &Value) -> Box<str> {
        operand(&named(self.text, syntax), value.type_name())
    }
}

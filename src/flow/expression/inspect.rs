//! Static analysis of conditions: whether one is constant, and for which numbers it holds.

use std::cell::Cell;

use super::function::Function;
use super::operator::Comparison;
use super::syntax::{Form, Syntax};
use super::{EvaluationError, Expression, Scope, System, Template};
use crate::flow::Value;

/// 2^53: beyond it, not every integer has an exact double.
const MAX_EXACT_INTEGER: i64 = 1 << 53;

/// The constant result of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Always {
    /// This value.
    Boolean(bool),
    /// An error with this message.
    Mistake(String),
}

/// The numbers of one variable for which a condition holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The variable.
    pub slot: usize,
    low: Bound,
    high: Bound,
}

/// The bound of an interval; absent if infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    at: f64,
    /// Whether the interval includes the number.
    included: bool,
}

impl Interval {
    fn all(slot: usize) -> Self {
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        Self { slot, low: Bound { at: low, included: false }, high: Bound { at: high, included: false } }
    }

    /// The intersection; none if the variables differ.
    pub fn and(self, other: Self) -> Option<Self> {
        // Of two bounds at the same number, the exclusive one is narrower.
        let narrower = |one: Bound, two: Bound, one_is_inside: bool| {
            if one.at == two.at {
                Bound { at: one.at, included: one.included && two.included }
            } else if one_is_inside {
                one
            } else {
                two
            }
        };
        (self.slot == other.slot).then(|| Self {
            slot: self.slot,
            low: narrower(self.low, other.low, self.low.at > other.low.at),
            high: narrower(self.high, other.high, self.high.at < other.high.at),
        })
    }

    /// Whether it contains no number.
    pub fn is_empty(&self) -> bool {
        self.low.at > self.high.at || (self.low.at == self.high.at && !(self.low.included && self.high.included))
    }

    /// Whether it contains every number of `other`, an interval of the same variable.
    pub fn covers(&self, other: &Self) -> bool {
        self.and(*other) == Some(*other)
    }

    /// Whether the intervals overlap.
    pub fn meets(&self, other: &Self) -> bool {
        self.and(*other).is_some_and(|both| !both.is_empty())
    }
}

impl Expression {
    /// The result of the expression as a condition if it is constant.
    pub fn always(&self) -> Option<Always> {
        let asked = AccessProbe(Cell::new(false));
        let found = self.evaluate_boolean(&asked);
        if !asked.0.get() {
            return Some(match found {
                Ok(value) => Always::Boolean(value),
                Err(error) => Always::Mistake(error.to_string()),
            });
        }
        // `x > 5 and x < 3` is never true; it is an error if `x` is not a number.
        self.interval().filter(Interval::is_empty).map(|_| Always::Boolean(false))
    }

    /// The numbers for which it holds, if it only compares one variable with literal numbers.
    pub fn interval(&self) -> Option<Interval> {
        interval(&self.root)
    }

    /// The slots that must have a value: all that it reads, except those that only the first
    /// argument of `default` reads.
    pub fn needs(&self) -> Vec<usize> {
        let mut slots = Vec::new();
        needs(&self.root, &mut slots);
        slots
    }
}

impl Template {
    /// The slots that must have a value to render the text.
    pub fn needs(&self) -> Vec<usize> {
        self.holes().flat_map(Expression::needs).collect()
    }
}

/// A scope without values that records whether a value was requested.
struct AccessProbe(Cell<bool>);

impl Scope for AccessProbe {
    fn variable(&self, _: usize) -> Option<&Value> {
        self.0.set(true);
        None
    }

    fn system(&self, _: System) -> Result<Value, EvaluationError> {
        self.0.set(true);
        Err(EvaluationError::NoClock)
    }
}

fn interval(syntax: &Syntax) -> Option<Interval> {
    match &syntax.form {
        Form::Compare(operator, operands) => {
            let (left, right) = &**operands;
            match (&left.form, &right.form) {
                (Form::Variable(slot), _) => comparison(*slot, *operator, number(right)?),
                (_, Form::Variable(slot)) => comparison(*slot, mirrored(*operator), number(left)?),
                _ => None,
            }
        }
        Form::And(operands) => {
            let mut intervals = operands.iter().map(interval);
            let first = intervals.next()??;
            intervals.try_fold(first, |all, next| all.and(next?))
        }
        _ => None,
    }
}

fn comparison(slot: usize, operator: Comparison, number: f64) -> Option<Interval> {
    let mut interval = Interval::all(slot);
    let bound = |included| Bound { at: number, included };
    match operator {
        Comparison::Equal => (interval.low, interval.high) = (bound(true), bound(true)),
        Comparison::Less => interval.high = bound(false),
        Comparison::LessEqual => interval.high = bound(true),
        Comparison::Greater => interval.low = bound(false),
        Comparison::GreaterEqual => interval.low = bound(true),
        Comparison::NotEqual | Comparison::In | Comparison::NotIn => return None,
    }
    Some(interval)
}

/// The operator for swapped operands.
fn mirrored(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        same => same,
    }
}

fn number(syntax: &Syntax) -> Option<f64> {
    match &syntax.form {
        Form::Constant(Value::Integer(number)) if (-MAX_EXACT_INTEGER..=MAX_EXACT_INTEGER).contains(number) => {
            Some(*number as f64)
        }
        Form::Constant(Value::Decimal(number)) => Some(*number),
        Form::Negate(operand) => number(operand).map(|number| -number),
        _ => None,
    }
}

/// The parser bounds the depth of the tree.
fn needs(syntax: &Syntax, slots: &mut Vec<usize>) {
    match &syntax.form {
        Form::Constant(_) | Form::System(_) => {}
        Form::Variable(slot) => slots.push(*slot),
        Form::List(parts) | Form::And(parts) | Form::Or(parts) => parts.iter().for_each(|part| needs(part, slots)),
        Form::Member(part, _) | Form::Not(_, part) | Form::Negate(part) | Form::Matches(part, _) => needs(part, slots),
        Form::Index(list, index) => {
            needs(list, slots);
            needs(index, slots);
        }
        Form::Compare(_, operands) => {
            needs(&operands.0, slots);
            needs(&operands.1, slots);
        }
        Form::Arithmetic(first, rest) => {
            needs(first, slots);
            rest.iter().for_each(|(_, part)| needs(part, slots));
        }
        Form::Call(function, parts) => {
            let skipped = usize::from(*function == Function::Default);
            parts.iter().skip(skipped).for_each(|part| needs(part, slots));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::flow::expression::Slots;
    use crate::source::diagnostics::{Source, Span, Spanned};

    fn parse(text: &str) -> (Expression, Slots) {
        let mut slots = Slots::new();
        let source = Source::new("t", text);
        let spanned = Spanned::new(text.to_owned(), Span::new(0, text.len()));
        let expression = Expression::parse(&source, &spanned, &mut slots).unwrap_or_else(|e| panic!("{}", e.message));
        (expression, slots)
    }

    #[test]
    fn what_is_always_the_same() {
        for (text, expected) in [
            ("true", Some(Always::Boolean(true))),
            ("1 + 1 == 3", Some(Always::Boolean(false))),
            ("true or x", Some(Always::Boolean(true))),
            ("x or true", None),
            ("x == x", None),
            ("call.ani == '1'", None),
            ("x > 5 and x < 3", Some(Always::Boolean(false))),
            ("x >= 3 and 3 >= x", None),
        ] {
            assert_eq!(parse(text).0.always(), expected, "{text}");
        }
        assert!(matches!(parse("1 / 0 == 1").0.always(), Some(Always::Mistake(_))));
    }

    #[test]
    fn default_does_without_its_first_argument() {
        let (expression, slots) = parse("default(a, b) == c and is_null(d)");
        let names: Vec<&str> = expression.needs().into_iter().map(|slot| &**slots.name(slot)).collect();
        assert_eq!(names, ["b", "c", "d"]);
    }

    /// A scope in which every variable is this number.
    struct Number(Value);

    impl Scope for Number {
        fn variable(&self, _: usize) -> Option<&Value> {
            Some(&self.0)
        }
        fn system(&self, _: System) -> Result<Value, EvaluationError> {
            Err(EvaluationError::NoClock)
        }
    }

    fn condition() -> impl Strategy<Value = String> {
        let part = (prop::sample::select(vec!["<", "<=", ">", ">=", "=="]), -3i64..4, any::<bool>()).prop_map(
            |(operator, number, first)| {
                if first { format!("x {operator} {number}") } else { format!("{number} {operator} x") }
            },
        );
        prop::collection::vec(part, 1..3).prop_map(|parts| parts.join(" and "))
    }

    proptest! {
        #[test]
        fn intervals_say_what_evaluation_says(one in condition(), two in condition()) {
            let (first, second) = (parse(&one).0, parse(&two).0);
            let (a, b) = (first.interval().unwrap(), second.interval().unwrap());
            // Halves lie between any two of the numbers that the conditions name, so these stand
            // for all.
            let holds = |expression: &Expression, half: i32| {
                expression.evaluate_boolean(&Number(Value::Decimal(f64::from(half) / 2.0))).unwrap()
            };
            let all = -9..=9;
            prop_assert_eq!(a.is_empty(), !all.clone().any(|half| holds(&first, half)));
            prop_assert_eq!(a.meets(&b), all.clone().any(|half| holds(&first, half) && holds(&second, half)));
            if !b.is_empty() {
                prop_assert_eq!(a.covers(&b), all.clone().all(|half| holds(&first, half) || !holds(&second, half)));
            }
        }
    }
}

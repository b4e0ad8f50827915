use std::sync::Arc;

use super::*;
use crate::flow::{Name, Value, ValueKind as Kind};
use crate::source::diagnostics::{Diagnostic, Source, Span, Spanned};

mod agreement;
mod evaluation;
mod mistakes;
mod templates;

/// A caller of a bank on a Monday morning.
struct Call {
    values: Vec<Option<Value>>,
    clock: bool,
}

impl Call {
    fn new(slots: &Slots) -> Self {
        Self { values: slots.iter().map(|name| value_of(name)).collect(), clock: true }
    }
}

impl Scope for Call {
    fn variable(&self, slot: usize) -> Option<&Value> {
        self.values.get(slot)?.as_ref()
    }

    fn system(&self, name: System) -> Result<Value, EvaluationError> {
        if name.is_clock() && !self.clock {
            return Err(EvaluationError::NoClock);
        }
        Ok(match name {
            System::CallAni => Value::from("+15550100"),
            System::CallDnis => return Err(EvaluationError::NoCall { name: name.name() }),
            System::ClockDate => Value::from("2026-03-02"),
            System::ClockTime => Value::from("10:05"),
            System::ClockHour => Value::Integer(10),
            System::ClockMinute => Value::Integer(5),
            System::ClockWeekday => Value::from("mon"),
        })
    }
}

fn value_of(name: &str) -> Option<Value> {
    Some(match name {
        "balance" => Value::Decimal(120.5),
        "attempts" => Value::Integer(2),
        "amount" => Value::from("100"),
        "pin" => Value::from("0123"),
        "lang" => Value::from("de"),
        "vip" => Value::Boolean(true),
        "nothing" => Value::Null,
        "most" => Value::Integer(i64::MAX),
        "least" => Value::Integer(i64::MIN),
        "huge" => Value::Decimal(f64::MAX),
        "items" => Value::from(vec![Value::from("a"), Value::Integer(2), Value::Null]),
        "long" => Value::from("x".repeat(40_000)),
        "customer" => {
            let address = Value::Record(Arc::new([("zip".into(), Value::from("00501"))]));
            Value::Record(Arc::new([("tier".into(), Value::from("gold")), ("address".into(), address)]))
        }
        _ => return None,
    })
}

fn whole(text: &str) -> (Arc<Source>, Spanned<String>) {
    (Source::new("flow.yaml", text), Spanned::new(text.to_owned(), Span::new(0, text.len())))
}

#[expect(clippy::result_large_err, reason = "the error of the function under test")]
fn parse(text: &str, slots: &mut Slots) -> Result<Expression, Diagnostic> {
    let (source, text) = whole(text);
    Expression::parse(&source, &text, slots)
}

fn evaluate(text: &str) -> Result<Value, EvaluationError> {
    let mut slots = Slots::new();
    let expression = parse(text, &mut slots).unwrap_or_else(|error| panic!("{text}: {}", error.message));
    expression.evaluate(&Call::new(&slots))
}

/// The diagnostic in one line: rule, place, the text under the caret, message and help.
fn told(diagnostic: &Diagnostic) -> String {
    let location = diagnostic.location.as_ref().expect("a mistake has a place");
    let position = location.position();
    let under = location.source.slice(location.span);
    let mut line =
        format!("{} {}:{} `{under}`: {}", diagnostic.rule, position.line, position.column, diagnostic.message);
    if let Some(help) = &diagnostic.help {
        line += &format!(" [{help}]");
    }
    line
}

fn mistake(text: &str) -> String {
    match parse(text, &mut Slots::new()) {
        Ok(_) => panic!("{text} is no mistake"),
        Err(diagnostic) => told(&diagnostic),
    }
}

#[test]
fn slots_are_given_once_in_order() {
    let mut slots = Slots::new();
    assert_eq!([slots.intern("a"), slots.intern("b"), slots.intern("a")], [0, 1, 0]);
    assert_eq!((slots.get("b"), slots.get("c"), slots.len(), slots.is_empty()), (Some(1), None, 2, false));
    assert_eq!(&**slots.name(1), "b");
    assert_eq!(slots.iter().map(Name::to_string).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn an_expression_tells_what_it_reads() {
    let mut slots = Slots::new();
    slots.intern("before");
    let expression = parse("b > 1 && a.x == b || default(c, clock.hour) > 1", &mut slots).unwrap();
    assert_eq!(expression.reads().iter().map(|&slot| &**slots.name(slot)).collect::<Vec<_>>(), ["b", "a", "c"]);
    assert!(expression.reads_clock());
    assert!(!parse("call.ani == 'x'", &mut slots).unwrap().reads_clock());
    assert_eq!(expression.text(), "b > 1 && a.x == b || default(c, clock.hour) > 1");
    assert_eq!(slots.get("clock"), None);
}

#[test]
fn types_are_known_where_they_can_be() {
    let kind = |text| parse(text, &mut Slots::new()).unwrap().static_type();
    assert_eq!(kind("a > 1"), Some(Kind::Boolean));
    assert_eq!(kind("a"), None);
    assert_eq!(kind("a + 1"), None);
    assert_eq!(kind("a + 'x'"), Some(Kind::Text));
    assert_eq!(kind("len(a) * 2"), Some(Kind::Integer));
    assert_eq!(kind("4 / 2"), None);
    assert_eq!(kind("if(a, 'x', upper(b))"), Some(Kind::Text));
    assert_eq!(kind("default(null, 5)"), Some(Kind::Integer));
    assert_eq!(kind("clock.hour"), Some(Kind::Integer));
    assert_eq!(kind("round(a)"), Some(Kind::Integer));
    assert_eq!(kind("[a]"), Some(Kind::List));
    let sum = parse("a + 1", &mut Slots::new()).unwrap();
    assert!(sum.may_be(Kind::Integer) && sum.may_be(Kind::Decimal) && !sum.may_be(Kind::Text));
}

#[test]
fn constants_are_expressions_too() {
    let expression = Expression::constant(Value::from(vec![Value::from("a"), Value::Integer(1)]));
    assert_eq!(expression.text(), "['a', 1]");
    assert_eq!(expression.static_type(), Some(Kind::List));
    assert_eq!(expression.evaluate(&Call::new(&Slots::new())).as_ref(), Ok(expression.as_constant().unwrap()));
    assert!(expression.reads().is_empty());
}

#[test]
fn every_function_has_its_signature() {
    for (index, signature) in function::Function::all().iter().enumerate() {
        assert_eq!(signature.function as usize, index, "{}", signature.name);
        assert!(signature.usage.starts_with(&format!("{}(", signature.name)), "{}", signature.name);
    }
    assert_eq!(function::Function::Ceil as usize + 1, function::Function::all().len());
}

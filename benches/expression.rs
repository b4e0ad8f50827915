//! How fast conditions are parsed and evaluated.

use callpath::internal::flow::Value;
use callpath::internal::flow::expression::{EvaluationError, Expression, Scope, Slots, System, Template};
use callpath::internal::source::diagnostics::{Source, Span, Spanned};
use divan::{Bencher, black_box};

const CONDITION: &str = "balance > 100 && attempts < 3 && lang in ['en','de']";

struct Variables(Vec<Value>);

impl Scope for Variables {
    fn variable(&self, slot: usize) -> Option<&Value> {
        self.0.get(slot)
    }

    fn system(&self, _: System) -> Result<Value, EvaluationError> {
        Err(EvaluationError::NoClock)
    }
}

fn parse(text: &str) -> (Expression, Variables) {
    let mut slots = Slots::new();
    let source = Source::new("flow.yaml", text);
    let text = Spanned::new(text.to_owned(), Span::new(0, text.len()));
    let expression = Expression::parse(&source, &text, &mut slots).expect("the expressions here are right");
    let value = |name: &str| match name {
        "balance" => Value::Decimal(120.5),
        "attempts" => Value::Integer(1),
        "pin" => Value::from("4321"),
        _ => Value::from("de"),
    };
    (expression, Variables(slots.iter().map(|name| value(name)).collect()))
}

fn main() {
    divan::main();
}

#[divan::bench]
fn condition(bencher: Bencher) {
    let (expression, scope) = parse(CONDITION);
    assert_eq!(expression.evaluate_boolean(&scope), Ok(true));
    bencher.bench_local(|| black_box(&expression).evaluate_boolean(black_box(&scope)));
}

#[divan::bench(args = [
    "attempts + 1",
    "len(pin) == 4 && digits(pin)",
    "matches(pin, '^[0-9]{4}$')",
    "'account ' + pin",
    "if(balance >= 0, round(balance), -1)",
])]
fn value(bencher: Bencher, text: &str) {
    let (expression, scope) = parse(text);
    bencher.bench_local(|| black_box(&expression).evaluate(black_box(&scope)));
}

#[divan::bench]
fn parse_condition(bencher: Bencher) {
    let source = Source::new("flow.yaml", CONDITION);
    let text = Spanned::new(CONDITION.to_owned(), Span::new(0, CONDITION.len()));
    let mut slots = Slots::new();
    bencher.bench_local(|| Expression::parse(black_box(&source), black_box(&text), &mut slots).is_ok());
}

#[divan::bench]
fn render_prompt(bencher: Bencher) {
    let written = "Your balance is ${balance} euros, you have tried ${attempts} times";
    let source = Source::new("flow.yaml", written);
    let text = Spanned::new(written.to_owned(), Span::new(0, written.len()));
    let mut slots = Slots::new();
    let template = Template::parse(&source, &text, &mut slots).expect("the template is right");
    let scope = Variables(vec![Value::Decimal(120.5), Value::Integer(1)]);
    bencher.bench_local(|| black_box(&template).render(black_box(&scope), &|_| false));
}

//! The evaluator against a naive one on random trees, and the parser against noise.

use proptest::prelude::*;

use super::*;

/// A tree of numbers and truths. Decimals come in by the variable `half` and by division only, so
/// that no clash of types is certain before the evaluation.
#[derive(Clone, Debug)]
enum Tree {
    Integer(i64),
    Truth(bool),
    Count,
    Half,
    Binary(&'static str, Box<Tree>, Box<Tree>),
    Minus(Box<Tree>),
    Not(Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Integer(i64),
    Decimal(f64),
    Truth(bool),
}

const COUNT: i64 = 3;
const HALF: f64 = 0.5;

impl Tree {
    /// The level in the table of precedence; higher binds tighter.
    fn level(&self) -> u8 {
        match self {
            Self::Binary("||" | "or", ..) => 1,
            Self::Binary("&&" | "and", ..) => 2,
            Self::Binary("==" | "!=" | "<" | "<=" | ">" | ">=", ..) => 3,
            Self::Binary("+" | "-", ..) => 4,
            Self::Binary(..) => 5,
            Self::Minus(_) | Self::Not(_) => 6,
            Self::Integer(number) if *number < 0 => 6,
            _ => 7,
        }
    }

    /// With no more brackets than the table of precedence asks for.
    fn write(&self, least: u8, out: &mut String) {
        let brackets = self.level() < least;
        if brackets {
            out.push('(');
        }
        match self {
            Self::Integer(number) => *out += &number.to_string(),
            Self::Truth(truth) => *out += &truth.to_string(),
            Self::Count => *out += "count",
            Self::Half => *out += "half",
            Self::Binary(operator, left, right) => {
                let level = self.level();
                // Comparisons cannot be chained on either side.
                left.write(level + u8::from(level == 3), out);
                *out += &format!(" {operator} ");
                right.write(level + 1, out);
            }
            Self::Minus(operand) => {
                out.push('-');
                operand.write(6, out);
            }
            Self::Not(operand) => {
                out.push('!');
                operand.write(6, out);
            }
            Self::If(condition, yes, no) => {
                *out += "if(";
                condition.write(0, out);
                *out += ", ";
                yes.write(0, out);
                *out += ", ";
                no.write(0, out);
                out.push(')');
            }
        }
        if brackets {
            out.push(')');
        }
    }

    /// What it comes to; nothing for every error.
    fn naive(&self) -> Option<Outcome> {
        use Outcome::{Decimal, Integer, Truth};
        Some(match self {
            Self::Integer(number) => Integer(*number),
            Self::Truth(truth) => Truth(*truth),
            Self::Count => Integer(COUNT),
            Self::Half => Decimal(HALF),
            Self::Not(operand) => Truth(!operand.truth()?),
            Self::Minus(operand) => match operand.naive()? {
                Integer(number) => Integer(i64::try_from(-i128::from(number)).ok()?),
                Decimal(number) => Decimal(-number),
                Truth(_) => return None,
            },
            Self::If(condition, yes, no) => {
                if condition.truth()? {
                    yes.naive()?
                } else {
                    no.naive()?
                }
            }
            Self::Binary("||" | "or", left, right) => Truth(left.truth()? || right.truth()?),
            Self::Binary("&&" | "and", left, right) => Truth(left.truth()? && right.truth()?),
            Self::Binary(operator, left, right) => match (left.naive()?, right.naive()?) {
                (Truth(left), Truth(right)) => match *operator {
                    "==" => Truth(left == right),
                    "!=" => Truth(left != right),
                    _ => return None,
                },
                (Integer(left), Integer(right)) => {
                    let (left, right) = (i128::from(left), i128::from(right));
                    let fit = |number: i128| i64::try_from(number).ok().map(Integer);
                    match *operator {
                        "+" => fit(left + right)?,
                        "-" => fit(left - right)?,
                        "*" => fit(left * right)?,
                        "/" if right == 0 => return None,
                        "/" if left % right == 0 => fit(left / right)?,
                        "/" => Decimal(left as f64 / right as f64),
                        "%" if right == 0 => return None,
                        "%" => fit(left % right)?,
                        _ => Truth(order(operator, left.partial_cmp(&right)?)),
                    }
                }
                (left, right) => {
                    if self.level() == 3 {
                        return Some(Truth(order(operator, left.compare(right)?)));
                    }
                    let (left, right) = (left.double()?, right.double()?);
                    let number = match *operator {
                        "+" => left + right,
                        "-" => left - right,
                        "*" => left * right,
                        "/" if right == 0.0 => return None,
                        "/" => left / right,
                        _ => return None,
                    };
                    Decimal(Some(number).filter(|number| number.is_finite())?)
                }
            },
        })
    }

    fn truth(&self) -> Option<bool> {
        match self.naive()? {
            Outcome::Truth(truth) => Some(truth),
            _ => None,
        }
    }
}

impl Outcome {
    fn double(self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(number as f64),
            Self::Decimal(number) => Some(number),
            Self::Truth(_) => None,
        }
    }

    /// By their exact values: whole numbers as such, and what has a fraction is small enough for
    /// doubles.
    fn compare(self, other: Self) -> Option<std::cmp::Ordering> {
        let both_decimal = matches!((self, other), (Self::Decimal(_), Self::Decimal(_)));
        match (self.whole(), other.whole()) {
            (Some(left), Some(right)) if !both_decimal => Some(left.cmp(&right)),
            _ => self.double()?.partial_cmp(&other.double()?),
        }
    }

    fn whole(self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(number.into()),
            // Beyond i128 the cast saturates, which is still larger than every integer.
            Self::Decimal(number) => (number.fract() == 0.0).then_some(number as i128),
            Self::Truth(_) => None,
        }
    }
}

fn order(operator: &str, order: std::cmp::Ordering) -> bool {
    match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn numbers() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (-9_i64..10).prop_map(Tree::Integer),
        prop_oneof![Just(i64::MAX), Just(i64::MIN)].prop_map(Tree::Integer),
        Just(Tree::Count),
        Just(Tree::Half),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
        prop_oneof![
            4 => (operator, inner.clone(), inner.clone())
                .prop_map(|(operator, left, right)| Tree::Binary(operator, Box::new(left), Box::new(right))),
            1 => inner.prop_map(|operand| Tree::Minus(Box::new(operand))),
        ]
    })
}

fn truths() -> impl Strategy<Value = Tree> {
    let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Tree::Truth),
        4 => (comparison, numbers(), numbers())
            .prop_map(|(operator, left, right)| Tree::Binary(operator, Box::new(left), Box::new(right))),
    ];
    leaf.prop_recursive(4, 30, 3, |inner| {
        let operator = prop::sample::select(vec!["||", "or", "&&", "and", "==", "!="]);
        prop_oneof![
            4 => (operator, inner.clone(), inner.clone())
                .prop_map(|(operator, left, right)| Tree::Binary(operator, Box::new(left), Box::new(right))),
            1 => inner.clone().prop_map(|operand| Tree::Not(Box::new(operand))),
            1 => (inner.clone(), inner.clone(), inner)
                .prop_map(|(condition, yes, no)| Tree::If(Box::new(condition), Box::new(yes), Box::new(no))),
        ]
    })
}

/// What the language itself comes to; nothing for every error of the evaluation.
fn ours(text: &str) -> Option<Outcome> {
    let mut slots = Slots::new();
    let expression = parse(text, &mut slots).unwrap_or_else(|error| panic!("{text}: {}", error.message));
    let value = |name: &Name| Some(if **name == *"count" { Value::Integer(COUNT) } else { Value::Decimal(HALF) });
    let scope = Call { values: slots.iter().map(value).collect(), clock: false };
    Some(match expression.evaluate(&scope).ok()? {
        Value::Integer(number) => Outcome::Integer(number),
        Value::Decimal(number) => Outcome::Decimal(number),
        Value::Boolean(truth) => Outcome::Truth(truth),
        other => panic!("{text} is {other}"),
    })
}

fn noise() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b.c",
        "0",
        "1.5",
        "'x'",
        "\"y\"",
        "true",
        "null",
        "not",
        "in",
        "and",
        "or",
        "&&",
        "||",
        "==",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "len",
        "if",
        "min",
        "matches",
        "call.ani",
        "clock",
        "${",
        "}",
        "$",
        "\\",
        "'",
        "ä",
        "\u{0}",
        " ",
        "9223372036854775808",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(token.clone(), 0..30).prop_map(|tokens| tokens.concat()),
        prop::collection::vec(token, 0..30).prop_map(|tokens| tokens.join(" ")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_evaluator_agrees_with_a_naive_one(tree in prop_oneof![numbers(), truths()]) {
        let mut text = String::new();
        tree.write(0, &mut text);
        prop_assert_eq!(ours(&text), tree.naive(), "{}", text);
    }

    #[test]
    fn nothing_makes_the_parser_or_the_evaluator_panic(text in noise()) {
        let mut slots = Slots::new();
        let (source, spanned) = whole(&text);
        match Expression::parse(&source, &spanned, &mut slots) {
            Ok(expression) => drop(expression.evaluate(&Call::new(&slots))),
            // The caret stands on whole characters of the text.
            Err(diagnostic) => {
                let span = diagnostic.location.unwrap().span;
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
            }
        }
        match Template::parse(&source, &spanned, &mut slots) {
            Ok(template) => drop(template.render(&Call::new(&slots), &|_| false)),
            Err(diagnostic) => {
                let span = diagnostic.location.unwrap().span;
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
            }
        }
    }

    #[test]
    fn a_literal_says_its_value(text in "[ -~äß]{0,20}", number in any::<i64>(), decimal in any::<f64>()) {
        let mut values = vec![Value::from(text), Value::Integer(number), Value::Boolean(number > 0), Value::Null];
        values.extend(Value::decimal(decimal));
        let list = Value::from(values);
        prop_assert_eq!(evaluate(&list.literal()), Ok(list));
    }
}

//! Parses infix operators.

use super::super::error::{EvaluationError, excerpt};
use super::super::kinds::{Kinds, comparable};
use super::super::operator::{Arithmetic, Comparison, Level};
use super::super::place::Problem;
use super::super::syntax::{Form, Syntax};
use super::super::token::Lexeme;
use super::{Parser, Part, constant_of, list_type, operand};
use crate::flow::{Value, ValueKind as Kind};

/// An infix operator.
#[derive(Clone, Copy)]
enum Infix {
    Or,
    And,
    Compare(Comparison),
    Arithmetic(Arithmetic),
}

impl Infix {
    const fn level(self) -> Level {
        match self {
            Self::Or => Level::Or,
            Self::And => Level::And,
            Self::Compare(_) => Level::Compare,
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => Level::Sum,
            Self::Arithmetic(_) => Level::Product,
        }
    }
}

impl Parser<'_> {
    /// Parses a value and the infix operators after it that bind at least as tightly as `loosest`.
    pub(super) fn expression(&mut self, loosest: Level) -> Result<Part, Problem> {
        let mut left = self.prefix()?;
        while let Some(infix) = self.peek_infix()? {
            let level = infix.level();
            if level < loosest {
                break;
            }
            left = match infix {
                Infix::Or | Infix::And => self.logic(left, level)?,
                Infix::Compare(operator) => self.comparison(left, operator)?,
                Infix::Arithmetic(_) => self.arithmetic(left, level)?,
            };
        }
        Ok(left)
    }

    fn peek_infix(&self) -> Result<Option<Infix>, Problem> {
        let token = self.peek();
        Ok(match &token.lexeme {
            Lexeme::Symbol(symbol) => infix(symbol),
            Lexeme::Word(word) if **word == *"not" => {
                let Some(after) = self.tokens.get(self.next + 1) else { return Ok(None) };
                if !matches!(&after.lexeme, Lexeme::Word(word) if **word == *"in") {
                    return Err(Problem::new(token.start, token.end, "expected an operator, found 'not'")
                        .help("write 'not in' for what is not in a list, '!=' for inequality"));
                }
                Some(Infix::Compare(Comparison::NotIn))
            }
            Lexeme::Word(word) => match &**word {
                "or" => Some(Infix::Or),
                "and" => Some(Infix::And),
                "in" => Some(Infix::Compare(Comparison::In)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Consumes the infix operator that was peeked at; `not in` is two tokens.
    fn take_infix(&mut self, infix: Infix) -> (usize, usize) {
        let first = self.advance();
        let end = if matches!(infix, Infix::Compare(Comparison::NotIn)) { self.advance().end } else { first.end };
        (first.start, end)
    }

    fn logic(&mut self, first: Part, level: Level) -> Result<Part, Problem> {
        let operator = if level == Level::And { "&&" } else { "||" };
        self.need(operator, Kinds::BOOLEAN, &first)?;
        let mut operands = vec![first.syntax];
        while let Some(infix) = self.peek_infix()?.filter(|infix| infix.level() == level) {
            self.take_infix(infix);
            let operand = self.expression(level.tighter())?;
            self.need(operator, Kinds::BOOLEAN, &operand)?;
            operands.push(operand.syntax);
        }
        let (start, end) = (operands[0].start, operands[operands.len() - 1].end);
        let operands = operands.into_boxed_slice();
        let form = if level == Level::And { Form::And(operands) } else { Form::Or(operands) };
        Ok(Part { syntax: Syntax { start, end, form }, kinds: Kinds::BOOLEAN })
    }

    fn comparison(&mut self, left: Part, operator: Comparison) -> Result<Part, Problem> {
        let (start, end) = self.take_infix(Infix::Compare(operator));
        let right = self.expression(Level::Sum)?;
        if let Some(Infix::Compare(_)) = self.peek_infix()? {
            let token = self.peek();
            return Err(Problem::new(token.start, token.end, "comparisons cannot be chained")
                .help("write a < b && b < c, or brackets around one of them"));
        }
        let list = list_constant(&right).filter(|_| matches!(operator, Comparison::In | Comparison::NotIn));
        let possible = !Kinds::comparison(operator, left.kinds, right.kinds).is_empty()
            && list.is_none_or(|items| may_be_among(left.kinds, items));
        if !possible {
            let message = EvaluationError::Incomparable {
                operator: operator.symbol(),
                left: operand(&self.name(&left.syntax), left.kinds),
                right: match list {
                    Some(items) => operand(&self.name(&right.syntax), list_type(items)),
                    None => operand(&self.name(&right.syntax), right.kinds),
                },
            };
            let help = match left.syntax.form {
                Form::Not(..) => Some("a negation binds tighter than a comparison: write not (a == b)".to_owned()),
                _ => conversion(left.kinds, right.kinds),
            };
            return Err(Problem::new(start, end, message.to_string()).maybe_help(help));
        }
        let (start, end) = (left.syntax.start, right.syntax.end);
        let form = Form::Compare(operator, Box::new((left.syntax, right.syntax)));
        Ok(Part { syntax: Syntax { start, end, form }, kinds: Kinds::BOOLEAN })
    }

    fn arithmetic(&mut self, first: Part, level: Level) -> Result<Part, Problem> {
        let mut kinds = first.kinds;
        let (start, mut end) = (first.syntax.start, first.syntax.end);
        let mut rest: Vec<(Arithmetic, Syntax)> = Vec::new();
        while let Some(infix) = self.peek_infix()?.filter(|infix| infix.level() == level) {
            let Infix::Arithmetic(operator) = infix else { break };
            let (from, to) = self.take_infix(infix);
            let right = self.expression(level.tighter())?;
            let result = Kinds::arithmetic(operator, kinds, right.kinds);
            if result.is_empty() {
                let left = match &*rest {
                    [] => self.name(&first.syntax),
                    _ => format!("'{}'", excerpt(self.text, start, end)).into(),
                };
                let message = EvaluationError::TypeClash {
                    operator: operator.symbol(),
                    left: operand(&left, kinds),
                    right: operand(&self.name(&right.syntax), right.kinds),
                };
                let help = match operator {
                    Arithmetic::Remainder => Some("a remainder is of two integers".to_owned()),
                    _ => conversion(kinds, right.kinds),
                };
                return Err(Problem::new(from, to, message.to_string()).maybe_help(help));
            }
            kinds = result;
            end = right.syntax.end;
            rest.push((operator, right.syntax));
        }
        let form = Form::Arithmetic(Box::new(first.syntax), rest.into());
        Ok(Part { syntax: Syntax { start, end, form }, kinds })
    }
}

fn infix(symbol: &str) -> Option<Infix> {
    Some(match symbol {
        "||" => Infix::Or,
        "&&" => Infix::And,
        "==" => Infix::Compare(Comparison::Equal),
        "!=" => Infix::Compare(Comparison::NotEqual),
        "<" => Infix::Compare(Comparison::Less),
        "<=" => Infix::Compare(Comparison::LessEqual),
        ">" => Infix::Compare(Comparison::Greater),
        ">=" => Infix::Compare(Comparison::GreaterEqual),
        "+" => Infix::Arithmetic(Arithmetic::Add),
        "-" => Infix::Arithmetic(Arithmetic::Subtract),
        "*" => Infix::Arithmetic(Arithmetic::Multiply),
        "/" => Infix::Arithmetic(Arithmetic::Divide),
        "%" => Infix::Arithmetic(Arithmetic::Remainder),
        _ => return None,
    })
}

fn list_constant(part: &Part) -> Option<&[Value]> {
    match constant_of(&part.syntax) {
        Some(Value::List(items)) => Some(items),
        _ => None,
    }
}

/// Whether a value of one of these types can be compared with an item; an empty list is allowed.
fn may_be_among(kinds: Kinds, items: &[Value]) -> bool {
    items.is_empty() || items.iter().any(|item| kinds.iter().any(|kind| comparable(kind, item.kind())))
}

/// Help for converting between a text and a number.
fn conversion(left: Kinds, right: Kinds) -> Option<String> {
    let is_number = |kinds: Kinds| kinds.without(Kinds::NUMBER).is_empty();
    let is_text = |kinds: Kinds| kinds.only() == Some(Kind::Text);
    ((is_text(left) && is_number(right)) || (is_number(left) && is_text(right)))
        .then(|| "number(x) makes a number of a text, text(x) a text of a number".to_owned())
}

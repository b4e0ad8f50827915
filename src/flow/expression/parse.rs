//! Parses tokens into a tree by precedence climbing (Pratt, "Top Down Operator Precedence", 1973).

use super::error::{EvaluationError, excerpt, named, shown};
use super::kinds::Kinds;
use super::operator::Level;
use super::place::Problem;
use super::syntax::{Form, Syntax};
use super::token::{Lexeme, Token, tokens};
use super::{Slots, System};
use crate::flow::{Name, Value};
use crate::source::diagnostics::closest;

mod call;
mod infix;

/// Maximum length of an expression in bytes.
pub(super) const MAX_EXPRESSION_BYTES: usize = 4_096;

/// Maximum nesting of brackets, prefix operators and accesses.
const MAX_DEPTH: usize = 64;

/// A parsed expression and its static properties.
pub(super) struct Parsed {
    pub root: Syntax,
    pub kinds: Kinds,
    pub reads: Vec<usize>,
    pub reads_clock: bool,
}

/// A subexpression and the types that its value may have.
pub(super) struct Part {
    syntax: Syntax,
    kinds: Kinds,
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    slots: &'a mut Slots,
    reads: Vec<usize>,
    reads_clock: bool,
}

/// Parses one expression and assigns slots to its variables.
pub(super) fn parse(text: &str, slots: &mut Slots) -> Result<Parsed, Problem> {
    if text.len() > MAX_EXPRESSION_BYTES {
        let message = format!("the expression is longer than {MAX_EXPRESSION_BYTES} bytes");
        return Err(Problem::new(0, text.len(), message).help("set a variable to a part of it first"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens, next: 0, depth: 0, slots, reads: Vec::new(), reads_clock: false };
    let Part { syntax: root, kinds } = parser.expression(Level::Or)?;
    if !matches!(parser.peek().lexeme, Lexeme::End) {
        return Err(parser.expected("an operator"));
    }
    Ok(Parsed { root, kinds, reads: parser.reads, reads_clock: parser.reads_clock })
}

impl Parser<'_> {
    /// The next token; at the end always [`Lexeme::End`].
    fn peek(&self) -> &Token {
        // The list ends with `Lexeme::End`, and `next` never passes it.
        &self.tokens[self.next]
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek().lexeme, Lexeme::Symbol(next) if next == symbol)
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    /// Consumes the bracket that closes `open`.
    fn close(&mut self, open: &Token, symbol: &str) -> Result<usize, Problem> {
        if self.is_symbol(symbol) {
            return Ok(self.advance().end);
        }
        if matches!(self.peek().lexeme, Lexeme::End) {
            let bracket = self.written(open);
            return Err(Problem::new(open.start, open.end, format!("'{bracket}' is never closed"))
                .help(format!("write '{symbol}' where it ends")));
        }
        Err(self.expected(&format!("an operator or '{symbol}'")))
    }

    fn written(&self, token: &Token) -> Box<str> {
        excerpt(self.text, token.start as u32, token.end as u32)
    }

    /// The error that the next token is not the expected one.
    fn expected(&self, what: &str) -> Problem {
        let token = self.peek();
        let found = self.written(token);
        match (&token.lexeme, self.next.checked_sub(1).and_then(|index| self.tokens.get(index))) {
            (Lexeme::End, None) => Problem::new(0, self.text.len(), "the expression is empty"),
            (Lexeme::End, Some(last)) => {
                Problem::new(last.start, last.end, format!("expected {what} after '{}'", self.written(last)))
            }
            (Lexeme::Word(word), _) => {
                Problem::new(token.start, token.end, format!("expected {what}, found '{found}'"))
                    .maybe_help(word_help(word))
            }
            _ => Problem::new(token.start, token.end, format!("expected {what}, found '{found}'")),
        }
    }

    /// Enters a level of nesting; [`Self::leave`] leaves it.
    fn enter(&mut self, token: &Token) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("the expression is nested deeper than {MAX_DEPTH} levels");
            return Err(Problem::new(token.start, token.end, message).help("set a variable to a part of it first"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn prefix(&mut self) -> Result<Part, Problem> {
        let token = self.peek().clone();
        match &token.lexeme {
            Lexeme::Symbol("!") => self.not(token, "!"),
            Lexeme::Word(word) if **word == *"not" => self.not(token, "not"),
            Lexeme::Symbol("-") => self.negation(token),
            _ => {
                let value = self.primary(token)?;
                self.postfix(value)
            }
        }
    }

    fn not(&mut self, token: Token, written: &'static str) -> Result<Part, Problem> {
        self.advance();
        self.enter(&token)?;
        let operand = self.prefix()?;
        self.need(written, Kinds::BOOLEAN, &operand)?;
        self.leave();
        let (start, end) = (token.start as u32, operand.syntax.end);
        Ok(Part {
            syntax: Syntax { start, end, form: Form::Not(written, Box::new(operand.syntax)) },
            kinds: Kinds::BOOLEAN,
        })
    }

    fn negation(&mut self, token: Token) -> Result<Part, Problem> {
        self.advance();
        if let Token { start, end, lexeme: Lexeme::Number(_) } = *self.peek() {
            // The sign belongs to the number, so that the minimum integer can be written.
            let written = format!("-{}", &self.text[start..end]);
            let Some(value) = Value::from_canonical(&written) else { return Err(too_large(token.start, end)) };
            self.advance();
            return self.postfix(constant(token.start, end, value));
        }
        self.enter(&token)?;
        let operand = self.prefix()?;
        self.need("-", Kinds::NUMBER, &operand)?;
        self.leave();
        let (start, end) = (token.start as u32, operand.syntax.end);
        let kinds = operand.kinds & Kinds::NUMBER;
        Ok(Part { syntax: Syntax { start, end, form: Form::Negate(Box::new(operand.syntax)) }, kinds })
    }

    fn primary(&mut self, token: Token) -> Result<Part, Problem> {
        let literal = |value| Ok(constant(token.start, token.end, value));
        match &token.lexeme {
            Lexeme::Number(Some(value)) => {
                self.advance();
                literal(value.clone())
            }
            Lexeme::Number(None) => Err(too_large(token.start, token.end)),
            Lexeme::Text(text) => {
                self.advance();
                literal(Value::Text(text.clone()))
            }
            Lexeme::Symbol("(") => self.group(token),
            Lexeme::Symbol("[") => self.list(token),
            Lexeme::Word(word) => match &**word {
                "and" | "or" | "in" => Err(self.expected("a value")),
                word => {
                    self.advance();
                    match word {
                        "true" => literal(Value::Boolean(true)),
                        "false" => literal(Value::Boolean(false)),
                        "null" => literal(Value::Null),
                        _ if self.is_symbol("(") => self.call(&token, word),
                        _ if System::is_reserved(word) => self.system(&token, word),
                        _ => Ok(self.variable(&token, word)),
                    }
                }
            },
            Lexeme::Symbol(_) | Lexeme::End => Err(self.expected("a value")),
        }
    }

    fn group(&mut self, open: Token) -> Result<Part, Problem> {
        self.advance();
        self.enter(&open)?;
        let mut part = self.expression(Level::Or)?;
        self.leave();
        let end = self.close(&open, ")")?;
        // The brackets are included, so that messages quote the whole group.
        part.syntax.start = open.start as u32;
        part.syntax.end = end as u32;
        Ok(part)
    }

    fn list(&mut self, open: Token) -> Result<Part, Problem> {
        self.advance();
        self.enter(&open)?;
        let mut items = Vec::new();
        if !self.is_symbol("]") {
            items.push(self.expression(Level::Or)?.syntax);
            while self.accept(",") {
                items.push(self.expression(Level::Or)?.syntax);
            }
        }
        self.leave();
        let end = self.close(&open, "]")? as u32;
        let values: Option<Vec<Value>> = items.iter().map(|item| constant_of(item).cloned()).collect();
        let form = match values {
            Some(values) => Form::Constant(Value::from(values)),
            None => Form::List(items.into()),
        };
        Ok(Part { syntax: Syntax { start: open.start as u32, end, form }, kinds: Kinds::LIST })
    }

    fn variable(&mut self, token: &Token, name: &str) -> Part {
        let slot = self.slots.intern(name);
        if !self.reads.contains(&slot) {
            self.reads.push(slot);
        }
        let (start, end) = (token.start as u32, token.end as u32);
        Part { syntax: Syntax { start, end, form: Form::Variable(slot) }, kinds: Kinds::ANY }
    }

    fn system(&mut self, first: &Token, group: &str) -> Result<Part, Problem> {
        let all: Vec<_> = System::members(group).map(|(_, system)| system.name()).collect();
        let all = format!("write one of {}", all.join(", "));
        if !self.accept(".") {
            return Err(
                Problem::new(first.start, first.end, format!("'{group}' is reserved and no value by itself")).help(all)
            );
        }
        let Lexeme::Word(member) = &self.peek().lexeme else { return Err(self.expected("a name").help(all)) };
        let found = System::members(group).find(|(name, _)| **name == **member);
        let Some((_, system)) = found else {
            let near = closest(member, System::members(group).map(|(name, _)| name));
            let token = self.peek();
            return Err(Problem::new(
                token.start,
                token.end,
                format!("unknown member '{}' of '{group}'", shown(member)),
            )
            .help(near.map_or(all, |near| format!("did you mean '{group}.{near}'?"))));
        };
        let end = self.advance().end as u32;
        self.reads_clock |= system.is_clock();
        let kinds = match system {
            System::ClockHour | System::ClockMinute => Kinds::INTEGER,
            System::CallAni | System::CallDnis => Kinds::TEXT | Kinds::NULL,
            System::ClockDate | System::ClockTime | System::ClockWeekday => Kinds::TEXT,
        };
        Ok(Part { syntax: Syntax { start: first.start as u32, end, form: Form::System(system) }, kinds })
    }

    fn postfix(&mut self, mut value: Part) -> Result<Part, Problem> {
        let depth = self.depth;
        loop {
            let token = self.peek().clone();
            let start = value.syntax.start;
            let (end, form) = match token.lexeme {
                Lexeme::Symbol(".") => {
                    self.need_of(&token, ".", Kinds::RECORD, &value)?;
                    self.advance();
                    let Lexeme::Word(member) = &self.peek().lexeme else { return Err(self.expected("a name")) };
                    let member: Name = member.clone();
                    let end = self.advance().end;
                    (end, Form::Member(Box::new(value.syntax), member))
                }
                Lexeme::Symbol("[") => {
                    self.need_of(&token, "[]", Kinds::LIST, &value)?;
                    self.advance();
                    self.enter(&token)?;
                    let index = self.expression(Level::Or)?;
                    self.need("[]", Kinds::INTEGER, &index)?;
                    self.leave();
                    let end = self.close(&token, "]")?;
                    (end, Form::Index(Box::new(value.syntax), Box::new(index.syntax)))
                }
                _ => break,
            };
            // Every access adds a level to the tree.
            self.enter(&token)?;
            value = Part { syntax: Syntax { start, end: end as u32, form }, kinds: Kinds::ANY };
        }
        self.depth = depth;
        Ok(value)
    }

    fn name(&self, syntax: &Syntax) -> Box<str> {
        named(self.text, syntax)
    }

    /// Checks that an operand can have one of these types; errors point at the operand.
    fn need(&self, operation: &'static str, kinds: Kinds, part: &Part) -> Result<(), Problem> {
        let token = Token { start: part.syntax.start as usize, end: part.syntax.end as usize, lexeme: Lexeme::End };
        self.need_of(&token, operation, kinds, part)
    }

    /// The same check, with errors that point at a token.
    fn need_of(&self, token: &Token, operation: &'static str, kinds: Kinds, part: &Part) -> Result<(), Problem> {
        if !(kinds & part.kinds).is_empty() {
            return Ok(());
        }
        let message = EvaluationError::WrongType {
            operation,
            expected: kinds.with_article().into(),
            found: operand(&self.name(&part.syntax), part.kinds),
        };
        Err(Problem::new(token.start, token.end, message.to_string()))
    }
}

/// The name of an operand in messages.
pub(super) fn operand(name: &str, kind: impl std::fmt::Display) -> Box<str> {
    // Avoids `null (null)`.
    if name == "null" { name.into() } else { format!("{name} ({kind})").into() }
}

/// The type of a list, including the type of its items.
pub(super) fn list_type(items: &[Value]) -> String {
    let kinds = items.iter().fold(Kinds::NONE, |all, item| all | Kinds::single(item.kind()));
    if kinds.is_empty() { "empty list".to_owned() } else { format!("list of {kinds}") }
}

fn constant(start: usize, end: usize, value: Value) -> Part {
    let kinds = Kinds::single(value.kind());
    Part { syntax: Syntax { start: start as u32, end: end as u32, form: Form::Constant(value) }, kinds }
}

fn constant_of(syntax: &Syntax) -> Option<&Value> {
    match &syntax.form {
        Form::Constant(value) => Some(value),
        _ => None,
    }
}

fn too_large(start: usize, end: usize) -> Problem {
    Problem::new(start, end, "the number is too large").help("write it in quotes if it is a text of digits")
}

/// Help for a word in the place of an operator.
fn word_help(word: &str) -> Option<String> {
    const KEYWORDS: [&str; 4] = ["and", "or", "not", "in"];
    let lower = word.to_lowercase();
    match lower.as_str() {
        "is" | "eq" | "equals" => return Some("write '==' for equality".to_owned()),
        "ne" => return Some("write '!=' for inequality".to_owned()),
        _ => {}
    }
    if let Some(keyword) = KEYWORDS.iter().find(|keyword| **keyword == lower && **keyword != word) {
        return Some(format!("write '{keyword}' in small letters"));
    }
    super::function::Function::find(&lower).map(|signature| format!("write {}", signature.usage))
}

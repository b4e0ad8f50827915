//! Parses function calls.

use regex::{Regex, RegexBuilder};

use super::super::error::shown;
use super::super::function::{Function, Signature};
use super::super::kinds::Kinds;
use super::super::place::Problem;
use super::super::syntax::{Form, Syntax};
use super::super::token::Token;
use super::{Level, Parser, Part, constant_of};
use crate::flow::Value;
use crate::source::diagnostics::closest;

/// Maximum memory of a compiled regular expression, in bytes.
const MAX_REGEX_BYTES: usize = 1 << 20;

impl Parser<'_> {
    /// Parses a call from the bracket that opens its arguments.
    pub(super) fn call(&mut self, first: &Token, name: &str) -> Result<Part, Problem> {
        let Some(signature) = Function::find(name) else { return Err(unknown(first, name)) };
        let open = self.advance();
        self.enter(&open)?;
        let mut arguments = Vec::new();
        if !self.is_symbol(")") {
            arguments.push(self.expression(Level::Or)?);
            while self.accept(",") {
                arguments.push(self.expression(Level::Or)?);
            }
        }
        self.leave();
        let end = self.close(&open, ")")?;
        check_count(signature, arguments.len(), first.start, end)?;
        for (index, argument) in arguments.iter().enumerate() {
            self.need(signature.name, signature.parameter(index), argument)?;
        }
        let kinds: Vec<Kinds> = arguments.iter().map(|argument| argument.kinds).collect();
        let arguments: Vec<Syntax> = arguments.into_iter().map(|argument| argument.syntax).collect();
        let form = match (signature.function, <[Syntax; 2]>::try_from(arguments)) {
            (Function::Matches, Ok([text, pattern])) => Form::Matches(Box::new(text), regex(&pattern)?),
            (function, Ok(two)) => Form::Call(function, two.into()),
            (function, Err(arguments)) => Form::Call(function, arguments.into()),
        };
        let syntax = Syntax { start: first.start as u32, end: end as u32, form };
        Ok(Part { syntax, kinds: signature.result(&kinds) })
    }
}

fn unknown(token: &Token, name: &str) -> Problem {
    let problem = Problem::new(token.start, token.end, format!("unknown function '{}'", shown(name)));
    if let Some(near) = closest(name, Function::all().iter().map(|signature| signature.name)) {
        return problem.help(format!("did you mean '{near}'?"));
    }
    let all: Vec<_> = Function::all().iter().map(|signature| signature.name).collect();
    problem.help(format!("the functions are {}", all.join(", ")))
}

fn check_count(signature: &Signature, count: usize, start: usize, end: usize) -> Result<(), Problem> {
    if (signature.least..=signature.most).contains(&count) {
        return Ok(());
    }
    let Signature { name, least, most, usage, .. } = signature;
    let takes = match (least, most) {
        (1, 1) => "1 argument".to_owned(),
        (least, &usize::MAX) => format!("{least} or more arguments"),
        (least, most) if least == most => format!("{least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    };
    Err(Problem::new(start, end, format!("'{name}' takes {takes}, not {count}")).help(format!("write {usage}")))
}

fn regex(pattern: &Syntax) -> Result<Regex, Problem> {
    let (start, end) = (pattern.start as usize, pattern.end as usize);
    let Some(Value::Text(text)) = constant_of(pattern) else {
        return Err(Problem::new(start, end, "the pattern of 'matches' must be a text in quotes")
            .help("write matches(text, 'regex')"));
    };
    RegexBuilder::new(text).size_limit(MAX_REGEX_BYTES).dfa_size_limit(MAX_REGEX_BYTES).nest_limit(64).build().map_err(
        |error| {
            let reason = match &error {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                other => {
                    // The last line holds the message; those before it show the pattern.
                    let text = other.to_string();
                    let last = text.lines().last().unwrap_or_default();
                    shown(last.strip_prefix("error: ").unwrap_or(last)).into()
                }
            };
            Problem::new(start, end, format!("the pattern of 'matches' is no regular expression: {reason}"))
                .help("the syntax is that of https://docs.rs/regex")
        },
    )
}

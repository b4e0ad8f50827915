//! Splits a text into tokens.

use super::error::shown;
use super::place::Problem;
use crate::flow::{Name, Value};

/// A token and the bytes that it covers.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub lexeme: Lexeme,
}

#[derive(Clone, Debug)]
pub(super) enum Lexeme {
    /// An unsigned number; without a value if it is an integer above the maximum of `i64`, which a
    /// minus sign may bring into range.
    Number(Option<Value>),
    /// A quoted text.
    Text(Name),
    /// A name or a keyword.
    Word(Name),
    /// An operator or a bracket.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// Longer symbols first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 20] =
    ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "(", ")", "[", "]", ",", "."];

/// Operators of other languages and their equivalents.
const FOREIGN: [(&str, &str); 15] = [
    ("===", "write '==' for equality"),
    ("!==", "write '!=' for inequality"),
    ("<>", "write '!=' for inequality"),
    ("=~", "write matches(text, 'regex')"),
    ("**", "write a * a"),
    ("${", "write the variable's name alone, without '${' and '}'"),
    ("=", "write '==' for equality"),
    ("&", "write '&&' or 'and'"),
    ("|", "write '||' or 'or'"),
    ("?", "write if(condition, a, b)"),
    ("$", "write the variable's name alone, without '$'"),
    ("‘", "write straight quotes: 'text'"),
    ("’", "write straight quotes: 'text'"),
    ("“", "write straight quotes: \"text\""),
    ("”", "write straight quotes: \"text\""),
];

/// All tokens of a text, followed by [`Lexeme::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let (length, lexeme) = match trimmed.chars().next() {
            None => {
                tokens.push(Token { start: at, end: at, lexeme: Lexeme::End });
                return Ok(tokens);
            }
            Some('0'..='9') => number(trimmed, at)?,
            Some(quote @ ('\'' | '"')) => quoted(trimmed, at, quote)?,
            Some(first) if is_first(first) => {
                let length = word_length(trimmed);
                (length, Lexeme::Word(trimmed[..length].into()))
            }
            Some(first) => symbol(trimmed, at, first)?,
        };
        tokens.push(Token { start: at, end: at + length, lexeme });
        at += length;
    }
}

fn is_first(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

fn is_inner(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn word_length(text: &str) -> usize {
    text.find(|character| !is_inner(character)).unwrap_or(text.len())
}

fn symbol(text: &str, at: usize, first: char) -> Result<(usize, Lexeme), Problem> {
    let foreign = FOREIGN.iter().find(|(written, _)| text.starts_with(written));
    let known = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol));
    match (foreign, known) {
        // `==` begins with the foreign `=`, but `===` and `<>` begin with known ones.
        (Some((written, _)), Some(symbol)) if written.len() <= symbol.len() => {
            Ok((symbol.len(), Lexeme::Symbol(symbol)))
        }
        (Some((written, help)), _) => {
            let what =
                if written.starts_with(['$', '‘', '’', '“', '”']) { "unexpected" } else { "unknown operator" };
            Err(Problem::new(at, at + written.len(), format!("{what} '{written}'")).help(*help))
        }
        (None, Some(symbol)) => Ok((symbol.len(), Lexeme::Symbol(symbol))),
        (None, None) => {
            let end = at + first.len_utf8();
            Err(Problem::new(at, end, format!("unexpected character '{}'", shown(&first.to_string()))))
        }
    }
}

fn number(text: &str, at: usize) -> Result<(usize, Lexeme), Problem> {
    let digits = |text: &str| text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(text);
    let mut length = whole;
    if text[length..].starts_with('.') {
        length += 1 + digits(&text[length + 1..]);
    }
    // The error covers letters that follow the number directly: `1e3`, `0x12`, `5s`.
    let tail = word_length(&text[length..]);
    let written = &text[..length + tail];
    let fail = |message: String| Problem::new(at, at + written.len(), message);
    if tail > 0 {
        return Err(fail(format!("'{}' is not a number", shown(written)))
            .help("write plain digits such as 1000 or 0.5, or quotes around a text"));
    }
    if written.ends_with('.') {
        return Err(fail(format!("'{}' is not a number", shown(written))).help("write digits after the point"));
    }
    if whole > 1 && text.starts_with('0') {
        return Err(fail(format!("'{}' begins with a zero", shown(written)))
            .help(format!("write '{}' in quotes if it is a text of digits", shown(written))));
    }
    let value = Value::from_canonical(written);
    if value.is_none() && length > whole {
        return Err(fail("the number is too large".to_owned()));
    }
    Ok((length, Lexeme::Number(value)))
}

fn quoted(text: &str, at: usize, quote: char) -> Result<(usize, Lexeme), Problem> {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        if character == quote {
            return Ok((index + 1, Lexeme::Text(value.into())));
        }
        if character != '\\' {
            value.push(character);
            continue;
        }
        match characters.next() {
            Some((_, escaped @ ('\\' | '\'' | '"'))) => value.push(escaped),
            Some((_, 'n')) => value.push('\n'),
            Some((_, 't')) => value.push('\t'),
            Some((end, other)) => {
                let written = format!("\\{}", shown(&other.to_string()));
                let end = at + end + other.len_utf8();
                return Err(Problem::new(at + index, end, format!("unknown escape '{written}'"))
                    .help(format!("write '\\{written}' for a backslash; the escapes are \\\\ \\' \\\" \\n \\t")));
            }
            None => break,
        }
    }
    Err(Problem::new(at, at + text.len(), "the text is never closed").help(format!("write {quote} at its end")))
}

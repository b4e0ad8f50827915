//! Tag expressions: `bank and not (slow or "odd tag")`.

use std::sync::Arc;

use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span, Spanned, closest, quoted};

/// How deep parentheses and negations may nest.
const DEPTH: usize = 64;

/// A condition on the tags of a scenario.
///
/// ```text
/// or      and ("or" | "||") and …
/// and     not ("and" | "&&") not …
/// not     ("not" | "!") not | "(" or ")" | tag | "quoted tag" | 'quoted tag'
/// ```
#[derive(Clone, Debug)]
pub(crate) struct TagExpression {
    source: Arc<Source>,
    root: Term,
}

#[derive(Clone, Debug)]
enum Term {
    Tag(Spanned<String>),
    Not(Box<Term>),
    And(Vec<Term>),
    Or(Vec<Term>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Tag(String),
    And,
    Or,
    Not,
    Open,
    Close,
}

impl TagExpression {
    /// Reads an expression; `origin` is what a message calls the place where it was written, for example `--tags`.
    pub(crate) fn parse(origin: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let source = Source::new(origin, text);
        let tokens = tokens(&source)?;
        let mut parser = Parser { source: &source, tokens, next: 0 };
        let root = parser.any(0)?;
        match parser.peek() {
            None => Ok(Self { root, source: source.clone() }),
            Some(Spanned { value: Token::Close, span }) => Err(wrong(&source, *span, "this ')' closes nothing")),
            Some(extra) => {
                let help = match &extra.value {
                    Token::Tag(word) if ["and", "or"].contains(&word.to_lowercase().as_str()) => {
                        format!("write '{}' in small letters", word.to_lowercase())
                    }
                    _ => "write for example 'bank and not slow', or 'bank or cards'".to_owned(),
                };
                let message = "an 'and' or an 'or' is missing here";
                Err(Box::new(Diagnostic::error("select/tags", &source, extra.span, message).help(help)))
            }
        }
    }

    /// The expression as it was written.
    pub(crate) fn text(&self) -> &str {
        self.source.text()
    }

    /// Whether a scenario with these tags is selected.
    pub(crate) fn matches(&self, tags: &[impl AsRef<str>]) -> bool {
        self.root.matches(tags)
    }

    /// An error for each tag of the expression that no scenario has.
    pub(crate) fn check<'t>(&self, known: impl IntoIterator<Item = &'t str> + Clone) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        self.root.each_tag(&mut |tag| {
            if known.clone().into_iter().any(|known| known == tag.value) {
                return;
            }
            let message = format!("no scenario has the tag {}", quoted(&tag.value));
            let help = match closest(&tag.value, known.clone()) {
                Some(near) => Some(format!("did you mean {}?", quoted(near))),
                None => all_of(known.clone()),
            };
            diagnostics.push(Diagnostic::error("select/unknown-tag", &self.source, tag.span, message).maybe_help(help));
        });
        diagnostics
    }
}

/// The tags there are, in words, as far as they fit a line.
fn all_of<'t>(known: impl IntoIterator<Item = &'t str>) -> Option<String> {
    const SHOWN: usize = 12;
    let names: Vec<String> = known.into_iter().map(quoted).collect();
    match names.len() {
        0 => Some("no scenario of these suites has a tag".to_owned()),
        1..=SHOWN => Some(format!("the tags are {}", names.join(", "))),
        more => Some(format!("the tags are {} and {} more", names[..SHOWN].join(", "), more - SHOWN)),
    }
}

impl Term {
    fn matches(&self, tags: &[impl AsRef<str>]) -> bool {
        match self {
            Self::Tag(tag) => tags.iter().any(|known| known.as_ref() == tag.value),
            Self::Not(term) => !term.matches(tags),
            Self::And(terms) => terms.iter().all(|term| term.matches(tags)),
            Self::Or(terms) => terms.iter().any(|term| term.matches(tags)),
        }
    }

    fn each_tag<'e>(&'e self, visit: &mut impl FnMut(&'e Spanned<String>)) {
        match self {
            Self::Tag(tag) => visit(tag),
            Self::Not(term) => term.each_tag(visit),
            Self::And(terms) | Self::Or(terms) => terms.iter().for_each(|term| term.each_tag(visit)),
        }
    }
}

fn wrong(source: &Arc<Source>, span: Span, message: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("select/tags", source, span, message))
}

fn tokens(source: &Arc<Source>) -> Result<Vec<Spanned<Token>>, Box<Diagnostic>> {
    let text = source.text();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        at += first.len_utf8();
        let token = match first {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '!' => Token::Not,
            '&' | '|' => {
                if !text[at..].starts_with(first) {
                    let message = format!("write '{first}{first}' or '{}'", if first == '&' { "and" } else { "or" });
                    return Err(wrong(source, Span::new(start, at), &message));
                }
                at += 1;
                if first == '&' { Token::And } else { Token::Or }
            }
            '"' | '\'' => {
                let Some(length) = text[at..].find(first) else {
                    return Err(wrong(source, Span::new(start, text.len()), "the closing quote is missing"));
                };
                let tag = text[at..at + length].to_owned();
                at += length + 1;
                Token::Tag(tag)
            }
            _ => {
                let is_end = |c: char| c.is_whitespace() || "()!&|\"'".contains(c);
                at = start + text[start..].find(is_end).unwrap_or(text.len() - start);
                match &text[start..at] {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "not" => Token::Not,
                    tag => Token::Tag(tag.to_owned()),
                }
            }
        };
        tokens.push(Spanned::new(token, Span::new(start, at)));
    }
    Ok(tokens)
}

struct Parser<'s> {
    source: &'s Arc<Source>,
    tokens: Vec<Spanned<Token>>,
    next: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Spanned<Token>> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, token: &Token) -> bool {
        let is_next = self.peek().is_some_and(|next| next.value == *token);
        self.next += usize::from(is_next);
        is_next
    }

    fn any(&mut self, depth: usize) -> Result<Term, Box<Diagnostic>> {
        let mut terms = vec![self.all(depth)?];
        while self.take(&Token::Or) {
            terms.push(self.all(depth)?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::Or(terms) })
    }

    fn all(&mut self, depth: usize) -> Result<Term, Box<Diagnostic>> {
        let mut terms = vec![self.one(depth)?];
        while self.take(&Token::And) {
            terms.push(self.one(depth)?);
        }
        Ok(if terms.len() == 1 { terms.remove(0) } else { Term::And(terms) })
    }

    fn one(&mut self, depth: usize) -> Result<Term, Box<Diagnostic>> {
        let end = self.source.text().len();
        let Some(Spanned { value, span }) = self.peek().cloned() else {
            return Err(wrong(self.source, Span::new(end, end), "a tag is missing here"));
        };
        if depth > DEPTH {
            return Err(wrong(
                self.source,
                span,
                &format!("more than {DEPTH} parentheses or negations inside each other"),
            ));
        }
        self.next += 1;
        match value {
            Token::Tag(tag) => Ok(Term::Tag(Spanned::new(tag, span))),
            Token::Not => Ok(Term::Not(Box::new(self.one(depth + 1)?))),
            Token::Open => {
                let inner = self.any(depth + 1)?;
                if self.take(&Token::Close) {
                    Ok(inner)
                } else {
                    Err(wrong(self.source, span, "this '(' is not closed"))
                }
            }
            Token::And | Token::Or | Token::Close => Err(wrong(self.source, span, "a tag is missing before this")),
        }
    }
}

#[cfg(test)]
mod tests;

//! Interpolated strings.

use std::sync::Arc;

use super::operate::{BoundedText, MAX_TEXT_BYTES};
use super::place::{Place, Problem};
use super::{EvaluationError, Expression, Scope, Slots, words};
use crate::flow::Name;
use crate::source::diagnostics::{Diagnostic, Source, Spanned};

/// The replacement for a secret value.
const SECRET: &str = "[secret]";

/// A text with `${expression}` placeholders; `$${` is an escaped `${`.
#[derive(Clone, Debug)]
pub struct Template {
    text: Name,
    parts: Box<[Part]>,
    reads: Box<[usize]>,
    /// The word count of a text without placeholders, computed once because every playback needs
    /// it.
    words: u64,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Name),
    Hole(Expression),
}

impl Template {
    /// Parses a text and assigns slots to the variables of its placeholders.
    ///
    /// # Errors
    /// A diagnostic of the rule `flow/expression`: an unclosed placeholder, a wrong expression, or
    /// a text of more than 64 KiB.
    #[expect(clippy::result_large_err, reason = "an error is made once per mistake and moved into a list")]
    pub fn parse(source: &Arc<Source>, text: &Spanned<String>, slots: &mut Slots) -> Result<Self, Diagnostic> {
        Self::compile(&text.value, slots).map_err(|problem| Place::new(source, text).diagnostic(problem))
    }

    fn compile(text: &str, slots: &mut Slots) -> Result<Self, Problem> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Problem::new(0, text.len(), "the text is longer than 64 KiB"));
        }
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(dollar) = text[at..].find('$').map(|offset| at + offset) {
            plain.push_str(&text[at..dollar]);
            let rest = &text[dollar..];
            if rest.starts_with("$${") {
                plain.push_str("${");
                at = dollar + 3;
            } else if let Some(inside) = rest.strip_prefix("${") {
                let start = dollar + 2;
                let Some(length) = hole_length(inside) else {
                    return Err(Problem::new(dollar, start, "'${' is never closed")
                        .help("write '}' where the expression ends, or '$${' for the characters themselves"));
                };
                if inside[..length].trim().is_empty() {
                    return Err(Problem::new(dollar, start + length + 1, "the hole is empty")
                        .help("write an expression between '${' and '}', or '$${' for the characters themselves"));
                }
                let expression =
                    Expression::compile(&inside[..length], slots).map_err(|problem| problem.shift(start))?;
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain).into()));
                }
                parts.push(Part::Hole(expression));
                at = start + length + 1;
            } else {
                plain.push('$');
                at = dollar + 1;
            }
        }
        plain.push_str(&text[at..]);
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain.into()));
        }
        let words = match &*parts {
            [Part::Text(text)] => words(text),
            _ => 0,
        };
        let mut template = Self { text: text.into(), parts: parts.into(), reads: Box::default(), words };
        let mut reads: Vec<usize> = Vec::new();
        for &slot in template.holes().flat_map(Expression::reads) {
            if !reads.contains(&slot) {
                reads.push(slot);
            }
        }
        template.reads = reads.into();
        Ok(template)
    }

    /// Creates a text without placeholders.
    pub fn fixed(text: Name) -> Self {
        let words = words(&text);
        Self { text: text.clone(), parts: Box::new([Part::Text(text)]), reads: Box::default(), words }
    }

    /// The unescaped text if it has no placeholders.
    pub fn as_static(&self) -> Option<&Name> {
        match &*self.parts {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The number of words if there are no placeholders; else 0.
    pub fn words(&self) -> u64 {
        self.words
    }

    /// Renders the text; a placeholder that reads a secret slot becomes `[secret]`.
    ///
    /// # Errors
    /// If a placeholder has no value, or the result is larger than 64 KiB.
    pub fn render(&self, scope: &dyn Scope, is_secret: &dyn Fn(usize) -> bool) -> Result<String, EvaluationError> {
        let mut out = BoundedText::default();
        for part in &self.parts {
            let pushed = match part {
                Part::Text(text) => out.push(text),
                Part::Hole(expression) => {
                    // Evaluated even if secret, so that its errors are reported.
                    let value = expression.evaluate(scope)?;
                    if expression.reads().iter().any(|&slot| is_secret(slot)) {
                        out.push(SECRET)
                    } else {
                        out.push(value)
                    }
                }
            };
            pushed.map_err(|_| EvaluationError::TooLarge {
                expression: super::error::shown(&self.text),
                limit: "a text may have 64 KiB",
            })?;
        }
        Ok(out.finish())
    }

    /// The slots that its placeholders may read, each once, in the order of the text.
    pub fn reads(&self) -> &[usize] {
        &self.reads
    }

    /// Whether a placeholder may read the clock.
    pub fn reads_clock(&self) -> bool {
        self.holes().any(Expression::reads_clock)
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn holes(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(expression) => Some(expression),
            Part::Text(_) => None,
        })
    }
}

/// The number of bytes before the `}` that closes a placeholder; a `}` in a quoted text does not
/// close it.
fn hole_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if character == '}' => return Some(index),
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None => {}
        }
    }
    None
}

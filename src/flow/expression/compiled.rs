//! A compiled expression.

use std::borrow::Cow;
use std::sync::Arc;

use super::evaluate::Evaluator;
use super::kinds::Kinds;
use super::parse::parse;
use super::place::{Place, Problem};
use super::syntax::{Form, Syntax};
use super::{EvaluationError, Scope, Slots};
use crate::flow::{Name, Value, ValueKind as Kind};
use crate::source::diagnostics::{Diagnostic, Source, Spanned};

/// A parsed expression. It is immutable; several threads can evaluate it at once.
#[derive(Clone, Debug)]
pub struct Expression {
    text: Name,
    pub(super) root: Syntax,
    kinds: Kinds,
    reads: Box<[usize]>,
    reads_clock: bool,
}

impl Expression {
    /// Parses the text of a scalar and assigns slots to its variables.
    ///
    /// # Errors
    /// A diagnostic of the rule `flow/expression`: a mistake in the syntax, types that are certain
    /// to clash, an expression longer than 4,096 bytes or nested deeper than 64 levels. It points
    /// at the offending token if the scalar is written verbatim, else at the whole scalar.
    #[expect(clippy::result_large_err, reason = "an error is made once per mistake and moved into a list")]
    pub fn parse(source: &Arc<Source>, text: &Spanned<String>, slots: &mut Slots) -> Result<Self, Diagnostic> {
        Self::compile(&text.value, slots).map_err(|problem| Place::new(source, text).diagnostic(problem))
    }

    pub(super) fn compile(text: &str, slots: &mut Slots) -> Result<Self, Problem> {
        let parsed = parse(text, slots)?;
        Ok(Self {
            text: text.into(),
            root: parsed.root,
            kinds: parsed.kinds,
            reads: parsed.reads.into(),
            reads_clock: parsed.reads_clock,
        })
    }

    /// Creates a constant expression.
    pub fn constant(value: Value) -> Self {
        let text: Name = value.literal().into();
        let kinds = Kinds::single(value.kind());
        // The span serves messages only; saturation at 4 GiB is harmless.
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let root = Syntax { start: 0, end, form: Form::Constant(value) };
        Self { text, root, kinds, reads: Box::default(), reads_clock: false }
    }

    /// Evaluates the expression.
    ///
    /// # Errors
    /// When a variable has no value, types clash, or a result is out of range or too large.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        let value = Evaluator::new(&self.text, scope).value(&self.root);
        value.map(Cow::into_owned).map_err(|error| *error)
    }

    /// Evaluates the expression as a condition.
    ///
    /// # Errors
    /// As for [`evaluate`](Self::evaluate), and when the value is not a boolean.
    pub fn evaluate_boolean(&self, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        Evaluator::new(&self.text, scope).condition(&self.root).map_err(|error| *error)
    }

    /// The slots that it may read, each once, in the order of the text.
    pub fn reads(&self) -> &[usize] {
        &self.reads
    }

    /// Whether it may read the clock.
    pub fn reads_clock(&self) -> bool {
        self.reads_clock
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The type of its value if only one is possible.
    pub fn static_type(&self) -> Option<Kind> {
        self.kinds.only()
    }

    /// Whether its value may be of this type, by static analysis.
    pub fn may_be(&self, kind: Kind) -> bool {
        self.kinds.contains(kind)
    }

    /// The value, if the expression is a constant.
    pub fn as_constant(&self) -> Option<&Value> {
        match &self.root.form {
            Form::Constant(value) => Some(value),
            _ => None,
        }
    }
}

//! State and helpers that the readers of all nodes share.

use std::collections::HashMap;
use std::sync::Arc;

use super::suggest::Suggestions;
use super::variables::Variables;
use crate::flow::expression::{Expression, Slots, System, Template};
use crate::flow::{Name, QueueState, Schedule, Value};
use crate::source::diagnostics::{Spanned, quoted};
use crate::source::yaml::{Entry, Fields, Node, Reader, comment_swallowed};

/// The telephone keys.
pub(super) const KEYS: &str = "0123456789*#ABCD";

/// The reader and the facts about the flow known so far.
pub(super) struct Context<'a> {
    pub reader: Reader<'a>,
    pub slots: Slots,
    pub variables: Variables,
    pub suggest: Suggestions,
    pub schedules: Vec<(Name, Arc<Schedule>)>,
    pub queues: Vec<(Name, QueueState)>,
    nodes: HashMap<Name, usize>,
    ids: Vec<Name>,
}

impl<'a> Context<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self {
            reader,
            slots: Slots::new(),
            variables: Variables::default(),
            suggest: Suggestions::default(),
            schedules: Vec::new(),
            queues: Vec::new(),
            nodes: HashMap::new(),
            ids: Vec::new(),
        }
    }

    /// Registers all node ids before any edge is read.
    pub(super) fn name_nodes(&mut self, entries: &[Entry]) {
        for (index, entry) in entries.iter().enumerate() {
            self.check_id(&entry.key, "the id of a node");
            let id = Name::from(&*entry.key.value);
            self.nodes.insert(id.clone(), index);
            self.ids.push(id);
        }
    }

    /// Reads the target of an edge.
    pub(super) fn target(&mut self, node: &Node) -> Option<usize> {
        let id = self.reader.text(node, "the id of a node")?;
        let index = self.nodes.get(id.as_str()).copied();
        if index.is_none() {
            let dangling =
                self.reader.error("flow/unknown-node", id.span, format!("unknown node {}", quoted(&id.value)));
            let dangling = match self.suggest.closest(&id.value, self.ids.iter().map(|id| &**id)) {
                Some(near) => dangling.help(format!("did you mean '{near}'?")).replacement(near),
                None => dangling.label("the flow has no node with this id"),
            };
            self.reader.report(dangling);
        }
        index
    }

    /// Reads the target under an optional key.
    pub(super) fn optional_target(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<usize> {
        fields.take(key).and_then(|node| self.target(node))
    }

    /// Reads the id of a flow or a node.
    pub(super) fn id(&mut self, node: &Node, what: &'static str) -> Option<Spanned<Name>> {
        let text = self.reader.text(node, what)?;
        let id = Spanned::new(Box::from(text.value.as_str()), text.span);
        self.check_id(&id, what);
        Some(Spanned::new(Name::from(text.value), text.span))
    }

    fn check_id(&mut self, id: &Spanned<Box<str>>, what: &str) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
        if let Some(other) = id.value.chars().find(|&c| !allowed(c)) {
            let message = format!("{} cannot be {what}: it contains {}", quoted(&id.value), quoted(&other.to_string()));
            let bad = self.reader.error("flow/id", id.span, message);
            self.reader.report(bad.help("an id consists of letters (a-z), digits and the characters _ . : -"));
        } else if id.value.is_empty() {
            let bad = self.reader.error("flow/id", id.span, format!("{what} cannot be empty"));
            self.reader.report(bad);
        }
    }

    /// Reads the name of an outcome, a service or a field: any text that is not empty.
    pub(super) fn name(&mut self, node: &Node, what: &'static str) -> Option<Spanned<Name>> {
        let text = self.reader.text(node, what)?;
        if text.value.is_empty() {
            let empty = self.reader.error("flow/empty", text.span, format!("expected {what}, found an empty text"));
            self.reader.report(empty);
            return None;
        }
        Some(Spanned::new(Name::from(text.value), text.span))
    }

    /// Reads a mapping's key as a name; control characters are errors.
    pub(super) fn key_name(&mut self, key: &Spanned<Box<str>>, what: &'static str) -> Option<Name> {
        if key.value.is_empty() || key.value.chars().any(char::is_control) {
            let message = format!("{} cannot be {what}", quoted(&key.value));
            let bad = self.reader.error("flow/name", key.span, message);
            self.reader.report(bad.help("a name has at least one character, and no control characters"));
            return None;
        }
        Some(Name::from(&*key.value))
    }

    /// The slot of a variable, assigned if it has none. A name that expressions cannot refer to is
    /// an error.
    pub(super) fn variable(&mut self, name: &str, span: crate::source::diagnostics::Span) -> Option<usize> {
        let mut chars = name.chars();
        let first = chars.next().is_some_and(|c| c == '_' || c.is_alphabetic());
        let word = first && chars.all(|c| c == '_' || c.is_alphanumeric());
        let keyword = matches!(name, "and" | "or" | "not" | "in" | "true" | "false" | "null" | "metric");
        if word && !keyword && !System::is_reserved(name) {
            return Some(self.slots.intern(name));
        }
        let message = format!("{} cannot be the name of a variable", quoted(name));
        let help = if word {
            "the word is reserved in expressions"
        } else {
            "a name consists of letters, digits and '_' and does not begin with a digit"
        };
        let bad = self.reader.error("flow/name", span, message).help(help);
        self.reader.report(bad);
        None
    }

    /// Reads the variable that the node sets, named under a key.
    pub(super) fn written(&mut self, fields: &mut Fields<'_>, key: &'static str) -> Option<usize> {
        let name = fields.take(key).and_then(|node| self.reader.text(node, "the name of a variable"))?;
        let slot = self.variable(&name.value, name.span)?;
        self.variables.write(slot);
        Some(slot)
    }

    /// Reads an expression; a mistake is reported and replaced by null.
    pub(super) fn expression(&mut self, node: &Node, what: &'static str) -> Expression {
        let expression = self.bare_expression(node, what);
        self.variables.read(expression.reads(), node.span);
        expression
    }

    /// Reads an expression without registering the variables that it reads.
    pub(super) fn bare_expression(&mut self, node: &Node, what: &'static str) -> Expression {
        // An explicit null is a value; an empty one is not.
        if node.as_scalar().is_some_and(|scalar| scalar.is_null() && !scalar.text.is_empty()) {
            return Expression::constant(Value::Null);
        }
        let Some(text) = self.reader.text(node, what) else { return Expression::constant(Value::Null) };
        match Expression::parse(self.reader.source(), &text, &mut self.slots) {
            Ok(expression) => expression,
            Err(mistake) => {
                self.reader.report(mistake);
                Expression::constant(Value::Null)
            }
        }
    }

    /// Reads the expression under a key and reports its absence.
    pub(super) fn required_expression(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        what: &'static str,
    ) -> Expression {
        match fields.required(&mut self.reader, key) {
            Some(node) => self.expression(node, what),
            None => Expression::constant(Value::Null),
        }
    }

    /// Reads an interpolated string; a mistake is reported and replaced by an empty text.
    pub(super) fn template(&mut self, node: &Node, what: &'static str) -> Template {
        let Some(text) = self.reader.text(node, what) else { return Template::fixed("".into()) };
        match Template::parse(self.reader.source(), &text, &mut self.slots) {
            Ok(template) => {
                self.variables.read(template.reads(), node.span);
                template
            }
            Err(mistake) => {
                self.reader.report(mistake);
                Template::fixed("".into())
            }
        }
    }

    pub(super) fn text(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        what: &'static str,
    ) -> Option<Spanned<String>> {
        fields.take(key).and_then(|node| self.reader.text(node, what))
    }

    /// Reads a list of texts, or a single one.
    pub(super) fn texts(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        what: &'static str,
    ) -> Vec<Spanned<String>> {
        let Some(node) = fields.take(key) else { return Vec::new() };
        self.reader.one_or_many(node).iter().filter_map(|item| self.reader.text(item, what)).collect()
    }

    pub(super) fn duration(&mut self, fields: &mut Fields<'_>, key: &'static str, default_ms: u64) -> u64 {
        fields.take(key).and_then(|node| self.reader.duration(node, "a duration")).unwrap_or(default_ms)
    }

    pub(super) fn boolean(&mut self, fields: &mut Fields<'_>, key: &'static str, default: bool) -> bool {
        fields.take(key).and_then(|node| self.reader.boolean(node, "true or false")).unwrap_or(default)
    }

    /// Reads a whole number from `least` to `most`.
    pub(super) fn count(
        &mut self,
        fields: &mut Fields<'_>,
        key: &'static str,
        default: u32,
        least: u32,
        most: u32,
    ) -> u32 {
        let number = fields
            .take(key)
            .and_then(|node| self.reader.integer(node, "a whole number", i64::from(least), i64::from(most)));
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    }

    /// Reads a single telephone key, or `none`.
    pub(super) fn key(&mut self, fields: &mut Fields<'_>, key: &'static str, default: Option<char>) -> Option<char> {
        let Some(entry) = fields.entry(key) else { return default };
        if entry.value.is_null() {
            if let Some(hash) = comment_swallowed(self.reader.source(), entry.value.span) {
                let swallowed = self
                    .reader
                    .error("flow/key", hash, format!("'#' begins a comment here, so '{key}' has no value"))
                    .help("write \"#\" in quotes to mean the hash key")
                    .replacement("\"#\"");
                self.reader.report(swallowed);
            }
            return default;
        }
        let Some(text) = self.reader.text(&entry.value, "a telephone key or none") else { return default };
        if text.value == "none" {
            return None;
        }
        self.check_keys(&text.value, text.span);
        if text.value.chars().count() > 1 {
            let many =
                self.reader.error("flow/key", text.span, format!("{} is more than one key", quoted(&text.value)));
            self.reader.report(many.help("write a single key, or none"));
        }
        text.value.chars().next()
    }

    /// Reports characters that are not telephone keys.
    pub(super) fn check_keys(&mut self, keys: &str, span: crate::source::diagnostics::Span) {
        let Some(bad) = keys.chars().find(|&c| !KEYS.contains(c)) else {
            if keys.is_empty() {
                let empty = self.reader.error("flow/key", span, "expected a telephone key, found an empty text");
                self.reader.report(empty.help("keys are 0-9, *, # and A-D"));
            }
            return;
        };
        let message = if keys.chars().count() == 1 {
            format!("{} is not a telephone key", quoted(keys))
        } else {
            format!("{} contains {}, which is not a telephone key", quoted(keys), quoted(&bad.to_string()))
        };
        let error = self.reader.error("flow/key", span, message).help("keys are 0-9, *, # and A-D");
        let upper = keys.to_ascii_uppercase();
        let error =
            if upper.chars().all(|c| KEYS.contains(c)) { error.replacement(format!("\"{upper}\"")) } else { error };
        self.reader.report(error);
    }
}

//! Reads the fields of JSON objects and collects all mistakes with the paths of their fields.

use serde_json::{Map, Value};

use crate::remote::contract::FieldError;

/// The fields of one JSON object.
pub(super) struct Form<'v, 'w> {
    path: String,
    fields: &'v Map<String, Value>,
    known: Vec<&'static str>,
    wrong: &'w mut Vec<FieldError>,
}

impl<'v, 'w> Form<'v, 'w> {
    /// The fields of an object at `path`, which is empty for the whole body.
    pub(super) fn new(path: &str, fields: &'v Map<String, Value>, wrong: &'w mut Vec<FieldError>) -> Self {
        Self { path: path.to_owned(), fields, known: Vec::new(), wrong }
    }

    /// A required field.
    fn required(&mut self, name: &'static str) -> Option<&'v Value> {
        let value = self.optional(name);
        if value.is_none() {
            self.report(name, "is missing");
        }
        value
    }

    fn optional(&mut self, name: &'static str) -> Option<&'v Value> {
        self.known.push(name);
        self.fields.get(name)
    }

    /// A required text.
    pub(super) fn text(&mut self, name: &'static str) -> Option<&'v str> {
        let value = self.required(name)?;
        value.as_str().or_else(|| self.mistyped(name, "a text", value))
    }

    /// One of a set of words.
    pub(super) fn word<T>(
        &mut self,
        name: &'static str,
        words: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let found = parse(text);
        if found.is_none() {
            let known = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
            self.report(name, &format!("must be one of {known}, not {}", crate::source::diagnostics::quoted(text)));
        }
        found
    }

    /// A number.
    pub(super) fn number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.required(name)?;
        value.as_f64().or_else(|| self.mistyped(name, "a number", value))
    }

    /// A whole number of at least 0.
    pub(super) fn count(&mut self, name: &'static str) -> Option<u64> {
        let value = self.required(name)?;
        value.as_u64().or_else(|| self.mistyped(name, "a whole number of at least 0", value))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.required(name)?;
        let Some(items) = value.as_array() else { return self.mistyped(name, "a list of texts", value) };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.report(&format!("{name}[{index}]"), &format!("must be a text, not {}", kind(item))),
            }
        }
        (texts.len() == items.len()).then_some(texts)
    }

    /// A required object.
    pub(super) fn object<T>(&mut self, name: &'static str, read: impl FnOnce(Form<'v, '_>) -> Option<T>) -> Option<T> {
        let value = self.required(name)?;
        let Some(fields) = value.as_object() else { return self.mistyped(name, "an object", value) };
        let path = self.path(name);
        read(Form::new(&path, fields, self.wrong))
    }

    /// Checks a value that was read; mistakes are appended.
    pub(super) fn check<T>(&mut self, value: Option<T>, check: impl FnOnce(T, &mut Vec<FieldError>)) {
        if let Some(value) = value {
            check(value, self.wrong);
        }
    }

    /// Whether an optional field is present.
    pub(super) fn has(&mut self, name: &'static str) -> bool {
        self.optional(name).is_some()
    }

    /// Reports unknown fields.
    pub(super) fn finish(mut self) {
        for name in self.fields.keys().filter(|name| !self.known.contains(&name.as_str())) {
            let help = match crate::source::diagnostics::closest(name, self.known.iter().copied()) {
                Some(near) => format!("is unknown; did you mean '{near}'?"),
                None => "is unknown".to_owned(),
            };
            let shown: String = name.chars().take(64).collect();
            let field = self.path(&crate::source::diagnostics::safe_text(&shown));
            self.wrong.push(FieldError::new(field, help));
        }
        self.known.clear();
    }

    fn mistyped<T>(&mut self, name: &str, wanted: &str, value: &Value) -> Option<T> {
        self.report(name, &format!("must be {wanted}, not {}", kind(value)));
        None
    }

    fn report(&mut self, name: &str, message: &str) {
        let field = self.path(name);
        self.wrong.push(FieldError::new(field, message));
    }

    fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

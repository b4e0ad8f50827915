//! Decodes a tree into models and collects all mistakes.

use std::sync::Arc;

use super::{Data, Entry, Node, Scalar, parse_duration};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span, Spanned, closest, quoted};

/// Capacity for the keys that a model reads from one mapping; few read more.
const EXPECTED_KEYS: usize = 24;

/// Decodes nodes of one source and collects diagnostics.
///
/// A method that finds an unexpected value reports it and returns `None`, so that the caller can
/// continue with the next field. `what` names the expected value with its article, as messages say
/// it after "expected": `a list of scenarios`, `a name`, `a number of retries`.
pub(crate) struct Reader<'a> {
    source: Arc<Source>,
    rules: &'static Rules,
    diagnostics: &'a mut Diagnostics,
}

/// The rule names a reader reports under.
#[derive(Debug)]
pub(crate) struct Rules {
    /// For a key that the model does not have.
    pub unknown_key: &'static str,
    /// For a missing key.
    pub missing_key: &'static str,
    /// For a value of another shape or type.
    pub wrong_type: &'static str,
}

/// The fields of one mapping; [`Fields::finish`] reports those that were not read as unknown.
pub(crate) struct Fields<'n> {
    what: &'static str,
    span: Span,
    entries: &'n [Entry],
    asked: Vec<&'static str>,
    below: Option<(&'static str, &'static [&'static str])>,
}

impl<'a> Reader<'a> {
    /// Creates a reader for one source.
    pub(crate) fn new(source: &Arc<Source>, rules: &'static Rules, diagnostics: &'a mut Diagnostics) -> Self {
        Self { source: source.clone(), rules, diagnostics }
    }

    /// The source.
    pub(crate) fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Appends a diagnostic.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Creates an error at a span of this source; [`Self::report`] appends it.
    pub(crate) fn error(&self, rule: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(rule, &self.source, span, message)
    }

    /// The fields of a mapping; `what` names it in messages, for example `a scenario`.
    pub(crate) fn mapping<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        let entries = self.entries(node, what)?;
        Some(Fields { what, span: node.span, entries, asked: Vec::with_capacity(EXPECTED_KEYS), below: None })
    }

    /// The entries of a mapping whose keys are the user's names.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<&'n [Entry]> {
        let Data::Mapping(entries) = &node.data else {
            self.wrong_type(node, what, Some("write it as lines of 'key: value', indented by two spaces"));
            return None;
        };
        Some(entries)
    }

    /// The items of a list.
    pub(crate) fn sequence<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<&'n [Node]> {
        let Data::Sequence(items) = &node.data else {
            self.wrong_type(node, what, Some("write it as lines that begin with '- ', or as [one, another]"));
            return None;
        };
        Some(items)
    }

    /// The items of a list, or a single value as a list of one.
    pub(crate) fn one_or_many<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.data {
            Data::Sequence(items) => items,
            _ => std::slice::from_ref(node),
        }
    }

    /// Any scalar except null, as text in its exact spelling. Control characters other than tabs
    /// and line breaks are errors.
    pub(crate) fn text(&mut self, node: &Node, what: &'static str) -> Option<Spanned<String>> {
        let text = &self.scalar(node, what)?.text;
        if let Some(control) = text.chars().find(|&c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
            let message = format!("{what} must not contain the control character U+{:04X}", control as u32);
            let diagnostic = self.error(self.rules.wrong_type, node.span, message);
            self.report(diagnostic);
            return None;
        }
        Some(Spanned::new(text.to_string(), node.span))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, node: &Node, what: &'static str) -> Option<bool> {
        let scalar = self.scalar(node, what)?;
        match (scalar.plain, &*scalar.text) {
            (true, "true") => Some(true),
            (true, "false") => Some(false),
            (_, text) => {
                let meant = match text.to_ascii_lowercase().as_str() {
                    "true" | "yes" | "on" | "y" => Some("true"),
                    "false" | "no" | "off" | "n" => Some("false"),
                    _ => None,
                };
                let diagnostic = self.expected(node, what).help("write true or false, without quotes");
                self.report(Diagnostic { replacement: meant.map(str::to_owned), ..diagnostic });
                None
            }
        }
    }

    /// A whole number from `least` to `most`, in decimal digits without leading zeros.
    pub(crate) fn integer(&mut self, node: &Node, what: &'static str, least: i64, most: i64) -> Option<i64> {
        let scalar = self.number(node, what)?;
        let digits = scalar.text.strip_prefix('-').unwrap_or(&scalar.text);
        let canonical = !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (!digits.starts_with('0') || &*scalar.text == "0");
        if !canonical {
            let diagnostic = self.expected_number(node, what, scalar);
            self.report(diagnostic.help("write a whole number in plain digits, such as 42"));
            return None;
        }
        // A number that does not fit into an `i64` is out of every range.
        let value = scalar.text.parse::<i64>().ok().filter(|value| (least..=most).contains(value));
        if value.is_none() {
            let range = match (least, most) {
                (i64::MIN, i64::MAX) => "of at most 64 bits".to_owned(),
                (least, i64::MAX) => format!("of at least {least}"),
                (i64::MIN, most) => format!("of at most {most}"),
                (least, most) => format!("between {least} and {most}"),
            };
            let message = format!("expected {what} {range}, found {}", shortened(&scalar.text));
            let diagnostic = self.error(self.rules.wrong_type, node.span, message);
            self.report(diagnostic);
        }
        value
    }

    /// A finite number as JSON writes it.
    pub(crate) fn decimal(&mut self, node: &Node, what: &'static str) -> Option<f64> {
        let scalar = self.number(node, what)?;
        let value = is_json_number(&scalar.text).then(|| scalar.text.parse::<f64>().ok()).flatten();
        let value = value.filter(|value| value.is_finite());
        if value.is_none() {
            let diagnostic = self.expected_number(node, what, scalar).help("write a number such as 0.5 or 20");
            self.report(diagnostic);
        }
        value
    }

    /// A duration such as `250ms`, `4s`, `1m 30s` or `PT5S`, in milliseconds; at most 30 days.
    pub(crate) fn duration(&mut self, node: &Node, what: &'static str) -> Option<u64> {
        const MAX_DURATION_MS: u64 = 30 * 24 * 60 * 60 * 1000;
        let scalar = self.scalar(node, what)?;
        let text = &*scalar.text;
        let wrong = match parse_duration(text) {
            Ok(ms) if ms <= MAX_DURATION_MS => return Some(ms),
            Ok(_) => self.error(
                self.rules.wrong_type,
                node.span,
                format!("expected {what} of at most 30 days, found {}", quoted(text)),
            ),
            Err(reason) => {
                let diagnostic = self.error(self.rules.wrong_type, node.span, format!("expected {what}: {reason}"));
                match is_json_number(text) && text.len() < 12 && !text.starts_with('-') {
                    true => diagnostic.label("a number without a unit").help(unit_help(text)),
                    false => diagnostic.help("write a duration such as 250ms, 4s or 1m 30s"),
                }
            }
        };
        self.report(wrong);
        None
    }

    /// One of a closed set of words, as its index in `words`. The error suggests the nearest word.
    pub(crate) fn word(&mut self, node: &Node, what: &'static str, words: &[&str]) -> Option<usize> {
        let text = &*self.scalar(node, what)?.text;
        let index = words.iter().position(|&word| word == text);
        if index.is_none() {
            let message = format!("expected {what}, found {}", quoted(text));
            let diagnostic = self.error(self.rules.wrong_type, node.span, message);
            let diagnostic = match closest(text, words.iter().copied()) {
                Some(word) => diagnostic.help(format!("did you mean '{word}'?")).replacement(word),
                None => diagnostic.help(format!("write {}", listed(words, "or"))),
            };
            self.report(diagnostic);
        }
        index
    }

    /// A scalar except null.
    fn scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Scalar> {
        let scalar = node.as_scalar().filter(|scalar| !scalar.is_null());
        if scalar.is_none() {
            self.wrong_type(node, what, None);
        }
        scalar
    }

    /// A scalar without quotes. A quoted scalar is a text even if it looks like a number.
    fn number<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Scalar> {
        let scalar = self.scalar(node, what)?;
        if scalar.plain {
            return Some(scalar);
        }
        let diagnostic = self.expected(node, what);
        let diagnostic = if is_json_number(&scalar.text) {
            diagnostic.help("remove the quotes").replacement(&*scalar.text)
        } else {
            diagnostic
        };
        self.report(diagnostic);
        None
    }

    fn expected(&self, node: &Node, what: &str) -> Diagnostic {
        self.error(self.rules.wrong_type, node.span, format!("expected {what}, found {}", node.describe()))
            .label(node.describe())
    }

    fn expected_number(&self, node: &Node, what: &str, scalar: &Scalar) -> Diagnostic {
        self.error(self.rules.wrong_type, node.span, format!("expected {what}, found {}", quoted(&scalar.text)))
    }

    fn wrong_type(&mut self, node: &Node, what: &str, help: Option<&str>) {
        let diagnostic = self.expected(node, what).maybe_help(help);
        self.report(diagnostic);
    }
}

impl<'n> Fields<'n> {
    /// The span of the whole mapping.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Reads the value under `key`; null counts as absent.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value).filter(|value| !value.is_null())
    }

    /// Reads the value under `key` and reports its absence.
    pub(crate) fn required(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<&'n Node> {
        let entry = self.entry(key);
        let value = entry.map(|entry| &entry.value).filter(|value| !value.is_null());
        if value.is_none() {
            let what = self.what;
            let diagnostic = match entry {
                Some(entry) => reader
                    .error(reader.rules.missing_key, entry.key.span, format!("the key '{key}' in {what} has no value"))
                    .label("nothing follows"),
                None => reader
                    .error(reader.rules.missing_key, self.span, format!("missing key '{key}' in {what}"))
                    .help(format!("add '{key}: ...'")),
            };
            reader.report(diagnostic);
        }
        value
    }

    /// Reads the entry under `key`, with the span of the key; its value may be null.
    pub(crate) fn entry(&mut self, key: &'static str) -> Option<&'n Entry> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.iter().find(|entry| &**entry.key == key)
    }

    /// The value under `key`, without marking the key as read.
    pub(crate) fn peek(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|entry| &**entry.key == key).map(|entry| &entry.value)
    }

    /// Declares which keys belong below a key of this mapping, for the help about keys that were
    /// not indented.
    pub(crate) fn below(&mut self, parent: &'static str, keys: &'static [&'static str]) {
        self.below = Some((parent, keys));
    }

    /// Reports every key that was not read, with the nearest known key.
    pub(crate) fn finish(self, reader: &mut Reader<'_>) {
        let unknown: Vec<_> = self.entries.iter().filter(|entry| !self.asked.contains(&&**entry.key)).collect();
        for (index, entry) in unknown.iter().enumerate() {
            let mut message = format!("unknown key {} in {}", quoted(&entry.key), self.what);
            let more = unknown.len() - index - 1;
            let last = index + 1 == MAX_UNKNOWN_KEYS && more > 0;
            if last {
                message.push_str(&format!(" and {more} more"));
            }
            let diagnostic = reader.error(reader.rules.unknown_key, entry.key.span, message);
            // A key that exists in this mapping cannot be the intended one.
            let free =
                self.asked.iter().copied().filter(|asked| self.entries.iter().all(|entry| &**entry.key != *asked));
            let below = self.below.filter(|(_, keys)| keys.contains(&&**entry.key));
            let diagnostic = match closest(&entry.key, free) {
                _ if let Some((parent, _)) = below => {
                    diagnostic.help(format!("'{}' belongs below '{parent}': indent it", &*entry.key))
                }
                Some(key) => diagnostic.help(format!("did you mean '{key}'?")).replacement(key),
                None if self.asked.is_empty() => diagnostic,
                None => diagnostic.help(format!("known keys are {}", listed(&self.asked, "and"))),
            };
            reader.report(diagnostic);
            if last {
                break;
            }
        }
    }
}

/// Maximum number of unknown keys of one mapping that are reported individually.
const MAX_UNKNOWN_KEYS: usize = 20;

/// `'a', 'b' and 'c'`
fn listed(words: &[&str], and: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
        [] => String::new(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}

/// Suggests units for a bare number.
fn unit_help(number: &str) -> String {
    match number.parse::<u64>() {
        // Numbers from 1,000 on are probably milliseconds.
        Ok(ms) if ms >= 1000 => format!("write '{ms}ms' or '{}'", super::format_duration(ms)),
        Ok(s) => format!("write '{s}s' or '{}ms'", s * 1000),
        Err(_) => format!("write '{number}s'"),
    }
}

/// Whether the text is a number in JSON's grammar: an optional minus, no leading zeros, digits on
/// both sides of a point.
fn is_json_number(text: &str) -> bool {
    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(mut rest) = text.strip_prefix('0').or_else(|| digits(text)) else { return false };
    if let Some(fraction) = rest.strip_prefix('.') {
        let Some(after) = digits(fraction) else { return false };
        rest = after;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let Some(after) = digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)) else { return false };
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;

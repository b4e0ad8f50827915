//! Edits YAML in place: changes one value and keeps every other byte, including comments and
//! layout.

use super::write::{Value, inline_entry, write_block, write_entry};
use super::{Data, Entry, Limits, Node, parse};
use crate::source::diagnostics::{Diagnostics, Source, Span};

/// A step of a path from a value to one of its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The value of a key.
    Key(&'a str),
    /// An item of a list, counted from 0.
    Item(usize),
}

/// Why a text cannot be edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not valid YAML.
    #[error("the file cannot be edited: it is not valid YAML")]
    Invalid,
    /// The path leads to no value, or not to a mapping where one is needed.
    #[error("the value to edit was not found")]
    NotFound,
    /// The key to insert exists.
    #[error("the key '{0}' exists already")]
    KeyExists(String),
    /// The edited text would change other values too, such as those shared by an alias.
    #[error("the value cannot be edited without changing others")]
    Ambiguous,
}

/// A YAML text and its tree.
#[derive(Debug)]
pub struct Document {
    text: String,
    root: Node,
}

/// The intended change of the value at the end of a path.
enum Change<'a> {
    Replace(&'a Value),
    Insert(&'a str, &'a Value),
    Remove(&'a str),
}

impl Document {
    /// Parses a text.
    ///
    /// # Errors
    ///
    /// Returns [`EditError::Invalid`] if the text has errors.
    pub fn parse(text: impl Into<String>) -> Result<Self, EditError> {
        let text = text.into();
        let source = Source::new("", text.as_str());
        let mut diagnostics = Diagnostics::new();
        match parse(&source, &Limits::default(), &mut diagnostics) {
            Some(root) if !diagnostics.has_errors() => Ok(Self { text, root }),
            _ => Err(EditError::Invalid),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Replaces a value. A block stays a block if the new value is of the same kind; any other
    /// value is written in one line.
    ///
    /// # Errors
    ///
    /// Leaves the document unchanged if the value does not exist, or if the edit would change other
    /// values.
    pub fn replace(&mut self, path: &[Step<'_>], value: &Value) -> Result<(), EditError> {
        let (node, entry) = self.find(path)?;
        let is_block = self.is_block(node);
        let same_kind = matches!(
            (&node.data, value),
            (Data::Sequence(_), Value::List(values)) if !values.is_empty()
        ) || matches!((&node.data, value), (Data::Mapping(_), Value::Mapping(values)) if !values.is_empty());
        let end = self.trimmed_end(node.span);
        let start = node.span.start as usize;
        let (start, end, text) = if is_block && same_kind {
            let start = self.first_dash(node, start);
            let mut text = String::new();
            write_block(&mut text, value, self.column(start));
            (start, end, text)
        } else if let Some(entry) = entry.filter(|_| start == end) {
            let colon = self.after_colon(entry)?;
            (colon, colon, format!(" {}", value.inline()))
        } else if let Some(entry) = entry.filter(|_| is_block) {
            // On the line of the key, before a comment there.
            let colon = self.after_colon(entry)?;
            let between = self.text.get(colon..start).unwrap_or_default().trim_end();
            (colon, end, format!(" {}{between}", value.inline()))
        } else {
            let space = if start == end { " " } else { "" };
            (start, end, format!("{space}{}", value.inline()))
        };
        self.splice(start, end, &text, path, &Change::Replace(value))
    }

    /// Inserts a key at the end of a mapping.
    ///
    /// # Errors
    ///
    /// Leaves the document unchanged if the mapping does not exist, or if the edit would change
    /// other values.
    pub fn insert(&mut self, path: &[Step<'_>], key: &str, value: &Value) -> Result<(), EditError> {
        let (node, _) = self.find(path)?;
        let Data::Mapping(entries) = &node.data else { return Err(EditError::NotFound) };
        if entries.iter().any(|entry| **entry.key == *key) {
            return Err(EditError::KeyExists(key.to_owned()));
        }
        let change = Change::Insert(key, value);
        let Some(last) = entries.last() else {
            let text = format!("{{ {} }}", inline_entry(key, value));
            return self.splice(node.span.start as usize, self.trimmed_end(node.span), &text, path, &change);
        };
        let end = self.end_of_entry(last)?;
        if !self.is_block(node) {
            return self.splice(end, end, &format!(", {}", inline_entry(key, value)), path, &change);
        }
        let column = self.column(last.key.span.start as usize);
        let mut text = format!("\n{}", " ".repeat(column));
        write_entry(&mut text, key, value, column);
        // Skip a comment behind the last entry.
        let end = end + self.text[end..].find(['\n', '\r']).unwrap_or(self.text.len() - end);
        self.splice(end, end, &text, path, &change)
    }

    /// Removes a key and its value from a mapping, with a comment behind the value.
    ///
    /// # Errors
    ///
    /// Leaves the document unchanged if the key does not exist, or if the edit would change other
    /// values.
    pub fn remove(&mut self, path: &[Step<'_>], key: &str) -> Result<(), EditError> {
        let (node, _) = self.find(path)?;
        let Data::Mapping(entries) = &node.data else { return Err(EditError::NotFound) };
        let index = entries.iter().position(|entry| **entry.key == *key).ok_or(EditError::NotFound)?;
        if entries.len() == 1 {
            return self.replace(path, &Value::Mapping(Vec::new()));
        }
        let entry = &entries[index];
        let (key_start, end) = (entry.key.span.start as usize, self.end_of_entry(entry)?);
        let next = entries.get(index + 1).map(|next| next.key.span.start as usize);
        let line_start = self.text[..key_start].rfind('\n').map_or(0, |at| at + 1);
        let (start, end) = if self.is_block(node) {
            if self.text[line_start..key_start].trim_matches([' ', '\u{feff}']).is_empty() && line_start > 0 {
                let rest = self.text[end..].find('\n').map_or(self.text.len(), |at| end + at + 1);
                (line_start, rest)
            } else {
                // The first entry of an item shares the line of the dash, where the next entry
                // moves to.
                (key_start, next.ok_or(EditError::Ambiguous)?)
            }
        } else if let Some(next) = next {
            (key_start, next)
        } else {
            (self.end_of_entry(&entries[index - 1])?, end)
        };
        self.splice(start, end, "", path, &Change::Remove(key))
    }

    /// The value at the end of a path, and the entry that holds it.
    fn find(&self, path: &[Step<'_>]) -> Result<(&Node, Option<&Entry>), EditError> {
        let mut found = (&self.root, None);
        for step in path {
            found = match (step, &found.0.data) {
                (Step::Key(key), Data::Mapping(entries)) => {
                    let entry = entries.iter().find(|entry| **entry.key == **key).ok_or(EditError::NotFound)?;
                    (&entry.value, Some(entry))
                }
                (Step::Item(index), Data::Sequence(items)) => (items.get(*index).ok_or(EditError::NotFound)?, None),
                _ => return Err(EditError::NotFound),
            };
        }
        Ok(found)
    }

    /// Replaces bytes if the new text differs from the old one by exactly the intended change.
    fn splice(
        &mut self,
        start: usize,
        end: usize,
        insert: &str,
        path: &[Step<'_>],
        change: &Change<'_>,
    ) -> Result<(), EditError> {
        let (Some(before), Some(after)) = (self.text.get(..start), self.text.get(end..)) else {
            return Err(EditError::Ambiguous);
        };
        let insert = if before.contains("\r\n") { insert.replace('\n', "\r\n") } else { insert.to_owned() };
        let edited = Self::parse(format!("{before}{insert}{after}")).map_err(|_| EditError::Ambiguous)?;
        if !is_changed(&self.root, &edited.root, path, change) {
            return Err(EditError::Ambiguous);
        }
        *self = edited;
        Ok(())
    }

    fn is_block(&self, node: &Node) -> bool {
        let opens = self.text.get(node.span.start as usize..).is_some_and(|text| text.starts_with(['[', '{']));
        !matches!(node.data, Data::Scalar(_)) && !opens
    }

    /// The start of a block list. The span of a list that is not indented starts behind its first
    /// dash.
    fn first_dash(&self, node: &Node, start: usize) -> usize {
        let is_dash =
            |at: usize| self.text[at..].strip_prefix('-').is_some_and(|rest| rest.starts_with([' ', '\n', '\r']));
        let before = self.text[..start].trim_end_matches(' ');
        match &node.data {
            Data::Sequence(_) if !is_dash(start) && before.ends_with('-') => before.len() - 1,
            _ => start,
        }
    }

    /// The end of a value without the line break of a block.
    fn trimmed_end(&self, span: Span) -> usize {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        span.start as usize + text.trim_end().len()
    }

    /// The end of the value of an entry, or of its colon if there is none.
    fn end_of_entry(&self, entry: &Entry) -> Result<usize, EditError> {
        let colon = self.after_colon(entry)?;
        // The span of an alias is that of the anchored value.
        if entry.value.span.start < entry.key.span.end {
            return Err(EditError::Ambiguous);
        }
        Ok(colon.max(self.trimmed_end(entry.value.span)))
    }

    fn after_colon(&self, entry: &Entry) -> Result<usize, EditError> {
        let key_end = entry.key.span.end as usize;
        let rest = self.text.get(key_end..).unwrap_or_default();
        let colon = rest.trim_start();
        if colon.starts_with(':') { Ok(key_end + rest.len() - colon.len() + 1) } else { Err(EditError::Ambiguous) }
    }

    /// The number of characters between the start of the line and an offset.
    fn column(&self, at: usize) -> usize {
        let before = &self.text[..at];
        before[before.rfind('\n').map_or(0, |line| line + 1)..].trim_start_matches('\u{feff}').chars().count()
    }
}

/// Whether `new` differs from `old` by exactly the change at the end of the path.
fn is_changed(old: &Node, new: &Node, path: &[Step<'_>], change: &Change<'_>) -> bool {
    let Some((step, rest)) = path.split_first() else {
        return match (change, &old.data, &new.data) {
            (Change::Replace(value), ..) => value.matches(new),
            (Change::Insert(key, value), Data::Mapping(old), Data::Mapping(new)) => {
                new.split_last().is_some_and(|(last, first)| {
                    **last.key == **key && value.matches(&last.value) && are_same_entries(old, first)
                })
            }
            (Change::Remove(key), Data::Mapping(old), Data::Mapping(new)) => {
                let kept: Vec<&Entry> = old.iter().filter(|entry| **entry.key != **key).collect();
                kept.len() == new.len() && kept.iter().zip(new).all(|(old, new)| is_same_entry(old, new))
            }
            _ => false,
        };
    };
    match (step, &old.data, &new.data) {
        (Step::Key(key), Data::Mapping(old), Data::Mapping(new)) => {
            old.len() == new.len()
                && old.iter().zip(new).all(|(old, new)| {
                    if **old.key == **key {
                        *old.key == *new.key && is_changed(&old.value, &new.value, rest, change)
                    } else {
                        is_same_entry(old, new)
                    }
                })
        }
        (Step::Item(changed), Data::Sequence(old), Data::Sequence(new)) => {
            old.len() == new.len()
                && old.iter().zip(new).enumerate().all(|(index, (old, new))| {
                    if index == *changed { is_changed(old, new, rest, change) } else { is_same(old, new) }
                })
        }
        _ => false,
    }
}

fn is_same(old: &Node, new: &Node) -> bool {
    match (&old.data, &new.data) {
        (Data::Scalar(old), Data::Scalar(new)) => old == new,
        (Data::Sequence(old), Data::Sequence(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(old, new))
        }
        (Data::Mapping(old), Data::Mapping(new)) => are_same_entries(old, new),
        _ => false,
    }
}

fn are_same_entries(old: &[Entry], new: &[Entry]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same_entry(old, new))
}

fn is_same_entry(old: &Entry, new: &Entry) -> bool {
    *old.key == *new.key && is_same(&old.value, &new.value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::yaml::write::tests::{text, value};
    use crate::source::yaml::write::write;

    const SUITE: &str = "\
# Lost cards.
suite: Lost cards   # the name
scenarios:
  # The first.
  - name: one
    dtmf: [\"2\", '7'] # keys
    expect: # what must happen
      outcome: served # good
      path:
      - a
      - b # the end

  - { name: two, tags: [x, y], skip: }
# The end.
";

    fn edited(edit: impl FnOnce(&mut Document) -> Result<(), EditError>) -> String {
        let mut document = Document::parse(SUITE).expect("valid YAML");
        edit(&mut document).expect("an edit that is possible");
        document.text().to_owned()
    }

    fn list(texts: &[&str]) -> Value {
        Value::List(texts.iter().map(|text| Value::text(*text)).collect())
    }

    const FIRST: [Step<'static>; 2] = [Step::Key("scenarios"), Step::Item(0)];
    const EXPECT: [Step<'static>; 3] = [Step::Key("scenarios"), Step::Item(0), Step::Key("expect")];
    const SECOND: [Step<'static>; 2] = [Step::Key("scenarios"), Step::Item(1)];

    #[test]
    fn values_are_replaced_and_all_else_stays() {
        let path = |steps: &[Step<'static>], key| [steps, &[Step::Key(key)]].concat();
        assert_eq!(
            edited(|document| document.replace(&path(&EXPECT, "outcome"), &Value::text("no"))),
            SUITE.replace("outcome: served #", "outcome: \"no\" #")
        );
        assert_eq!(
            edited(|document| document.replace(&path(&FIRST, "dtmf"), &list(&["3", "#", "hangup"]))),
            SUITE.replace("[\"2\", '7']", "[\"3\", \"#\", hangup]")
        );
        assert_eq!(
            edited(|document| document.replace(&path(&EXPECT, "path"), &list(&["c", "d", "e"]))),
            SUITE.replace("      - a\n      - b #", "      - c\n      - d\n      - e #")
        );
        assert_eq!(
            edited(|document| document.replace(&EXPECT, &Value::Null)),
            SUITE.replace(
                "expect: # what must happen\n      outcome: served # good\n      path:\n      - a\n      - b # the end",
                "expect: null # what must happen # the end"
            )
        );
        assert_eq!(
            edited(|document| document.replace(&path(&SECOND, "skip"), &Value::text("later"))),
            SUITE.replace("skip: }", "skip: later }")
        );
    }

    #[test]
    fn keys_are_inserted_and_removed() {
        assert_eq!(
            edited(|document| document.insert(&EXPECT, "ends_at", &Value::text("desk"))),
            SUITE.replace("- b # the end\n", "- b # the end\n      ends_at: desk\n")
        );
        assert_eq!(
            edited(|document| document.insert(&SECOND, "dtmf", &list(&["1"]))),
            SUITE.replace("skip: }", "skip:, dtmf: [\"1\"] }")
        );
        assert_eq!(
            edited(|document| document.remove(&FIRST, "dtmf")),
            SUITE.replace("    dtmf: [\"2\", '7'] # keys\n", "")
        );
        assert_eq!(edited(|document| document.remove(&FIRST, "name")), SUITE.replace("name: one\n    ", ""));
        assert_eq!(edited(|document| document.remove(&SECOND, "tags")), SUITE.replace("tags: [x, y], ", ""));
        assert_eq!(edited(|document| document.remove(&SECOND, "skip")), SUITE.replace(", skip:", ""));
    }

    #[test]
    fn what_would_change_other_values_is_refused() {
        let text = "a: &x { b: 1 }\nc: *x\n";
        let mut document = Document::parse(text).expect("valid YAML");
        let path = [Step::Key("a"), Step::Key("b")];
        assert_eq!(document.replace(&path, &Value::Null), Err(EditError::Ambiguous));
        assert_eq!(document.replace(&[Step::Key("d")], &Value::Null), Err(EditError::NotFound));
        assert_eq!(document.insert(&[], "a", &Value::Null), Err(EditError::KeyExists("a".into())));
        assert_eq!(document.text(), text);
        assert_eq!(Document::parse("a: [").map(|_| ()), Err(EditError::Invalid));
    }

    /// A step to every value that holds others, and to the values in them.
    fn paths(value: &Value) -> Vec<Vec<Step<'_>>> {
        let inner: Vec<(Step<'_>, &Value)> = match value {
            Value::List(values) => values.iter().enumerate().map(|(index, value)| (Step::Item(index), value)).collect(),
            Value::Mapping(values) => values.iter().map(|(key, value)| (Step::Key(key), value)).collect(),
            _ => Vec::new(),
        };
        let deeper = inner
            .into_iter()
            .flat_map(|(step, value)| paths(value).into_iter().map(move |path| [&[step], path.as_slice()].concat()));
        std::iter::once(Vec::new()).chain(deeper).collect()
    }

    /// The numbered comments of a text.
    fn comments(text: &str) -> Vec<&str> {
        text.match_indices("#@").map(|(at, _)| text[at..].split_whitespace().next().unwrap_or_default()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn an_edit_does_what_it_should_and_keeps_comments(
            before in value(), after in value(), key in text(), at in any::<prop::sample::Index>(),
        ) {
            let written = write(&before);
            // Explicit keys cannot be edited.
            let explicit = |line: &str| line.trim_start_matches([' ', '-']).starts_with("? ");
            prop_assume!(!written.lines().any(explicit) && key.len() < 20);
            // The mark of the comments that are counted.
            prop_assume!([&written, &write(&after), &key].iter().all(|text| !text.contains("#@")));
            let commented: String =
                written.lines().enumerate().map(|(index, line)| format!("{line} #@{index}\n")).collect();
            let paths = paths(&before);
            let path = &paths[at.index(paths.len())];
            let mut document = Document::parse(commented.as_str()).expect("a text that was written");
            let (node, _) = document.find(path).expect("the path");
            let within = &commented[node.span.start as usize..document.trimmed_end(node.span)];
            let lost = comments(within).len();
            document.replace(path, &after).expect("every value can be replaced");
            let kept = comments(document.text()).len();
            prop_assert_eq!(kept + lost, comments(&commented).len(), "{}\n{}", commented, document.text());

            let mut document = Document::parse(commented.as_str()).expect("a text that was written");
            if let Err(error) = document.insert(path, &key, &after) {
                prop_assert!(matches!(error, EditError::NotFound | EditError::KeyExists(_)), "{error}");
            } else {
                prop_assert_eq!(comments(document.text()), comments(&commented));
                document.remove(path, &key).expect("a key that was inserted");
            }
        }
    }
}

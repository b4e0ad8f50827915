//! Foreign text in Markdown, in which nothing of it is markup, a mention or a link.

use std::fmt::Write;

use crate::source::diagnostics::safe_text;

/// Bytes of a name or a sentence that are shown.
const SHOWN: usize = 400;
/// Bytes of a name in a table.
const CELL: usize = 100;

/// One line as code, for paragraphs and lists. An empty text is nothing.
pub(in crate::report) fn code(text: &str) -> String {
    let text = one_line(text, SHOWN);
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A fence must not touch a backtick of the text, and a space at both ends is taken away by readers.
    let touches = |c: char| c == '`' || c == ' ';
    let space = if text.starts_with(touches) || text.ends_with(touches) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// One line as code, for cells of tables and for HTML: there a backtick or a vertical bar would end what it stands in.
pub(super) fn html_code(text: &str) -> String {
    html(&one_line(text, SHOWN))
}

/// The same for the first cell of a row: rows are not left out for their length, so the cell is short.
pub(super) fn cell(text: &str) -> String {
    html(&one_line(text, CELL))
}

fn html(text: &str) -> String {
    let mut html = String::from("<code>");
    for c in text.chars() {
        match c {
            // All that any dialect of Markdown may give a meaning to.
            c if c.is_ascii_punctuation() && !matches!(c, '/' | '.' | '-' | ',') => {
                // Writing to a text cannot fail.
                let _ = write!(html, "&#{};", c as u32);
            }
            c => html.push(c),
        }
    }
    html + "</code>"
}

/// Lines as a block of code, cut to so many bytes at the end of a line.
pub(super) fn block(text: &str, most: usize) -> String {
    let text = safe_text(text.trim_end());
    let mut shown = clipped(&text, most);
    if shown.len() < text.len() {
        shown = shown.rsplit_once('\n').map_or(shown, |(whole, _)| whole);
    }
    let rest = if shown.len() < text.len() { "\n… cut" } else { "" };
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{shown}{rest}\n{fence}\n")
}

/// A text without line breaks, cut where it is too long.
fn one_line(text: &str, most: usize) -> String {
    let safe = safe_text(text);
    let shown = clipped(&safe, most);
    let mut line = shown.replace(['\n', '\r', '\t', '\u{2028}', '\u{2029}', '\u{85}'], " ");
    if shown.len() < safe.len() {
        line.push('…');
    }
    line
}

/// At most so many bytes, whole characters.
fn clipped(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A text that does not become longer than a limit in bytes.
#[derive(Debug)]
pub(in crate::report) struct Room {
    text: String,
    limit: usize,
}

/// Bytes that are kept free while entries are added, for the line that counts the others and what closes the list.
const RESERVE: usize = 200;

impl Room {
    pub(in crate::report) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit }
    }

    /// Adds a part that is known to fit: short, or made of few short ones.
    pub(in crate::report) fn add(&mut self, part: &str) {
        self.text.push_str(part);
    }

    /// Adds entries as long as whole ones fit, and then the line that says how many more there are.
    pub(in crate::report) fn entries(
        &mut self,
        entries: impl IntoIterator<Item = String>,
        all: u64,
        more: impl FnOnce(u64) -> String,
    ) {
        let mut left = all;
        for entry in entries {
            if self.text.len() + entry.len() + RESERVE > self.limit {
                break;
            }
            self.text.push_str(&entry);
            left = left.saturating_sub(1);
        }
        if left > 0 {
            self.text.push_str(&more(left));
        }
    }

    /// Whether something of this length still fits, besides the reserve.
    pub(in crate::report) fn has(&self, bytes: usize) -> bool {
        self.text.len() + bytes + RESERVE <= self.limit
    }

    pub(in crate::report) fn len(&self) -> usize {
        self.text.len()
    }

    pub(in crate::report) fn into_text(self) -> String {
        self.text
    }
}

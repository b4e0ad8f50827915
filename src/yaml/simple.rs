//! The simple YAML that nearly all files are written in, read at a tenth of the full parser's cost.
//!
//! It knows block and flow collections and scalars of one line: no anchors, tags, block scalars, values over several
//! lines or without a text, nothing that looks odd. Of anything else it says nothing at all; then the full parser reads
//! the whole text. So there is only one place that explains mistakes, and what is read here must be to the last byte
//! what the full parser reads: a property test compares the two.

use super::mapping::has_doubles;
use super::{Data, Entry, Limits, Node, Scalar};
use crate::diagnose::{Span, Spanned};

/// Longer keys, in bytes, are left to the full parser, which allows 1,024 characters.
const LONGEST_KEY: u32 = 1_000;

/// The tree of a text in simple YAML without any mistake; none for every other text.
pub(super) fn simple(text: &str, limits: &Limits) -> Option<Node> {
    if !has_only_usual_characters(text) {
        return None;
    }
    let mut simple = Simple {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 0,
        nodes_left: limits.nodes,
        levels_left: limits.depth.min(255),
        items: Vec::new(),
        entries: Vec::new(),
    };
    if text.starts_with("---") {
        simple.at = 3;
        simple.line_end()?;
    }
    simple.skip()?;
    let root = simple.block(0)?;
    simple.skip()?;
    (simple.is_at_end() && root.as_scalar().is_none()).then_some(root)
}

/// Printable characters and line ends, but no tabs and nothing that some take for a line end or leave out.
fn has_only_usual_characters(text: &str) -> bool {
    let bytes = text.as_bytes();
    let unusual = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\r') || byte == 0x7f;
    if bytes.iter().any(|&byte| unusual(byte)) || text.starts_with("...") {
        return false;
    }
    if text.contains('\r') && text.matches('\r').count() != text.matches("\r\n").count() {
        return false;
    }
    text.is_ascii() || text.chars().all(|c| matches!(c, '\0'..='\x7f' | '\u{a0}'..='\u{d7ff}' | '\u{10000}'..))
}

/// A text and how far it is read.
struct Simple<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The next byte.
    at: usize,
    /// Where its line begins.
    line: usize,
    nodes_left: usize,
    levels_left: usize,
    /// The items of the sequences that are open, those of the innermost last: a finished sequence takes no more room than
    /// it needs.
    items: Vec<Node>,
    /// The same of mappings.
    entries: Vec<Entry>,
}

impl Simple<'_> {
    /// The next byte; at the end of the text a NUL, which is in no text.
    fn peek(&self) -> u8 {
        self.byte(self.at)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or_default()
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn column(&self) -> usize {
        self.at - self.line
    }

    /// Whether the byte there is white space or the text's end.
    fn is_blank(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\n' | b'\r' | 0)
    }

    /// Whether an item of a block sequence begins here.
    fn is_dash(&self) -> bool {
        self.peek() == b'-' && self.is_blank(self.at + 1)
    }

    /// Whether a key ends here.
    fn is_colon(&self) -> bool {
        self.peek() == b':' && self.is_blank(self.at + 1)
    }

    /// Whether a comment begins here.
    fn is_comment(&self) -> bool {
        self.peek() == b'#' && (self.at == self.line || self.byte(self.at - 1) == b' ')
    }

    fn skip_spaces(&mut self) {
        while self.peek() == b' ' {
            self.at += 1;
        }
    }

    /// To the end of the line.
    fn skip_comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    }

    /// Goes to what comes next, over white space and comments; none where another document begins.
    fn skip(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                b' ' | b'\r' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.line = self.at;
                    if matches!(self.peek(), b'-' | b'.')
                        && matches!(self.bytes.get(self.at..self.at + 3), Some(b"---" | b"..."))
                    {
                        return None;
                    }
                }
                b'#' if self.is_comment() => self.skip_comment(),
                _ => return Some(()),
            }
        }
    }

    /// Goes to the end of a line on which nothing else may stand.
    fn line_end(&mut self) -> Option<()> {
        self.skip_spaces();
        if self.is_comment() {
            self.skip_comment();
        }
        matches!(self.peek(), b'\n' | b'\r' | 0).then_some(())
    }

    fn count(&mut self) -> Option<()> {
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        self.levels_left = self.levels_left.checked_sub(1)?;
        self.count()
    }

    /// The sequence of the items from the `first` on.
    fn close_sequence(&mut self, first: usize, start: usize, end: usize) -> Node {
        self.levels_left += 1;
        Node { span: Span::new(start, end), data: Data::Sequence(self.items.drain(first..).collect()) }
    }

    /// The mapping of the entries from the `first` on; none where a key stands there twice.
    fn close_mapping(&mut self, first: usize, start: usize, end: usize) -> Option<Node> {
        self.levels_left += 1;
        let entries: Vec<Entry> = self.entries.drain(first..).collect();
        (!has_doubles(&entries)).then(|| Node { span: Span::new(start, end), data: Data::Mapping(entries) })
    }

    /// A value of a block collection that begins in this column or behind it.
    fn block(&mut self, least: usize) -> Option<Node> {
        if self.column() < least {
            return None;
        }
        if self.is_dash() {
            return self.block_sequence();
        }
        if matches!(self.peek(), b'[' | b'{') {
            return self.inline();
        }
        let column = self.column();
        let scalar = self.scalar(false)?;
        if self.is_colon() {
            return self.block_mapping(column, key(scalar)?);
        }
        self.line_end()?;
        Some(scalar)
    }

    /// A value that ends with its line.
    fn inline(&mut self) -> Option<Node> {
        let value = self.flow(false)?;
        self.line_end()?;
        Some(value)
    }

    /// Whether a block collection in this column goes on; none where the next line is indented deeper: then it goes on
    /// with the value before, or is wrong.
    fn goes_on(&mut self, column: usize) -> Option<bool> {
        self.skip()?;
        if self.is_at_end() || self.column() < column {
            return Some(false);
        }
        (self.column() == column).then_some(true)
    }

    fn block_sequence(&mut self) -> Option<Node> {
        self.open()?;
        let (start, column) = (self.at, self.column());
        let first = self.items.len();
        loop {
            self.at += 1;
            self.skip()?;
            let item = self.block(column + 1)?;
            self.items.push(item);
            if !(self.goes_on(column)? && self.is_dash()) {
                break;
            }
        }
        let end = self.items.last().map_or(start, |last| last.span.end as usize);
        Some(self.close_sequence(first, start, end))
    }

    /// A list in the column of its key. The full parser has it begin with its first item, not with its dash, and
    /// somewhere in between where that item stands on a line of its own.
    fn unindented_sequence(&mut self) -> Option<Node> {
        let mut list = self.block_sequence()?;
        let Data::Sequence(items) = &list.data else { return None };
        let first = items.first()?.span.start;
        let between = self.text.get(list.span.start as usize..first as usize)?;
        list.span.start = first;
        (!between.contains('\n')).then_some(list)
    }

    /// The mapping whose first key ends here.
    fn block_mapping(&mut self, column: usize, mut key: Spanned<Box<str>>) -> Option<Node> {
        self.open()?;
        let start = key.span.start as usize;
        let first = self.entries.len();
        loop {
            self.at += 1;
            let line = self.line;
            self.skip()?;
            let value = if self.line == line {
                self.inline()?
            } else if self.column() == column && self.is_dash() {
                self.unindented_sequence()?
            } else {
                self.block(column + 1)?
            };
            self.entries.push(Entry { key, value });
            if !self.goes_on(column)? {
                break;
            }
            key = self.key(false)?;
        }
        let end = self.entries.last().map_or(start, |last| last.value.span.end as usize);
        self.close_mapping(first, start, end)
    }

    /// A key up to its colon.
    fn key(&mut self, flow: bool) -> Option<Spanned<Box<str>>> {
        let scalar = self.scalar(flow)?;
        // As in JSON, the value may stand right behind the colon of a key in quotes.
        let ends = self.is_colon() || (flow && self.peek() == b':' && scalar.as_scalar().is_some_and(|key| !key.plain));
        if ends { key(scalar) } else { None }
    }

    /// A flow collection or a scalar; inside of one, lines mean nothing.
    fn flow(&mut self, inside: bool) -> Option<Node> {
        match self.peek() {
            b'[' => self.flow_sequence(),
            b'{' => self.flow_mapping(),
            _ => self.scalar(inside),
        }
    }

    /// Goes over the comma after an item of a flow collection; whether the collection goes on.
    fn next_item(&mut self, end: u8) -> Option<bool> {
        self.skip()?;
        if self.peek() == b',' {
            self.at += 1;
            self.skip()?;
        } else if self.peek() != end {
            return None;
        }
        Some(self.peek() != end)
    }

    fn flow_sequence(&mut self) -> Option<Node> {
        self.open()?;
        let start = self.at;
        let first = self.items.len();
        self.at += 1;
        self.skip()?;
        let mut more = self.peek() != b']';
        while more {
            let item = self.flow(true)?;
            self.items.push(item);
            more = self.next_item(b']')?;
        }
        self.at += 1;
        Some(self.close_sequence(first, start, self.at))
    }

    fn flow_mapping(&mut self) -> Option<Node> {
        self.open()?;
        let start = self.at;
        let first = self.entries.len();
        self.at += 1;
        self.skip()?;
        let mut more = self.peek() != b'}';
        while more {
            let key = self.key(true)?;
            self.at += 1;
            self.skip_spaces();
            let value = self.flow(true)?;
            self.entries.push(Entry { key, value });
            more = self.next_item(b'}')?;
        }
        self.at += 1;
        self.close_mapping(first, start, self.at)
    }

    /// A text on one line, in quotes or not; `flow` says whether it stands inside of a flow collection.
    fn scalar(&mut self, flow: bool) -> Option<Node> {
        self.count()?;
        let start = self.at;
        let (text, plain) = match self.peek() {
            b'"' => (self.double_quoted()?, false),
            b'\'' => (self.single_quoted()?, false),
            _ => (self.plain(flow)?, true),
        };
        Some(Node { span: Span::new(start, self.at), data: Data::Scalar(Scalar { text, plain }) })
    }

    fn plain(&mut self, flow: bool) -> Option<Box<str>> {
        let start = self.at;
        match self.peek() {
            b'-' if self.is_blank(start + 1) || is_flow(self.byte(start + 1)) => return None,
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'?'
            | b':' => return None,
            _ => {}
        }
        // Behind the last character that is not a space.
        let mut end = start;
        loop {
            match self.peek() {
                b' ' => {}
                b'\n' | b'\r' | 0 => break,
                b':' if self.is_blank(self.at + 1) => break,
                b'#' if end < self.at => break,
                byte if flow && (is_flow(byte) || (byte == b':' && is_flow(self.byte(self.at + 1)))) => break,
                _ => end = self.at + 1,
            }
            self.at += 1;
        }
        self.at = end;
        self.text.get(start..end).filter(|text| !text.is_empty()).map(Box::from)
    }

    fn single_quoted(&mut self) -> Option<Box<str>> {
        let start = self.at + 1;
        loop {
            self.at += 1;
            match self.peek() {
                b'\'' if self.byte(self.at + 1) == b'\'' => self.at += 1,
                b'\'' => break,
                b'\n' | b'\r' | 0 => return None,
                _ => {}
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(if text.contains('\'') { text.replace("''", "'").into() } else { text.into() })
    }

    fn double_quoted(&mut self) -> Option<Box<str>> {
        let start = self.at + 1;
        let mut escapes = false;
        loop {
            self.at += 1;
            match self.peek() {
                b'\\' => {
                    escapes = true;
                    self.at += 1;
                    if !matches!(self.peek(), b'"' | b'\\' | b'/') {
                        return None;
                    }
                }
                b'"' => break,
                b'\n' | b'\r' | 0 => return None,
                _ => {}
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(if escapes { unescaped(text).into() } else { text.into() })
    }
}

/// Whether a byte has a meaning inside of flow collections.
fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

/// Every backslash gone that stands before the character that it escapes.
fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    std::iter::from_fn(|| chars.next().and_then(|c| if c == '\\' { chars.next() } else { Some(c) })).collect()
}

/// A scalar as a key; none where it means something else there.
fn key(node: Node) -> Option<Spanned<Box<str>>> {
    let Data::Scalar(scalar) = node.data else { return None };
    let odd = scalar.is_null() || (scalar.plain && &*scalar.text == "<<");
    (!odd && node.span.end - node.span.start <= LONGEST_KEY).then(|| Spanned::new(scalar.text, node.span))
}

#[cfg(test)]
mod tests;

//! Where the scenarios of a suite stand, told from the lines of its text.
//!
//! A YAML parser knows it too, but takes longer than everything else that a page is made of. The lines tell enough where a
//! suite is written as most are: `scenarios:` at the margin, and below it a list whose dashes stand in one column. What is
//! not written so, or may not be (texts in quotes that go over several lines, anchors, tabs, ...), is left to the parser. Of
//! every text that a suite can be, both say the same; of one with mistakes the lines may say anything.

use std::ops::Range;

use crate::source::diagnostics::Source;

/// An item of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The line of its dash, from 1.
    pub first: u32,
    /// The last line that says something.
    pub last: u32,
    /// The bytes from the dash's line up to the line of what comes after the item.
    pub bytes: Range<usize>,
}

/// Where in a suite a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before everything.
    Start,
    /// Before the list.
    Before,
    /// Behind the key of the list.
    Key,
    /// In the list whose dashes stand in this column, from 0.
    List(usize),
}

/// What a line leaves open, so that it depends on the indentation or the beginning of the next one what that is.
#[derive(Clone, Copy)]
enum Open {
    Nothing,
    /// A text after `|` or `>`: all lines that are indented deeper than this column.
    Block(usize),
    /// A text without quotes: it goes on if the next line is indented deeper than this column.
    Plain(usize),
    /// So many brackets, and whether a value may begin.
    Brackets {
        depth: usize,
        fresh: bool,
    },
}

/// Whether a line says something: it is neither empty nor a comment.
pub(super) fn is_written(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// The scenarios of a suite; none where a parser must be asked.
pub(super) fn items(source: &Source) -> Option<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    let (mut place, mut open) = (Place::Start, Open::Nothing);
    let has_returns = source.text().contains('\r');
    let mut end = source.text().len();
    for (number, (start, line)) in (1..).zip(source.lines()) {
        let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        // A carriage return by itself ends a line, too.
        if has_returns && line.contains('\r') {
            return None;
        }
        if !is_written(line) {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        open = match open {
            Open::Block(column) if indent > column => open,
            Open::Plain(column) if indent > column => return None,
            Open::Brackets { depth, fresh } => brackets(line.as_bytes(), indent, depth, fresh)?,
            _ if place == Place::Start && line == "---" => Open::Nothing,
            _ => {
                let dash = is_dash(&line.as_bytes()[indent..]);
                place = match place {
                    Place::Start | Place::Before if is_key_of_list(line) => Place::Key,
                    Place::Start => Place::Before,
                    Place::Key if dash => Place::List(indent),
                    Place::Key => return None,
                    Place::List(column) if indent < column || (indent == column && !dash) => {
                        end = start;
                        break;
                    }
                    place => place,
                };
                if place == Place::List(indent) {
                    // What begins below its dash has another first line.
                    let item = line[indent + 1..].trim_start();
                    if !is_written(item) || item.starts_with(['|', '>']) {
                        return None;
                    }
                    if let Some(before) = items.last_mut() {
                        before.bytes.end = start;
                    }
                    items.push(Item { first: number, last: number, bytes: start..start });
                }
                block(line.as_bytes(), indent)?
            }
        };
        if place == Place::Start {
            place = Place::Before;
        }
        if let Some(item) = items.last_mut() {
            item.last = number;
        }
    }
    items.last_mut()?.bytes.end = end;
    Some(items)
}

fn is_key_of_list(line: &str) -> bool {
    line.strip_prefix("scenarios:").is_some_and(|rest| rest.is_empty() || (rest.starts_with(' ') && !is_written(rest)))
}

/// Whether a line, from where it is written, begins with the dash of an item.
fn is_dash(line: &[u8]) -> bool {
    matches!(line, [b'-'] | [b'-', b' ', ..])
}

/// What a line of block style leaves open that is written from `at` on; none where it is not plain what it says.
fn block(line: &[u8], at: usize) -> Option<Open> {
    // Dots and dashes at the margin end a document.
    if line.starts_with(b"---") || line.starts_with(b"...") {
        return None;
    }
    let (mut at, mut column) = (at, at);
    loop {
        // Here begins a dash, a key or a value.
        let rest = line.get(at..)?;
        let after = match *rest.first()? {
            b'-' if is_dash(rest) => {
                column = at;
                at + 1
            }
            b'|' | b'>' => return Some(Open::Block(column)),
            b'[' | b'{' => return brackets(line, at, 0, true),
            quote @ (b'"' | b'\'') => {
                let end = quoted(line, at, quote)?;
                match &line[end..] {
                    [b':'] | [b':', b' ', ..] => {
                        column = at;
                        end + 1
                    }
                    rest if is_end(rest) => return Some(Open::Nothing),
                    _ => return None,
                }
            }
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b'?' | b',' | b']' | b'}' | b':' | b'\t' => return None,
            b'-' if rest.get(1) == Some(&b'\t') => return None,
            _ => match plain(rest)? {
                Some(length) => {
                    column = at;
                    at + length + 1
                }
                // Behind no key and no dash a text may go on in its own column.
                None if at == column => return None,
                None => return Some(Open::Plain(column)),
            },
        };
        if is_end(&line[after..]) {
            return Some(Open::Nothing);
        }
        at = after + line[after..].iter().take_while(|&&byte| byte == b' ').count();
    }
}

/// The length of the key that begins here, or that there is none but a text; none where tabs make it hard to tell.
fn plain(rest: &[u8]) -> Option<Option<usize>> {
    for (at, &byte) in rest.iter().enumerate() {
        match (byte, rest.get(at + 1)) {
            (b':', None | Some(b' ')) => return Some(Some(at)),
            (b' ', Some(b'#')) => return Some(None),
            (b':', Some(b'\t')) | (b'\t', Some(b'#')) => return None,
            _ => {}
        }
    }
    Some(None)
}

/// Behind the text in quotes that begins here; none where it does not end on its line.
fn quoted(line: &[u8], at: usize, quote: u8) -> Option<usize> {
    let mut end = at + 1;
    loop {
        match *line.get(end)? {
            b'\\' if quote == b'"' => end += 2,
            byte if byte != quote => end += 1,
            // Two of them stand for one.
            _ if quote == b'\'' && line.get(end + 1) == Some(&quote) => end += 2,
            _ => return Some(end + 1),
        }
    }
}

/// Whether a line that is complete up to here ends, but for a comment.
fn is_end(rest: &[u8]) -> bool {
    let written = rest.trim_ascii_start();
    written.is_empty() || (written.len() < rest.len() && written.starts_with(b"#"))
}

/// What a line leaves open on which, from `at` on, stands what is in brackets; `fresh` says whether a value may begin there.
fn brackets(line: &[u8], mut at: usize, mut depth: usize, mut fresh: bool) -> Option<Open> {
    // A text without quotes may go on over lines.
    if !fresh && !matches!(line.get(at), Some(b',' | b']' | b'}')) {
        return None;
    }
    while let Some(&byte) = line.get(at) {
        let next = line.get(at + 1);
        match byte {
            b'[' | b'{' if fresh => depth += 1,
            b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                fresh = false;
                if depth == 0 {
                    return is_end(&line[at + 1..]).then_some(Open::Nothing);
                }
            }
            b',' => fresh = true,
            b':' if matches!(next, None | Some(b' ')) => fresh = true,
            b' ' if next == Some(&b'#') => break,
            b' ' => {}
            b'"' | b'\'' if fresh => {
                at = quoted(line, at, byte)?;
                fresh = false;
                // The colon behind a key in quotes needs no space.
                if matches!(line.get(at), Some(b':')) {
                    at += 1;
                    fresh = true;
                }
                continue;
            }
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b'?' | b'|' | b'>' | b'#' if fresh => return None,
            b'[' | b'{' | b'\t' => return None,
            _ => fresh = false,
        }
        at += 1;
    }
    Some(Open::Brackets { depth, fresh })
}

#[cfg(test)]
mod tests;

//! Measures and shortens texts.

use crate::source::diagnostics::safe_text;

const ELLIPSIS: char = '…';

/// The width of a text in px at a font size in px: at least what the widest of the usual sans-serif
/// fonts (`DejaVu` Sans, Verdana) make of it, so that it fits whatever font a reader has.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    text.chars().map(|c| em(c, bold)).sum::<f64>() * size
}

/// The text in one line, safe to show, no wider than `most` px; what does not fit gives way to an
/// ellipsis.
pub(super) fn fit(text: &str, size: f64, bold: bool, most: f64) -> String {
    let text = one_line(text);
    if width(&text, size, bold) <= most {
        return text;
    }
    let room = most - em(ELLIPSIS, bold) * size;
    let mut used = 0.0;
    let mut kept = String::new();
    for c in text.chars() {
        used += em(c, bold) * size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept.push(ELLIPSIS);
    kept
}

/// The text in one line, safe to show.
pub(super) fn one_line(text: &str) -> String {
    safe_text(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The advance of a character in em, rounded up.
fn em(c: char, bold: bool) -> f64 {
    let regular = match c {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' => 0.4,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '{' | '}' | '/' | '-' | '"' => 0.46,
        'm' | 'M' | 'W' | '@' | '%' | '…' => 1.02,
        'w' | '_' | '→' | '↩' | '⟲' | '+' | '=' | '<' | '>' | '~' | '#' | '&' => 0.86,
        'a'..='z' | '0'..='9' => 0.645,
        'A'..='Z' => 0.79,
        '\0'..='\u{7f}' => 0.86,
        // Latin, Greek, Cyrillic and their like.
        '\u{80}'..='\u{52f}' => 1.0,
        // Anything else may be as wide as it is high, and some are wider.
        _ => 1.3,
    };
    if bold { regular * 1.1 } else { regular }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_gives_way_to_an_ellipsis() {
        assert_eq!(fit("main\n menu", 13.0, false, 200.0), "main menu");
        assert_eq!(fit("a very long name of a node", 13.0, false, 80.0), "a very lo…");
        assert_eq!(fit("abc", 13.0, false, 0.0), "…");
        assert_eq!(fit("", 13.0, false, 0.0), "");
        assert_eq!(fit("a\u{1b}[31m", 13.0, false, 200.0), "a␛[31m");
    }
}

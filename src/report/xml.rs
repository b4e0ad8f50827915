//! Any text as XML.

use std::borrow::Cow;

/// Where a text stands in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XmlPlace {
    /// Between two tags.
    Text,
    /// In an attribute's value, where parsers turn line breaks and tabs into spaces unless they are written as references.
    Attribute,
}

/// Any text made safe for an XML 1.0 document, escaped.
///
/// What XML cannot hold is replaced: control characters by their Unicode pictures (`␀`, `␛`), those of C1 and the
/// noncharacters U+FFFE and U+FFFF by U+FFFD. Everything else comes out of a parser as it went in.
pub(crate) fn xml_safe(text: &str, place: XmlPlace) -> Cow<'_, str> {
    // Nearly every text is; all its bytes are looked at, because that can be done for many of them at once.
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) & !matches!(byte, b'&' | b'<' | b'>' | b'"');
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::new();
    let mut copied = 0;
    for (index, c) in text.char_indices() {
        let Some(instead) = instead(c, place) else { continue };
        safe.push_str(&text[copied..index]);
        match instead {
            Instead::Reference(reference) => safe.push_str(reference),
            Instead::Character(c) => safe.push(c),
        }
        copied = index + c.len_utf8();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[copied..]);
    Cow::Owned(safe)
}

enum Instead {
    Reference(&'static str),
    Character(char),
}

fn instead(c: char, place: XmlPlace) -> Option<Instead> {
    let reference = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        // Also in text, where it would end a CDATA section that a careless tool makes of it.
        '>' => "&gt;",
        '"' if place == XmlPlace::Attribute => "&quot;",
        '\t' if place == XmlPlace::Attribute => "&#9;",
        '\n' if place == XmlPlace::Attribute => "&#10;",
        // Parsers turn a bare one into a line feed everywhere.
        '\r' => "&#13;",
        '\t' | '\n' => return None,
        '\0'..='\x1f' => return Some(Instead::Character(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'))),
        '\x7f' => return Some(Instead::Character('\u{2421}')),
        '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => return Some(Instead::Character('\u{fffd}')),
        _ => return None,
    };
    Some(Instead::Reference(reference))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn documented(text: &str) -> String {
        let replaced = |c: char| match c {
            '\t' | '\n' | '\r' => c,
            '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap(),
            '\x7f' => '␡',
            '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        };
        text.chars().map(replaced).collect()
    }

    #[test]
    fn what_xml_cannot_hold_is_shown() {
        assert_eq!(xml_safe("\0a\u{1b}[31m]]>\u{ffff}", XmlPlace::Text), "␀a␛[31m]]&gt;\u{fffd}");
        assert_eq!(xml_safe("a\tb\r\n\"<&'", XmlPlace::Attribute), "a&#9;b&#13;&#10;&quot;&lt;&amp;'");
        assert!(matches!(xml_safe("plain ä 漢", XmlPlace::Text), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn a_parser_gives_the_text_back(text in any::<String>()) {
            let attribute = xml_safe(&text, XmlPlace::Attribute);
            let document = format!("<a b=\"{attribute}\">{}</a>", xml_safe(&text, XmlPlace::Text));
            let parsed = roxmltree::Document::parse(&document).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let expected = documented(&text);
            prop_assert_eq!(parsed.root_element().attribute("b"), Some(expected.as_str()));
            prop_assert_eq!(parsed.root_element().text().unwrap_or_default(), expected);
        }
    }
}

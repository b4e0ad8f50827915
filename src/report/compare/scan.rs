//! The line of a scenario that passed, read without taking apart what a comparison does not need.
//!
//! Nearly every line of a run is of this kind, and most of it is checks, prompts and times. Whatever is not as callpath
//! writes it (other verdicts, escapes in names, blanks between tokens) is left to the reader that knows all of JSON. What
//! is passed over is only looked at for where it ends.

use std::ops::Range;

/// A scenario that passed, as places in its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    /// Its id.
    pub id: Range<usize>,
    /// Its file.
    pub file: Range<usize>,
    /// Where it stands in it.
    pub line: u32,
    /// The nodes that its call walked, each with its outcome.
    pub steps: Vec<(Range<usize>, Option<Range<usize>>)>,
}

impl Passed {
    /// Reads a line, in place of what was read before; false where it has to be read otherwise.
    pub(super) fn read(&mut self, line: &[u8]) -> bool {
        self.id = 0..0;
        self.file = 0..0;
        self.line = 0;
        self.steps.clear();
        let mut scan = Scan { bytes: line, at: 0 };
        self.scenario(&mut scan).is_some() && scan.at == line.len() && !self.id.is_empty()
    }

    fn scenario(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        let mut passed = false;
        scan.object(|scan, key| {
            match key {
                b"id" => self.id = scan.text()?,
                b"file" => self.file = scan.text()?,
                b"line" => self.line = scan.number()?,
                b"verdict" => {
                    let verdict = scan.text()?;
                    passed = scan.bytes.get(verdict)? == b"passed";
                    passed.then_some(())?;
                }
                b"trace" => scan.object(|scan, key| match key {
                    b"steps" => scan.list(|scan| self.step(scan)),
                    _ => scan.skip(),
                })?,
                // Each prompt is a step.
                b"assist" => scan.object(|scan, key| match key {
                    b"prompts" => scan.list(|scan| self.prompt(scan)),
                    _ => scan.skip(),
                })?,
                // More than one attempt is worth a closer look.
                b"attempts" => return None,
                _ => scan.skip()?,
            }
            Some(())
        })?;
        passed.then_some(())
    }

    fn prompt(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        let (mut id, mut result) = (None, None);
        scan.object(|scan, key| {
            match key {
                b"id" => id = Some(scan.text()?),
                b"result" => result = Some(scan.text()?),
                _ => scan.skip()?,
            }
            Some(())
        })?;
        self.steps.push((id?, Some(result?)));
        Some(())
    }

    fn step(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        let (mut node, mut outcome) = (None, None);
        scan.object(|scan, key| {
            match key {
                b"node" => node = Some(scan.text()?),
                b"outcome" => outcome = Some(scan.text()?),
                _ => scan.skip()?,
            }
            Some(())
        })?;
        self.steps.push((node?, outcome));
        Some(())
    }
}

/// A place in a line.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Where a value that is passed over may end, or a text in it may begin.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    special[b'"' as usize] = true;
    special[b'{' as usize] = true;
    special[b'}' as usize] = true;
    special[b'[' as usize] = true;
    special[b']' as usize] = true;
    special
};

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Each entry of an object, by its key.
    fn object(&mut self, mut entry: impl FnMut(&mut Self, &[u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            return self.expect(b'}');
        }
        loop {
            let key = self.text()?;
            self.expect(b':')?;
            let bytes = self.bytes;
            entry(self, bytes.get(key)?)?;
            match self.peek()? {
                b',' => self.at += 1,
                _ => return self.expect(b'}'),
            }
        }
    }

    /// Each item of a list.
    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            return self.expect(b']');
        }
        loop {
            item(self)?;
            match self.peek()? {
                b',' => self.at += 1,
                _ => return self.expect(b']'),
            }
        }
    }

    /// A text without escapes.
    fn text(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        let start = self.at;
        let length = self.bytes.get(start..)?.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
        self.at = start + length;
        self.expect(b'"')?;
        Some(start..start + length)
    }

    /// A whole number.
    fn number(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(self.bytes.get(self.at..self.at + digits)?).ok()?;
        self.at += digits;
        text.parse().ok()
    }

    /// Passes over a text with its end, escapes or not.
    fn skip_text(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            let length = self.bytes.get(self.at..)?.iter().position(|&byte| matches!(byte, b'"' | b'\\'))?;
            self.at += length;
            if self.peek()? == b'"' {
                return self.expect(b'"');
            }
            // The character after a backslash means nothing here.
            self.at += 2;
        }
    }

    /// Passes over a value.
    fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.skip_text(),
            b'{' | b'[' => {
                let mut depth = 0_usize;
                loop {
                    let next = self.bytes.get(self.at..)?.iter().position(|&byte| SPECIAL[usize::from(byte)])?;
                    self.at += next;
                    match self.peek()? {
                        b'"' => {
                            self.skip_text()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        _ => depth -= 1,
                    }
                    self.at += 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
            }
            _ => {
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'"' | b'{' | b'[' | b':');
                let length = self.bytes.get(self.at..)?.iter().position(ends)?;
                self.at += length;
                (length > 0).then_some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> Option<String> {
        let mut passed = Passed::default();
        let step = |(node, outcome): &(Range<usize>, Option<Range<usize>>)| {
            let outcome = outcome.as_ref().map_or("-", |outcome| &line[outcome.clone()]);
            format!(" {}.{outcome}", &line[node.clone()])
        };
        passed.read(line.as_bytes()).then(|| {
            let steps: String = passed.steps.iter().map(step).collect();
            format!("{} {}:{}{steps}", &line[passed.id.clone()], &line[passed.file.clone()], passed.line)
        })
    }

    #[test]
    fn names_and_steps_are_found_and_the_rest_is_passed_over() {
        let line = r#"{"id":"a::b","tags":["x","y"],"file":"a.yaml","line":31,"verdict":"passed","score":{"checks":[{"a":"}\"]"},{}],"n":-1.5e3,"none":null},"trace":{"outcome":"x","steps":[{"node":"menu","type":"menu","outcome":"1","prompts":[{"text":"{["}]},{"node":"bye","at_ms":3}],"variables":{}},"wall":{"start_us":1}}"#;
        assert_eq!(read(line).as_deref(), Some("a::b a.yaml:31 menu.1 bye.-"));
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_others() {
        for line in [
            r#"{"id":"a","file":"f","line":1,"verdict":"failed"}"#,
            r#"{"id":"a","file":"f","line":1}"#,
            r#"{"id":"a","file":"f","line":1,"verdict":"passed","attempts":[]}"#,
            r#"{"id":"a\u0041","file":"f","line":1,"verdict":"passed"}"#,
            r#"{"id": "a","file":"f","line":1,"verdict":"passed"}"#,
            r#"{"id":"a","file":"f","line":1,"verdict":"passed"},"#,
            r#"{"id":"a","file":"f","line":-1,"verdict":"passed"}"#,
            r#"{"id":"a","file":"f","line":1,"verdict":"passed","x":}"#,
            r#"{"id":"a","file":"f","line":1,"verdict":"passed","x":[{}"#,
            r#"{"id":"a","file":"f","line":1,"verdict":"passed","x":"\"#,
            "",
            "null",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
        assert!(read(r#"{"id":"a","file":"f","line":1,"verdict":"passed"}"#).is_some());
    }

    proptest! {
        #[test]
        fn a_line_that_was_cut_is_never_taken_for_a_whole_one(cut in 0usize..200) {
            let line = r#"{"id":"a::b","file":"a.yaml","line":31,"verdict":"passed","score":{"checks":[{"a":"}\"]"}]},"trace":{"steps":[{"node":"menu","outcome":"1","prompts":[{"text":"{["}]}]},"wall":{"start_us":1}}"#;
            let cut = cut.min(line.len() - 1);
            prop_assert_eq!(read(&line[..cut]), None);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[{}\\[\\]\",:\\\\a-c0-9.]{0,60}") {
            read(&text);
            read(&format!("{{\"id\":\"a\",\"verdict\":\"passed\",\"x\":{text}}}"));
        }
    }
}

//! A run record of the bytes of a file: `run.json`, or a journal.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{EVENT_VERSION, RUN_VERSION, RUN_VERSIONS, ReplayError, RunRecord, replay};

/// Why some bytes are not the record of a run: one sentence, with the place in the file where there is one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Line and column, both from 1.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
}

impl ParseError {
    fn new(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }

    /// In a file: `run.json:1:17: …`, or `run.json: …`.
    pub fn in_file(&self, file: &str) -> String {
        match self.place {
            Some((line, column)) => format!("{file}:{line}:{column}: {}", self.message),
            None => format!("{file}: {}", self.message),
        }
    }
}

/// The record in a `run.json` or in a journal (`events.jsonl`), which may be cut short anywhere. What was read from a file
/// that callpath wrote is equal to what it wrote.
pub fn parse(bytes: &[u8]) -> Result<RunRecord, ParseError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Some(first) = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) else {
        return Err(ParseError::new("it is empty"));
    };
    if is_journal(bytes) {
        // A cut may go through a character.
        return journal(&String::from_utf8_lossy(bytes));
    }
    let what = match first {
        b'{' => None,
        b'[' => Some("it is a list"),
        b'<' => Some("it is XML or HTML"),
        _ => Some("it is not JSON"),
    };
    if let Some(what) = what {
        return Err(ParseError::new(format!("{what}; {HELP}")));
    }
    record(bytes)
}

const HELP: &str = "give the run.json of a run, or its events.jsonl";

/// What tells records of other kinds and versions apart.
#[derive(Deserialize)]
struct Kind {
    version: Option<u64>,
    header: Option<Written>,
    newly_broken: Option<IgnoredAny>,
    event: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Written {
    callpath: Option<String>,
}

fn record(bytes: &[u8]) -> Result<RunRecord, ParseError> {
    let broken = |error: &serde_json::Error| {
        let message = match error.is_data() {
            true => format!("not as in a run record: {}", words(error)),
            false => words(error),
        };
        let place = Some((error.line(), error.column())).filter(|(line, _)| *line > 0);
        ParseError { place, message: format!("{message}; {HELP}") }
    };
    match serde_json::from_slice::<Kind>(bytes) {
        Ok(Kind { newly_broken: Some(_), .. }) => {
            Err(ParseError::new(format!("it is the comparison of two runs; {HELP}")))
        }
        Ok(Kind { version: Some(version), header, .. }) if !is_read(version) => {
            Err(other_version("record", version, RUN_VERSION, header.and_then(|header| header.callpath)))
        }
        Ok(Kind { version: None, event: None, .. }) => {
            Err(ParseError::new(format!("it is not the record of a run; {HELP}")))
        }
        _ => match serde_json::from_slice::<RunRecord>(bytes) {
            Ok(record) => Ok(RunRecord { version: RUN_VERSION, ..record }),
            Err(error) => Err(broken(&error)),
        },
    }
}

fn is_read(version: u64) -> bool {
    u32::try_from(version).is_ok_and(|version| RUN_VERSIONS.contains(&version))
}

fn other_version(what: &str, found: u64, known: u32, callpath: Option<String>) -> ParseError {
    let by = callpath.map(|version| format!(" (callpath {version} wrote it)")).unwrap_or_default();
    ParseError::new(format!("the {what} has version {found}{by}, this callpath reads versions up to {known}"))
}

/// Whether the first line is an event, or the beginning of one.
fn is_journal(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{\"at_us\":") || {
        let first = bytes.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
        serde_json::from_slice::<Kind>(first).is_ok_and(|kind| kind.event.is_some())
    }
}

fn journal(text: &str) -> Result<RunRecord, ParseError> {
    replay(text.lines()).map_err(|error| match error {
        ReplayError::Line { line, source } => ParseError {
            place: Some((line, source.column().max(1))),
            message: format!("the line is not an event of a journal: {}", words(&source)),
        },
        ReplayError::NoStart => ParseError {
            place: Some((1, 1)),
            message: "the journal does not hold the start of a run, so that nothing is known of it".to_owned(),
        },
        ReplayError::Version(version) => other_version("journal", version.into(), EVENT_VERSION, None),
    })
}

/// A message without the place that it ends with, in this program's quotes.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(words, _)| words);
    match text {
        "EOF while parsing a value"
        | "EOF while parsing an object"
        | "EOF while parsing a list"
        | "EOF while parsing a string" => "it ends in the middle".to_owned(),
        text => text.replace('`', "'").replace("expected struct ", "expected "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text.as_bytes()).expect_err("it is no record").in_file("FILE")
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_place() {
        let said = [
            "",
            " \n",
            "suite: x\n",
            "<?xml version=\"1.0\"?><testsuites/>",
            "{}",
            "[1, 2]",
            "{\"version\":1,\n \"header\": 5}",
            "{\"version\":1,\n \"head",
            "{\"version\":9,\"header\":{\"callpath\":\"7.1.0\"},\"more\":1}",
            "{\"version\":1,\"newly_broken\":[]}",
            "{\"at_us\":0,\"tot",
            "{\"at_us\":0,\"event\":\"unheard\"}\n{\"at_us\":0}\n",
        ]
        .map(error);
        insta::assert_snapshot!(said.join("\n"), @"
        FILE: it is empty
        FILE: it is empty
        FILE: it is not JSON; give the run.json of a run, or its events.jsonl
        FILE: it is XML or HTML; give the run.json of a run, or its events.jsonl
        FILE: it is not the record of a run; give the run.json of a run, or its events.jsonl
        FILE: it is a list; give the run.json of a run, or its events.jsonl
        FILE:2:12: not as in a run record: invalid type: integer '5', expected RunHeader; give the run.json of a run, or its events.jsonl
        FILE:2:6: it ends in the middle; give the run.json of a run, or its events.jsonl
        FILE: the record has version 9 (callpath 7.1.0 wrote it), this callpath reads versions up to 2
        FILE: it is the comparison of two runs; give the run.json of a run, or its events.jsonl
        FILE:1:1: the journal does not hold the start of a run, so that nothing is known of it
        FILE:1:29: the line is not an event of a journal: missing field 'totals'
        ");
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for bytes in [&b"\xff\xfe"[..], b"{\"at_us\":\xff", b"\xef\xbb\xbf", b"{\"version\":1,\"header\":\"\xff\"}"] {
            assert!(parse(bytes).is_err());
        }
    }
}

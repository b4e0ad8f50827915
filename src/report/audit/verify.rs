//! Whether an audit log is as it was written.

use std::io::{self, BufRead};

use serde::Deserialize;

use super::chain::{GENESIS, Link};

/// So many problems are told; one change may break the log in several places.
const TOLD: usize = 20;

/// What was found in a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lines.
    pub lines: u64,
    /// Runs that are sealed.
    pub runs: u64,
    /// The hash of the last line.
    pub head: String,
    /// The log ends with a seal.
    pub sealed: bool,
    /// Lines that have the form of a line of a log, whatever they say.
    pub linked: u64,
    /// What is wrong, at most twenty things, each with the number of its line in the file.
    pub problems: Vec<Problem>,
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u64,
    /// One sentence without the line.
    pub what: String,
}

impl Verified {
    /// Nothing is wrong, and the end is there.
    pub fn is_whole(&self) -> bool {
        self.problems.is_empty() && self.sealed
    }

    /// Nothing in the file looks like an audit log: another file was meant. An empty one may have been a log.
    pub fn is_foreign(&self) -> bool {
        self.lines > 0 && self.linked == 0
    }
}

/// What a line says, as far as the chain is concerned.
#[derive(Deserialize)]
struct Said {
    event: String,
    #[serde(default)]
    lines: Option<u64>,
}

/// Checks a log from its first byte to its last.
pub fn verify(mut log: impl BufRead) -> io::Result<Verified> {
    let mut check = Check { expected: vec![GENESIS.to_owned()], number: 1, ..Check::default() };
    let mut line = Vec::new();
    loop {
        line.clear();
        if log.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        check.line(&line);
    }
    Ok(check.end())
}

#[derive(Default)]
struct Check {
    found: Verified,
    /// The hashes that the next line may follow: two after a line whose text and hash do not fit.
    expected: Vec<String>,
    /// The number of the next line.
    number: u64,
    /// The line where the run began that is not sealed yet, by its number.
    began: Option<u64>,
}

impl Check {
    fn problem(&mut self, what: impl Into<String>) {
        if self.found.problems.len() < TOLD {
            self.found.problems.push(Problem { line: self.found.lines, what: what.into() });
        }
    }

    fn line(&mut self, bytes: &[u8]) {
        self.found.lines += 1;
        self.found.sealed = false;
        let Some(text) = bytes.strip_suffix(b"\n") else {
            return self.problem("is cut off: it has no line feed at its end");
        };
        let Some(link) = Link::parse(text) else {
            self.problem("is not a line of an audit log");
            // The next line cannot be compared with this one, and counts on from it.
            self.expected.clear();
            self.number += 1;
            return;
        };
        self.found.linked += 1;
        let digest = link.digest();
        let is_sound = digest == link.hash;
        if !is_sound {
            self.problem("was changed: its hash is not that of its text");
        }
        self.place(&link, is_sound);
        self.expected = vec![link.hash.to_owned()];
        if !is_sound {
            self.expected.push(digest);
        }
        self.number = link.number.saturating_add(1);
        self.found.head = link.hash.to_owned();
        self.meaning(&link);
    }

    /// Whether a line stands where it belongs.
    fn place(&mut self, link: &Link<'_>, is_sound: bool) {
        let follows = self.expected.is_empty() || self.expected.iter().any(|hash| hash == link.previous);
        let (number, wanted) = (link.number, self.number);
        if number == wanted && follows {
            return;
        }
        if number > wanted {
            let missing = if number - wanted == 1 {
                format!("line {wanted} of the log is missing")
            } else {
                format!("lines {wanted} to {} of the log are missing", number - 1)
            };
            self.problem(format!("does not follow the line before it: {missing}"));
        } else if number < wanted {
            self.problem(format!("is out of place: it is line {number} of the log"));
        } else if is_sound {
            self.problem("does not follow the line before it: one of the two was replaced");
        }
    }

    /// Whether runs begin and end as they do.
    fn meaning(&mut self, link: &Link<'_>) {
        let Ok(said) = serde_json::from_str::<Said>(&format!("{{{}}}", link.body)) else {
            return self.problem("is not a line of an audit log: it does not say what happened");
        };
        match (said.event.as_str(), self.began) {
            ("run-started", None) => self.began = Some(link.number),
            ("run-started", Some(_)) => {
                self.problem("begins a run before the one before it has ended");
                self.began = Some(link.number);
            }
            (_, None) => self.problem("belongs to no run"),
            ("run-finished", Some(began)) => {
                let counted = link.number.saturating_sub(began).saturating_add(1);
                match said.lines {
                    Some(lines) if lines == counted => {
                        self.found.sealed = true;
                        self.found.runs += 1;
                    }
                    Some(lines) => self.problem(format!("seals {lines} lines of its run, and there are {counted}")),
                    None => self.problem("ends a run and does not say how many lines it has"),
                }
                self.began = None;
            }
            _ => {}
        }
    }

    fn end(self) -> Verified {
        self.found
    }
}

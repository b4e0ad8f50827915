//! Parses a gate from its name and limit.

use std::fmt;

use super::{GateError, Measure, Mistaken, Unit};
use crate::source::diagnostics::{closest, quoted};
use crate::source::yaml::parse_duration;

/// A measure and its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// What is measured.
    pub measure: Measure,
    /// The least or the greatest value allowed, in the measure's unit: a ratio, a count, or
    /// seconds.
    pub limit: f64,
}

impl Gate {
    /// The gate of an expression such as `accuracy>=95%` or `duration <= 2m`.
    pub fn parse(text: &str) -> Result<Self, GateError> {
        let Some(at) = text.find(['<', '>', '=']) else {
            // A misspelt name is told first: it says more than a missing relation.
            let measure = measure(text.trim())?;
            let help = format!("write '{measure}{}{}'", measure.relation(), example(measure));
            return Err(error(Mistaken::Relation, format!("the gate {} has no limit", quoted(text)), Some(help)));
        };
        let (name, rest) = text.split_at(at);
        let limit = rest.trim_start_matches(['<', '>', '=']);
        let relation = &rest[..rest.len() - limit.len()];
        let measure = measure(name.trim())?;
        if relation != measure.relation() {
            let (kind, right) = (if measure.is_least() { "least" } else { "greatest" }, measure.relation());
            let message = format!("a gate on '{measure}' has a {kind} value, not {}", quoted(relation));
            let help = format!("write '{measure}{right}{}'", limit.trim());
            return Err(error(Mistaken::Relation, message, Some(help)));
        }
        Ok(Self { measure, limit: self::limit(measure, limit.trim())? })
    }

    /// The gate of a measure's name and its limit, as files have them.
    pub fn from_limit(name: &str, limit: &str) -> Result<Self, GateError> {
        let measure = measure(name)?;
        Ok(Self { measure, limit: self::limit(measure, limit.trim())? })
    }

    /// Whether a value is within the limit.
    pub fn allows(&self, value: f64) -> bool {
        if self.measure.is_least() { value >= self.limit } else { value <= self.limit }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.measure.unit() == Unit::Seconds { "s" } else { "" };
        write!(f, "{}{}{}{unit}", self.measure, self.measure.relation(), self.limit)
    }
}

/// Gates and, of others, those on measures that they do not name: the ones given first decide.
pub(crate) fn over(gates: Vec<Gate>, others: Vec<Gate>) -> Vec<Gate> {
    let mut all = others;
    for gate in gates {
        match all.iter_mut().find(|other| other.measure == gate.measure) {
            Some(other) => *other = gate,
            None => all.push(gate),
        }
    }
    all
}

fn error(mistaken: Mistaken, message: String, help: Option<String>) -> GateError {
    GateError { mistaken, message, help }
}

fn measure(name: &str) -> Result<Measure, GateError> {
    Measure::of_name(name).ok_or_else(|| {
        let names = || Measure::ALL.into_iter().map(Measure::name);
        let help = match closest(name, names()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("the measures are: {}", names().collect::<Vec<_>>().join(", ")),
        };
        error(Mistaken::Measure, format!("there is no measure {}", quoted(name)), Some(help))
    })
}

fn example(measure: Measure) -> &'static str {
    match measure.unit() {
        Unit::Ratio => "95%",
        Unit::Count => "20",
        Unit::Seconds => "2m",
    }
}

fn limit(measure: Measure, text: &str) -> Result<f64, GateError> {
    let wrong = |message: String, help: Option<String>| Err(error(Mistaken::Limit, message, help));
    match measure.unit() {
        Unit::Ratio => {
            let (number, scale) = match text.strip_suffix('%') {
                Some(number) => (number.trim_end(), 100.0),
                None => (text, 1.0),
            };
            // Digits and points only: Rust also reads 'inf', 'nan' and exponents.
            let plain = number.starts_with(|c: char| c.is_ascii_digit())
                && number.chars().all(|c| c.is_ascii_digit() || c == '.');
            match number.parse::<f64>().ok().filter(|_| plain) {
                Some(number) if number <= scale => Ok(number / scale),
                Some(number) if scale == 1.0 && number <= 100.0 => {
                    let message = format!("a gate on '{measure}' is a ratio of at most 1, not {text}");
                    wrong(message, Some(format!("write '{text}%'")))
                }
                Some(_) => wrong(format!("a gate on '{measure}' is at most 1, or 100%, not {text}"), None),
                None => {
                    let message = format!("expected a ratio for '{measure}', not {}", quoted(text));
                    wrong(message, Some("write for example '95%' or '0.95'".into()))
                }
            }
        }
        Unit::Count => match text.parse::<u32>() {
            Ok(count) if text.starts_with(|c: char| c.is_ascii_digit()) => Ok(f64::from(count)),
            _ => wrong(format!("expected a whole number for '{measure}', not {}", quoted(text)), None),
        },
        Unit::Seconds => match parse_duration(text) {
            Ok(ms) => Ok(ms as f64 / 1e3),
            Err(why) => wrong(format!("expected a duration for '{measure}': {why}"), None),
        },
    }
}

//! Reads fault files.

use std::sync::Arc;
use std::time::Duration;

use super::{Fault, FaultPlan, FaultRule, RequestSelector, RetryAfter};
use crate::server::Endpoint;
use crate::server::latency::{Latency, LatencyError};
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::{Fields, Limits, Node, Reader, Rules, parse};

static RULES: Rules =
    Rules { unknown_key: "faults/unknown-key", missing_key: "faults/missing-key", wrong_type: "faults/wrong-type" };

/// The rule for a value out of range.
const INVALID: &str = "faults/invalid";

/// Reads a fault file. Mistakes are appended to `diagnostics`, and the result is none if there is
/// one. `docs/server.md` is the reference of the keys. A single rule (`{on: submit, every: 10,
/// fault: reset}`) is a plan of that rule.
pub fn read_faults(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<FaultPlan> {
    let before = diagnostics.len();
    let node = parse(source, &Limits::default(), diagnostics)?;
    let mut reader = Reader::new(source, &RULES, diagnostics);
    let plan = read_plan(&node, &mut reader);
    if diagnostics.len() == before { plan } else { None }
}

fn read_plan(node: &Node, reader: &mut Reader<'_>) -> Option<FaultPlan> {
    let mut fields = reader.mapping(node, "a fault file")?;
    let single = ["fault", "every", "probability", "at"].into_iter().any(|key| fields.entry(key).is_some());
    if single {
        return Some(FaultPlan { rules: vec![read_rule(node, reader)?], ..FaultPlan::default() });
    }
    let mut fields = reader.mapping(node, "a fault file")?;
    let seed = fields.take("seed").and_then(|node| reader.integer(node, "a seed", 0, i64::MAX));
    let skew = fields.take("clock_skew").and_then(|node| signed_duration(node, reader));
    let early = fields.take("tokens_expire_early").and_then(|node| reader.duration(node, "a duration"));
    let rules = match fields.take("faults") {
        Some(list) => {
            reader.sequence(list, "a list of faults")?.iter().filter_map(|node| read_rule(node, reader)).collect()
        }
        None => Vec::new(),
    };
    fields.finish(reader);
    Some(FaultPlan {
        seed: seed.and_then(|seed| u64::try_from(seed).ok()),
        clock_skew_ms: skew.unwrap_or(0),
        tokens_expire_early: Duration::from_millis(early.unwrap_or(0)),
        rules,
    })
}

/// A duration in ms, possibly negative.
fn signed_duration(node: &Node, reader: &mut Reader<'_>) -> Option<i64> {
    const MAX_MS: u64 = 366 * 86_400_000;
    let text = reader.text(node, "a duration")?.value;
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.as_str()),
    };
    match crate::source::yaml::parse_duration(digits) {
        Ok(ms) if ms <= MAX_MS => i64::try_from(ms).ok().map(|ms| sign * ms),
        Ok(_) => {
            let diagnostic = reader.error(INVALID, node.span, "a clock skew must be at most a year");
            reader.report(diagnostic);
            None
        }
        Err(reason) => {
            let diagnostic = reader.error(INVALID, node.span, reason).help("write a duration such as 90s or -2m");
            reader.report(diagnostic);
            None
        }
    }
}

fn read_rule(node: &Node, reader: &mut Reader<'_>) -> Option<FaultRule> {
    const ENDPOINTS: [&str; 7] = ["any", "token", "submit", "status", "definitions", "prompts", "transcripts"];
    let mut fields = reader.mapping(node, "a fault")?;
    let on = fields.take("on").map(|node| reader.word(node, "an endpoint", &ENDPOINTS));
    let when = read_selector(&mut fields, reader);
    let fault = fields.required(reader, "fault").and_then(|node| reader.word(node, "a fault", &Fault::NAMES));
    let fault = fault.and_then(|index| read_fault(Fault::NAMES.get(index)?, &mut fields, reader));
    let on_node = fields.take("on");
    fields.finish(reader);
    let (when, fault) = (when?, fault?);
    let on = match on {
        None => None,
        Some(index) => index?.checked_sub(1).and_then(|index| Endpoint::ALL.get(index).copied()),
    };
    if let (Some(node), Some(endpoint)) = (on_node, on)
        && fault.is_for_simulations()
        && endpoint != Endpoint::Submit
    {
        let diagnostic = reader
            .error(INVALID, node.span, format!("this fault applies to simulations only, not to '{}'", endpoint.name()))
            .help("write 'on: submit', or remove the key");
        reader.report(diagnostic);
        return None;
    }
    Some(FaultRule { on, when, fault })
}

fn read_selector(fields: &mut Fields<'_>, reader: &mut Reader<'_>) -> Option<RequestSelector> {
    let given: Vec<&'static str> =
        ["probability", "every", "at"].into_iter().filter(|key| fields.take(key).is_some()).collect();
    let [key] = given[..] else {
        let message = match given[..] {
            [first, second, ..] => format!("a fault cannot have both '{first}' and '{second}'"),
            _ => "the fault does not say which requests it strikes".to_owned(),
        };
        let diagnostic = reader
            .error(INVALID, fields.span(), message)
            .help("write one of 'probability: 0.1', 'every: 10' and 'at: [3, 17]'");
        reader.report(diagnostic);
        return None;
    };
    let node = fields.take(key)?;
    match key {
        "probability" => {
            let probability = reader.decimal(node, "a probability")?;
            if !(0.0..=1.0).contains(&probability) {
                let diagnostic = reader.error(INVALID, node.span, "a probability must be from 0 to 1");
                reader.report(diagnostic);
                return None;
            }
            Some(RequestSelector::Probability(probability))
        }
        "every" => reader
            .integer(node, "a number of requests", 1, i64::MAX)
            .map(|every| RequestSelector::Every(every.unsigned_abs())),
        _ => {
            let numbers = reader.one_or_many(node).iter();
            let numbers: Vec<Option<i64>> =
                numbers.map(|node| reader.integer(node, "the number of a request", 1, i64::MAX)).collect();
            let mut numbers: Vec<u64> =
                numbers.into_iter().map(|number| number.map(i64::unsigned_abs)).collect::<Option<_>>()?;
            numbers.sort_unstable();
            Some(RequestSelector::At(numbers))
        }
    }
}

fn read_fault(name: &str, fields: &mut Fields<'_>, reader: &mut Reader<'_>) -> Option<Fault> {
    Some(match name {
        "delay" => {
            let node = fields.required(reader, "time")?;
            let text = reader.text(node, "a time")?.value;
            match text.parse::<Latency>() {
                Ok(latency) => Fault::Delay(latency),
                Err(error) => {
                    let diagnostic = reader.error(INVALID, node.span, error.reason).help(LatencyError::HELP);
                    reader.report(diagnostic);
                    return None;
                }
            }
        }
        "status" => {
            let status = fields.required(reader, "status");
            let status = status.and_then(|node| reader.integer(node, "a status", 400, 599));
            let retry_after = fields.take("retry_after").map(|node| read_retry_after(node, reader));
            let retry_after = match retry_after {
                None => None,
                Some(given) => Some(given?),
            };
            Fault::Status { status: u16::try_from(status?).ok()?, retry_after }
        }
        "reset" => Fault::Reset,
        "lost_answer" => Fault::LostAnswer,
        "truncated" => Fault::Truncated,
        "malformed" => Fault::Malformed,
        "wrong_type" => Fault::WrongType,
        "slow_body" => {
            let node = fields.required(reader, "over")?;
            Fault::SlowBody { over: Duration::from_millis(reader.duration(node, "a duration")?) }
        }
        "revoked_token" => Fault::RevokedToken,
        "unauthorized" => {
            let requests = match fields.take("requests") {
                Some(node) => reader.integer(node, "a number of requests", 1, 10_000)?,
                None => 1,
            };
            Fault::Unauthorized { requests: requests.unsigned_abs() }
        }
        "never_completes" => Fault::NeverCompletes,
        "fails" => Fault::Fails,
        _ => Fault::OtherVersion,
    })
}

/// Reads `2s` or `{date: 2s}`.
fn read_retry_after(node: &Node, reader: &mut Reader<'_>) -> Option<RetryAfter> {
    if node.as_scalar().is_some() {
        return reader.duration(node, "a duration").map(|ms| RetryAfter::Seconds(Duration::from_millis(ms)));
    }
    let mut fields = reader.mapping(node, "a time or a date")?;
    let date = fields.required(reader, "date").and_then(|node| reader.duration(node, "a duration"));
    fields.finish(reader);
    date.map(|ms| RetryAfter::Date(Duration::from_millis(ms)))
}

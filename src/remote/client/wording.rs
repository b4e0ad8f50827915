//! The sentences for what goes wrong between a client and a server.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::error::{ClientError, ErrorKind};
use super::retry::GiveUp;
use super::transport::{Response, TransportError};
use crate::remote::contract::strip_byte_order_mark;
use crate::source::diagnostics::safe_text;

/// So many characters of an answer are shown.
const SHOWN: usize = 200;

/// An error body; both parts may be missing.
#[derive(Deserialize)]
struct Explanation {
    error: Option<String>,
    error_description: Option<String>,
}

/// Reads JSON out of an answer; the error says what is wrong with it, and shows its beginning where `show` says that it
/// holds no secret.
pub(crate) fn json<'a, D: Deserialize<'a>>(answer: &'a Response, show: bool) -> Result<D, String> {
    let beginning = || if show { format!(": {}", beginning(&answer.body)) } else { String::new() };
    let kind = answer.header("content-type").unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim();
    let suffix = media.rsplit_once('+').map_or("", |(_, suffix)| suffix);
    if !media.eq_ignore_ascii_case("application/json") && !suffix.eq_ignore_ascii_case("json") {
        let kind =
            if kind.is_empty() { "no content type".to_owned() } else { crate::source::diagnostics::quoted(kind) };
        return Err(format!("it has {kind} where JSON belongs{}", beginning()));
    }
    serde_json::from_slice(strip_byte_order_mark(&answer.body)).map_err(|error| {
        let problem = match error.classify() {
            serde_json::error::Category::Eof => "its JSON is cut off".to_owned(),
            // serde's own words may quote the value at fault.
            _ if !show => {
                format!("its JSON is not what it should be, line {}, column {}", error.line(), error.column())
            }
            _ => format!("its JSON is not what it should be ({})", safe_text(&error.to_string()).replace('`', "'")),
        };
        format!("{problem}{}", beginning())
    })
}

/// The first characters of a body, on one line and safe to show.
fn beginning(body: &[u8]) -> String {
    // Four bytes are the longest character.
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN * 4)]);
    let mut shown: String = text.chars().take(SHOWN).collect();
    shown = safe_text(&shown.replace(['\n', '\t'], " ")).into_owned();
    if shown.is_empty() {
        return "it is empty".into();
    }
    let more = text.chars().nth(SHOWN).is_some() || body.len() > SHOWN * 4;
    format!("'{shown}{}'", if more { "\u{2026}" } else { "" })
}

/// An answer that is no success; `token` is whether the request carried one.
pub(super) fn status(name: &str, what: &str, answer: &Response, token: bool) -> ClientError {
    let kind = match answer.status {
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        429 | 502..=504 => ErrorKind::Busy,
        _ => ErrorKind::Rejected,
    };
    let meaning = match answer.status {
        401 if token => " (it refuses the token, also a new one)",
        401 => " (it wants a token: set 'client-id' or CXONE_CLIENT_ID)",
        403 => " (the client may not do that: check its scopes)",
        300..=399 => " (it sends to another address: set that as 'base-url')",
        _ => "",
    };
    let said = match (answer.status, answer.header("location")) {
        (300..=399, Some(location)) => Some(crate::source::diagnostics::quoted(location)),
        _ => explanation(answer),
    };
    let said = said.map_or(String::new(), |said| format!(": {said}"));
    ClientError::new(kind, format!("target '{name}' answered {} to {what}{meaning}{said}", answer.status))
}

/// What an answer says about itself: its error fields, else its beginning; none for an empty one.
pub(crate) fn explanation(answer: &Response) -> Option<String> {
    if answer.body.is_empty() {
        return None;
    }
    let found: Option<Explanation> = serde_json::from_slice(&answer.body).ok();
    let text = match found {
        Some(Explanation { error_description: Some(text), error: Some(error) }) => format!("{error}, {text}"),
        Some(Explanation { error_description: Some(text), error: None } | Explanation { error: Some(text), .. }) => {
            text
        }
        _ => return Some(beginning(&answer.body)),
    };
    Some(beginning(text.as_bytes()))
}

/// A token endpoint that refuses the credentials.
pub(super) fn refused(name: &str, url: &Url, answer: &Response) -> ClientError {
    // The body of such an answer may repeat what it was sent: only the registered error codes are shown.
    let code = serde_json::from_slice::<Explanation>(&answer.body).ok().and_then(|body| body.error);
    let known = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    let code = code.filter(|code| known.contains(&code.as_str())).map_or(String::new(), |code| format!(", {code}"));
    let help = "check 'client-id', the secret, 'scopes', 'token-url' and 'token-style'";
    let status = answer.status;
    ClientError::new(
        ErrorKind::Credentials,
        format!("target '{name}' gets no token: {url} answered {status}{code}; {help}"),
    )
}

/// A success that cannot be read.
pub(super) fn unreadable(name: &str, what: &str, problem: &str) -> ClientError {
    ClientError::new(ErrorKind::Unreadable, format!("target '{name}' gave an unusable answer to {what}: {problem}"))
}

/// No answer at all.
pub(super) fn unreachable(name: &str, url: &Url, error: &TransportError) -> ClientError {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    ClientError::new(ErrorKind::Unreachable, format!("target '{name}' at {host}{port} gave no answer: {error}"))
}

/// A server that asks for a pause of too long.
pub(super) fn told_to_wait(name: &str, what: &str, asked: Duration, deadline: Duration) -> ClientError {
    let message = format!(
        "target '{name}' asks for a pause of {} before {what}, longer than the deadline of {} allows",
        seconds(asked),
        seconds(deadline),
    );
    ClientError::new(ErrorKind::Busy, message)
}

/// The error of the last try, with the reason why there is no further one.
pub(super) fn given_up(error: ClientError, reason: GiveUp) -> ClientError {
    let kind = error.kind;
    match reason {
        GiveUp::Final | GiveUp::RetryAfter(_) => error,
        GiveUp::Attempts(1) => error,
        GiveUp::Attempts(count) => ClientError::new(kind, format!("{error} (after {count} tries)")),
        GiveUp::Deadline(deadline) => ClientError::new(kind, format!("{error} (tried for {})", seconds(deadline))),
    }
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) { format!("{} ms", time.as_millis()) } else { format!("{} s", time.as_secs()) }
}

//! The schema of suites of prompts.

use serde_json::{Value, json};

use super::shapes::{described, duration, integer, object, one_or_many, or_filled, reference, text, word};
use super::{PROPERTIES, bound, expansion};
use crate::assist::{ComponentType, LimitedBy, Outcome, Position, Priority, TranscriptState};
use crate::suite::prompts::{FIELDS, MOST_PROMPTS};

/// The definitions that only suites of prompts use.
pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    vec![
        ("prompt_defaults", object(&[], &common())),
        ("prompt_scenario", scenario()),
        ("service", service()),
        ("rate", rate()),
        ("agent", agent()),
        ("assist_prompt", prompt()),
        ("fallback", fallback()),
        ("service_answer", answer()),
        ("burst", burst()),
        ("prompt_expect", expect()),
        ("transcript_expect", transcript()),
    ]
}

/// What defaults and scenarios have in common.
fn common() -> Vec<(&'static str, Value)> {
    vec![
        ("service", described(reference("service"), "The settings of the way that prompts take.")),
        ("agent", described(reference("agent"), "The agent who is to see the prompt.")),
        ("prompt", described(reference("assist_prompt"), "The prompt.")),
        ("sentiment", described(sentiment(), "The sentiment of the interaction, from -1 to 1 (default 0).")),
        (
            "answers",
            described(
                answers(),
                "What the prompt service answers: the k-th answer to the k-th request, the last one to every further one.",
            ),
        ),
        (
            "fallback",
            described(reference("fallback"), "What is sent in place of a prompt that cannot be delivered, or `none`."),
        ),
        ("transcript", described(answers(), "What the transcript service answers, in the same way.")),
        ("burst", described(one_or_many(reference("burst")), "Many prompts; several bursts follow each other.")),
        ("stop_at", described(duration(), "When the server is told to stop, from the start.")),
        ("seed", described(integer(0, i64::MAX as u64), "Decides every draw (default: that of the run).")),
        ("timeout", described(duration(), "Wall time for one attempt (default: that of the run).")),
        (
            "retries",
            described(integer(0, 100), "How often a failed attempt is tried again (default: that of the run)."),
        ),
        ("properties", described(reference("properties"), PROPERTIES)),
        ("expect", described(reference("prompt_expect"), "What is expected of the prompts.")),
    ]
}

fn scenario() -> Value {
    let mut keys = super::named();
    keys.extend(common());
    keys.extend(expansion());
    object(&["name"], &keys)
}

fn sentiment() -> Value {
    or_filled(json!({ "type": "number", "minimum": -1, "maximum": 1 }))
}

fn answers() -> Value {
    let one = reference("service_answer");
    json!({ "anyOf": [one, { "type": "array", "minItems": 1, "maxItems": 1000, "items": one }] })
}

fn answer() -> Value {
    let status = || or_filled(json!({ "type": "integer", "minimum": 200, "maximum": 599 }));
    let word = || word(&["ok", "no_connection", "malformed", "timeout"]);
    let date = object(&["date_in"], &[("date_in", described(duration(), "A date so long after the answer's own."))]);
    let latency = ("latency", described(duration(), "How long it takes, in virtual time."));
    json!({ "anyOf": [
        described(status(), "This status."),
        described(word(), "A good answer, no connection, a body that is cut off, or none in time."),
        object(&["status"], &[
            ("status", described(status(), "The status.")),
            ("retry_after", described(json!({ "anyOf": [duration(), date] }), "The header Retry-After: whole seconds, or a date.")),
            latency.clone(),
        ]),
        object(&["answer"], &[
            ("answer", described(json!({ "anyOf": [word(), status()] }), "A word or a status.")),
            latency,
        ]),
    ] })
}

fn skills() -> Value {
    one_or_many(text())
}

fn rate() -> Value {
    let per_second = or_filled(json!({ "type": "number", "minimum": 0.001, "maximum": 1_000_000 }));
    let rate = object(
        &["burst", "per_second"],
        &[
            ("burst", described(integer(1, 1_000_000), "So many at once.")),
            ("per_second", described(per_second, "And then so many in each second.")),
        ],
    );
    json!({ "anyOf": [word(&["none"]), rate] })
}

fn service() -> Value {
    let count = || integer(1, 1_000_000);
    let search = or_filled(object(
        &[],
        &[
            ("queue", described(count(), "How many prompts may wait for theirs (default 1000).")),
            ("at_once", described(count(), "How many are asked for at once (default 16).")),
            ("pause", described(duration(), "After the first question; it doubles (default 250ms).")),
            ("longest_pause", described(duration(), "The longest pause (default 5s).")),
            ("give_up_after", described(duration(), "When to give up, from the delivery on (default 30s).")),
            ("request_timeout", described(duration(), "How long one question may take (default 3s).")),
        ],
    ));
    let wait = object(&["wait"], &[("wait", described(duration(), "How long at most."))]);
    or_filled(object(
        &[],
        &[
            ("min_sentiment", described(sentiment(), "The least sentiment; it is enough itself (default -0.3).")),
            ("required_skills", described(skills(), "What the agent must be able to do, all of it (default billing).")),
            (
                "agent_limit",
                described(reference("rate"), "For each agent, or `none` (default 10 at once, then 2 a second)."),
            ),
            (
                "tenant_limit",
                described(reference("rate"), "For each tenant, or `none` (default 10 at once, then 2 a second)."),
            ),
            (
                "when_limited",
                described(
                    json!({ "anyOf": [word(&["refuse"]), wait] }),
                    "Whether a prompt that meets an empty bucket is refused or waits (default refuse).",
                ),
            ),
            ("attempts", described(integer(1, 100), "How often a prompt is sent at most (default 3).")),
            ("pause", described(duration(), "The longest pause after the first attempt; it doubles (default 100ms).")),
            ("request_timeout", described(duration(), "How long one attempt may take (default 3s).")),
            ("deadline", described(duration(), "How long all attempts may take (default 10s).")),
            ("transcript", described(search, "How the transcript is looked for.")),
        ],
    ))
}

fn agent() -> Value {
    or_filled(object(
        &[],
        &[
            ("id", described(text(), "The id that the prompt names.")),
            ("skills", described(skills(), "What the agent can do (default billing, technical_support, escalation).")),
            ("tenant", described(text(), "Whose agent it is (default `default`).")),
            ("known", described(or_filled(json!({ "type": "boolean" })), "Whether the service knows the agent.")),
        ],
    ))
}

fn prompt() -> Value {
    let ui = or_filled(object(
        &[],
        &[
            ("component", described(word(&ComponentType::WORDS), "As what (default CARD).")),
            ("position", described(word(&Position::WORDS), "Where (default BOTTOM).")),
            ("timeout", described(duration(), "For how long (default 15s).")),
        ],
    ));
    or_filled(object(
        &[],
        &[
            ("interaction", described(text(), "The interaction that it belongs to.")),
            ("id", described(text(), "Its own id; of several prompts each has its number behind it.")),
            ("content", described(text(), "What the agent reads.")),
            ("priority", described(word(&Priority::WORDS), "How urgent it is (default HIGH).")),
            ("ui", described(ui, "How it is shown.")),
            ("keywords", described(one_or_many(text()), "What was spoken of.")),
        ],
    ))
}

fn fallback() -> Value {
    let fallback = object(
        &[],
        &[
            ("content", described(text(), "What the agent reads.")),
            ("priority", described(word(&Priority::WORDS), "How urgent it is (default LOW).")),
        ],
    );
    json!({ "anyOf": [word(&["none"]), fallback] })
}

fn burst() -> Value {
    or_filled(object(
        &["count"],
        &[
            ("count", described(integer(1, MOST_PROMPTS), "How many prompts.")),
            ("every", described(duration(), "From one to the next (default 0s).")),
            ("after", described(duration(), "From the prompt before the first one (default 0s).")),
            ("agents", described(one_or_many(text()), "The agents that they go to in turn.")),
            ("sentiment", described(sentiment(), "In place of the scenario's.")),
            ("answers", described(answers(), "What the prompt service answers to each of them.")),
        ],
    ))
}

fn expect() -> Value {
    let count = || integer(0, i64::MAX as u64);
    let result = || word(&Outcome::WORDS);
    let open = |schema: Value| json!({ "anyOf": [{ "const": "_" }, schema] });
    let many = |items: Value| or_filled(json!({ "type": "array", "maxItems": 1000, "items": items }));
    let results = json!({ "anyOf": [result(), many(open(result()))] });
    let counts: Vec<(&'static str, Value)> =
        Outcome::ALL.map(|outcome| (outcome.word(), described(bound(count()), "How many end so."))).to_vec();
    let status = json!({ "anyOf": [{ "enum": ["_", "none"] }, integer(100, 599)] });
    let fields: Vec<(&'static str, Value)> = FIELDS.map(|field| (field, reference("condition"))).to_vec();
    or_filled(object(
        &[],
        &[
            ("result", described(results, "How every prompt ends, or a list by prompt; `_` is not checked.")),
            ("counts", described(or_filled(object(&[], &counts)), "How many prompts end how.")),
            ("attempts", described(bound(count()), "How often each prompt is sent, its fallback included.")),
            (
                "statuses",
                described(many(status), "What a single prompt's attempts are answered; `none` for no answer."),
            ),
            ("pauses", described(many(open(bound(duration()))), "The pauses between a single prompt's attempts.")),
            ("reason", described(text(), "A part of a reason that is given.")),
            ("limited_by", described(word(&LimitedBy::WORDS), "Whose bucket is empty for those that are limited.")),
            ("retry_after", described(bound(duration()), "How long those that are limited are to stay away.")),
            ("waited", described(bound(duration()), "How long each prompt waits for its tokens.")),
            ("duration", described(bound(duration()), "From each prompt's arrival to its end.")),
            ("transcript", described(reference("transcript_expect"), "The transcript of each prompt's interaction.")),
            (
                "shown",
                described(or_filled(object(&[], &fields)), "Fields of what reaches the agent, as they are sent."),
            ),
        ],
    ))
}

fn transcript() -> Value {
    let state = || word(&TranscriptState::WORDS);
    let mut parts = object(
        &[],
        &[
            ("state", described(state(), "How far it is.")),
            ("id", described(text(), "Its id.")),
            ("questions", described(bound(integer(0, i64::MAX as u64)), "How often it is asked for.")),
            ("took", described(bound(duration()), "From the delivery to the end of the search.")),
        ],
    );
    parts["minProperties"] = json!(1);
    json!({ "anyOf": [state(), parts] })
}

//! Reads nodes that act on the line: transfer, record, callback, wait.

use super::context::Context;
use super::outcomes::{Outcomes, report_either};
use super::prompts::read_prompts;
use crate::flow::expression::Template;
use crate::flow::{Callback, Kind, Record, Transfer, Until, Wait};
use crate::source::yaml::Fields;

pub(super) fn read_transfer(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["connected", "busy", "no_answer", "failed", "invalid"]);
    let number = required_template(cx, fields, "number", "a number");
    let mode = fields.take("mode").and_then(|node| cx.reader.word(node, "a mode", &["blind", "attended"]));
    Kind::Transfer(Transfer { number, attended: mode == Some(1), timeout_ms: cx.duration(fields, "timeout", 30_000) })
}

fn required_template(cx: &mut Context<'_>, fields: &mut Fields<'_>, key: &'static str, what: &'static str) -> Template {
    match fields.required(&mut cx.reader, key) {
        Some(node) => cx.template(node, what),
        None => Template::fixed("".into()),
    }
}

pub(super) fn read_record(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["recorded", "no_audio", "hung_up", "too_long", "error"]);
    Kind::Record(Record {
        prompts: read_prompts(cx, fields, "prompts"),
        max_ms: cx.duration(fields, "max", 120_000),
        silence_ms: cx.duration(fields, "silence", 5_000),
        terminator: cx.key(fields, "terminator", Some('#')),
        variable: cx.written(fields, "variable"),
    })
}

pub(super) fn read_callback(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["scheduled", "invalid_number", "full", "error"]);
    let number = required_template(cx, fields, "number", "a number");
    Kind::Callback(Callback { number, when: fields.take("when").map(|node| cx.template(node, "a time")) })
}

pub(super) fn read_wait(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let duration = fields.take("duration");
    let event = fields.take("event");
    let until = match (duration, event) {
        (None, Some(event)) => Until::Event {
            name: cx.name(event, "the name of an event").map_or_else(|| "".into(), |name| name.value),
            timeout_ms: cx.duration(fields, "timeout", 30_000),
        },
        (Some(duration), None) => Until::Elapsed(cx.reader.duration(duration, "a duration").unwrap_or_default()),
        _ => {
            report_either(cx, fields.span(), "a wait node", ["duration", "event"], duration.is_some());
            // Reported once, not for each of the two keys.
            fields.take("timeout");
            Until::Elapsed(0)
        }
    };
    let music = read_prompts(cx, fields, "music");
    let detect = cx.boolean(fields, "detect", false);
    outcomes.fixed(if detect { &["elapsed", "event", "digit", "error"] } else { &["elapsed", "event", "error"] });
    Kind::Wait(Wait { until, music, detect })
}

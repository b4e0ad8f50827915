//! Reads queue nodes: `queue_check`, `queue`.

use super::branch::{Condition, read_cases};
use super::context::Context;
use super::outcomes::Outcomes;
use super::prompts::read_prompts;
use crate::flow::{Kind, Metric, Name, Queue, QueueCheck};
use crate::source::diagnostics::quoted;
use crate::source::diagnostics::rules::UNKNOWN_QUEUE;
use crate::source::yaml::Fields;

/// Minimum interval of the treatment; shorter ones flood the trace.
const MIN_TREATMENT_INTERVAL_MS: u64 = 1_000;

pub(super) fn read_queue_check(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let queue = read_queue_name(cx, fields);
    let words = ["estimated_wait", "waiting", "agents", "open"];
    let metric = fields.required(&mut cx.reader, "metric").and_then(|node| cx.reader.word(node, "a metric", &words));
    let metric = match metric {
        Some(1) => Metric::Waiting,
        Some(2) => Metric::Agents,
        Some(3) => Metric::Open,
        _ => Metric::EstimatedWait,
    };
    let metric_slot = cx.slots.intern("metric");
    let cases = fields.required(&mut cx.reader, "cases");
    let condition = Condition::OfMetric(metric_slot);
    let cases = cases.map(|node| read_cases(cx, node, "a queue check", outcomes, condition)).unwrap_or_default();
    outcomes.fixed(&["default", "error"]);
    Kind::QueueCheck(QueueCheck { queue, metric, metric_slot, cases })
}

pub(super) fn read_queue(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["answered", "abandoned", "timeout", "full", "closed", "error"]);
    let queue = read_queue_name(cx, fields);
    let skill = fields.take("skill").and_then(|node| cx.name(node, "a skill")).map(|skill| skill.value);
    let priority = fields.take("priority");
    let priority = priority.and_then(|node| cx.reader.integer(node, "a priority", i64::MIN, i64::MAX));
    let treatment = read_prompts(cx, fields, "treatment");
    let treatment_every_ms = cx.duration(fields, "treatment_every", 30_000);
    if treatment_every_ms < MIN_TREATMENT_INTERVAL_MS {
        let span = fields.entry("treatment_every").map_or(fields.span(), |entry| entry.value.span);
        let error = cx.reader.error("flow/range", span, "the treatment cannot repeat more than once a second");
        cx.reader.report(error.help("write 1s or more"));
    }
    let max_wait_ms = cx.duration(fields, "max_wait", 600_000);
    Kind::Queue(Queue { queue, skill, priority: priority.unwrap_or(0), treatment, treatment_every_ms, max_wait_ms })
}

/// Reads the name of a queue. An undeclared queue has the default state, which may be intended or a
/// typo.
fn read_queue_name(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Name {
    let name = fields.required(&mut cx.reader, "queue").and_then(|node| cx.name(node, "the name of a queue"));
    let Some(name) = name else { return "".into() };
    if !cx.queues.is_empty() && cx.queues.iter().all(|(known, _)| *known != name.value) {
        let message = format!("queue {} is not declared under 'queues'", quoted(&name.value));
        let warning = UNKNOWN_QUEUE.finding(cx.reader.source(), name.span, message);
        let warning = match cx.suggest.closest(&name.value, cx.queues.iter().map(|(name, _)| &**name)) {
            Some(near) => warning.help(format!("did you mean '{near}'?")).replacement(near),
            None => warning.help("declare its state, or it has one free agent and no waiting calls"),
        };
        cx.reader.report(warning);
    }
    name.value
}

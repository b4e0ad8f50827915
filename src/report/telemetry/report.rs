//! A run's events as spans.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, TraceState, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{IdGenerator, SdkTracer, SdkTracerProvider};

use super::client::Trouble;
use super::ids::RunIds;
use crate::record::{Event, EventKind, RunRecord, ScenarioRecord, Verdict, correlation, result_key};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Makes the spans of a run: the run, its suites, their scenarios.
pub(crate) struct TraceReport {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    ids: RunIds,
    /// Spans that may wait to be sent; more would be dropped.
    queue: usize,
    waiting: usize,
    /// The collector does not keep up: spans may be lost.
    is_behind: bool,
    trouble: Trouble,
    run_id: String,
    started: SystemTime,
    run: Option<Context>,
    suites: HashMap<String, SuiteSpan>,
}

/// A suite whose span is made at the run's end: only then is known when its first scenario began, since
/// scenarios finish in any order.
struct SuiteSpan {
    id: SpanId,
    /// The parent of its scenarios' spans.
    context: Context,
    start: SystemTime,
    end: SystemTime,
    broken: u64,
}

impl TraceReport {
    pub(super) fn new(
        provider: SdkTracerProvider,
        tracer: SdkTracer,
        ids: RunIds,
        queue: usize,
        trouble: Trouble,
    ) -> Self {
        Self {
            provider,
            tracer,
            ids,
            queue,
            waiting: 0,
            is_behind: false,
            trouble,
            run_id: String::new(),
            started: SystemTime::now(),
            run: None,
            suites: HashMap::new(),
        }
    }

    fn begin(&self, parent: &Context, name: String, start: SystemTime, attributes: Vec<KeyValue>) -> Context {
        let builder = SpanBuilder::from_name(name).with_start_time(start).with_attributes(attributes);
        parent.with_span(self.tracer.build_with_context(builder, parent))
    }

    /// Ends a span. Before the queue is full, what waits in it is sent.
    fn end(&mut self, span: &Context, at: SystemTime) {
        span.span().end_with_timestamp(at);
        self.waiting += 1;
        if self.waiting >= self.queue && !self.is_behind {
            self.waiting = 0;
            // A collector that does not keep up is waited for once.
            self.is_behind = self.provider.force_flush().is_err();
        }
    }

    fn scenario(&mut self, scenario: &ScenarioRecord) {
        let Some(run) = self.run.clone() else { return };
        let start = self.started + Duration::from_micros(scenario.wall.start_us);
        let end = start + Duration::from_micros(scenario.wall.duration_us);
        let suite = match self.suites.get(&*scenario.suite) {
            Some(suite) => suite.context.clone(),
            None => {
                let (id, of_run) = (self.ids.new_span_id(), run.span().span_context().clone());
                let (trace, flags) = (of_run.trace_id(), of_run.trace_flags());
                let span = SpanContext::new(trace, id, flags, false, TraceState::default());
                let context = run.with_remote_span_context(span);
                let suite = SuiteSpan { id, context: context.clone(), start, end, broken: 0 };
                self.suites.insert(scenario.suite.to_string(), suite);
                context
            }
        };
        let span = self.begin(&suite, scenario.name.clone(), start, attributes(&self.run_id, scenario));
        let is_broken = matches!(scenario.verdict, Verdict::Failed | Verdict::Error);
        if is_broken {
            span.span().set_status(Status::error(scenario.why().unwrap_or_default()));
        }
        self.end(&span, end);
        if let Some(suite) = self.suites.get_mut(&*scenario.suite) {
            suite.start = suite.start.min(start);
            suite.end = suite.end.max(end);
            suite.broken += u64::from(is_broken);
        }
    }

    fn finished(&mut self, summary: &RunRecord) {
        let status = |broken: u64| match broken {
            0 => Status::Unset,
            1 => Status::error("1 scenario did not pass"),
            broken => Status::error(format!("{broken} scenarios did not pass")),
        };
        let Some(run) = self.run.take() else { return };
        for (name, suite) in std::mem::take(&mut self.suites) {
            self.ids.set_next_span_id(suite.id);
            let attributes = vec![KeyValue::new("test.suite.name", name.clone())];
            let context = self.begin(&run, format!("suite {name}"), suite.start, attributes);
            context.span().set_status(status(suite.broken));
            self.end(&context, suite.end);
        }
        let totals = &summary.totals;
        let counts = [
            ("callpath.scenarios", totals.scenarios),
            ("callpath.passed", totals.passed),
            ("callpath.failed", totals.failed),
            ("callpath.error", totals.error),
            ("callpath.skipped", totals.skipped),
            ("callpath.flaky", totals.flaky),
        ];
        let mut attributes: Vec<KeyValue> =
            counts.map(|(name, count)| KeyValue::new(name, i64::try_from(count).unwrap_or(i64::MAX))).into();
        attributes.extend(summary.scores.accuracy.map(|accuracy| KeyValue::new("callpath.accuracy", accuracy)));
        attributes.extend(summary.stopped.as_ref().map(|reason| KeyValue::new("callpath.stopped", reason.to_string())));
        run.span().set_attributes(attributes);
        run.span().set_status(status(totals.failed + totals.error));
        self.end(&run, self.started + Duration::from_micros(summary.wall.duration_us));
    }
}

/// What is said of a scenario: the names of the semantic conventions for tests where there are some, else our own.
fn attributes(run_id: &str, scenario: &ScenarioRecord) -> Vec<KeyValue> {
    let text = |verdict| match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Error => "error",
        Verdict::Skipped => "skipped",
        Verdict::Flaky => "flaky",
    };
    let mut attributes = vec![
        KeyValue::new("test.case.name", scenario.id.clone()),
        KeyValue::new("callpath.verdict", text(scenario.verdict)),
        KeyValue::new("callpath.flow", scenario.flow.to_string()),
        KeyValue::new("callpath.flow.version", scenario.flow_version.to_string()),
        KeyValue::new("callpath.correlation", correlation(&result_key(run_id, scenario))),
    ];
    match scenario.verdict {
        Verdict::Passed | Verdict::Flaky => attributes.push(KeyValue::new("test.case.result.status", "pass")),
        Verdict::Failed | Verdict::Error => attributes.push(KeyValue::new("test.case.result.status", "fail")),
        Verdict::Skipped => {}
    }
    if let Some(score) = &scenario.score {
        let scores = [("callpath.accuracy", score.decisions.ratio()), ("callpath.efficiency", score.efficiency)];
        attributes.extend(scores.into_iter().filter_map(|(name, score)| Some(KeyValue::new(name, score?))));
    }
    if let Some(trace) = &scenario.trace {
        attributes.push(KeyValue::new("callpath.outcome", trace.outcome.to_string()));
        let virtual_ms = i64::try_from(trace.duration_ms).unwrap_or(i64::MAX);
        attributes.push(KeyValue::new("callpath.virtual_ms", virtual_ms));
    }
    attributes
}

impl Reporter for TraceReport {
    fn name(&self) -> &str {
        "traces"
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { run_id, header, started, .. } => {
                self.ids.set(run_id);
                self.run_id = run_id.clone();
                if let Ok(started) = started.parse::<jiff::Timestamp>() {
                    self.started = started.into();
                }
                let attributes = vec![
                    KeyValue::new("callpath.run_id", run_id.clone()),
                    KeyValue::new("callpath.target", header.target.clone()),
                    KeyValue::new("callpath.seed", header.seed.to_string()),
                ];
                self.run = Some(self.begin(&Context::new(), "callpath run".to_owned(), self.started, attributes));
            }
            EventKind::ScenarioFinished { scenario, .. } => self.scenario(scenario),
            EventKind::RunFinished { summary } => self.finished(summary),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        // A collector that is down does not fail a run: what did not arrive is told beside it.
        if self.provider.shutdown().is_err() || self.is_behind {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.get_or_insert_with(|| "the collector does not keep up".to_owned());
        }
        Ok(())
    }
}

//! The run's totals as metrics of Prometheus, in its text format 0.0.4. `docs/metrics.md` is the reference.

use prometheus::{GaugeVec, Opts, Registry, TextEncoder};

use super::{ReportFile, ReportPath};
use crate::record::{CoverageKinds, Event, EventKind, RunRecord, Scores, Totals};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Suites, flows and gates that have metrics of their own: each value of a label is a series for ever.
const LABELLED: usize = 100;

/// Writes a file for the textfile collector of node_exporter. It is put in its place as a whole, so that no half of it is
/// ever read.
pub(crate) struct Metrics {
    path: ReportPath,
    text: String,
}

impl Metrics {
    /// In this file.
    pub(crate) fn new(path: impl Into<ReportPath>) -> Self {
        Self { path: path.into(), text: String::new() }
    }
}

impl Reporter for Metrics {
    fn name(&self) -> &str {
        self.path.name()
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        if let EventKind::RunFinished { summary } = &event.kind {
            self.text = text(summary).map_err(|error| ReportError(format!("cannot make the metrics: {error}")))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        let mut file = ReportFile::create(&self.path)?;
        file.write(self.text.as_bytes())?;
        file.complete()
    }
}

fn text(record: &RunRecord) -> prometheus::Result<String> {
    let metrics = Families(Registry::new());
    run(&metrics, record)?;
    costs(&metrics, &record.totals)?;
    coverage(&metrics, record)?;
    gates(&metrics, record)?;
    parts(&metrics, record)?;
    TextEncoder::new().encode_to_string(&metrics.0.gather())
}

/// The families of metrics.
struct Families(Registry);

impl Families {
    /// A new family of gauges: everything here is of one run, which the next one replaces.
    fn family(&self, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Family> {
        let family = GaugeVec::new(Opts::new(format!("callpath_{name}"), help), labels)?;
        self.0.register(Box::new(family.clone()))?;
        Ok(Family(family))
    }
}

/// One family.
struct Family(GaugeVec);

impl Family {
    fn set(&self, labels: &[&str], value: f64) -> prometheus::Result<()> {
        self.0.get_metric_with_label_values(labels)?.set(value);
        Ok(())
    }

    fn totals(&self, labels: &[&str], totals: &Totals) -> prometheus::Result<()> {
        let Totals { passed, flaky, failed, error, skipped, .. } = *totals;
        let verdicts =
            [("passed", passed), ("flaky", flaky), ("failed", failed), ("error", error), ("skipped", skipped)];
        verdicts.into_iter().try_for_each(|(verdict, number)| self.set(&[labels, &[verdict]].concat(), number as f64))
    }

    /// Those scores that there are.
    fn scores(&self, labels: &[&str], scores: &Scores) -> prometheus::Result<()> {
        let all = [
            ("accuracy", scores.accuracy),
            ("check_accuracy", scores.check_accuracy),
            ("joint_accuracy", scores.joint_accuracy.map(|joint| joint.value)),
            ("joint_accuracy_low", scores.joint_accuracy.map(|joint| joint.low)),
            ("path_fitness", scores.path_fitness),
            ("efficiency", scores.efficiency),
            ("result_accuracy", scores.result_accuracy),
        ];
        let known = all.into_iter().filter_map(|(score, value)| Some((score, value?)));
        known.into_iter().try_for_each(|(score, value)| self.set(&[labels, &[score]].concat(), value))
    }

    fn kinds(&self, labels: &[&str], kinds: &CoverageKinds) -> prometheus::Result<()> {
        let known = kinds.iter().filter_map(|(kind, count)| Some((kind.name(), count.ratio()?)));
        known.into_iter().try_for_each(|(kind, value)| self.set(&[labels, &[kind]].concat(), value))
    }
}

fn run(metrics: &Families, record: &RunRecord) -> prometheus::Result<()> {
    let help = "What was run: the version of callpath and the target; always 1.";
    let header = &record.header;
    metrics.family("run_info", help, &["version", "target"])?.set(&[&header.callpath, &header.target], 1.0)?;
    if let Ok(started) = record.wall.started.parse::<jiff::Timestamp>() {
        let help = "When the run began, in seconds since 1970.";
        metrics.family("run_start_time_seconds", help, &[])?.set(&[], started.as_millisecond() as f64 / 1e3)?;
    }
    let help = "How long the run took, in seconds of wall time.";
    metrics.family("run_duration_seconds", help, &[])?.set(&[], record.wall.duration_us as f64 / 1e6)?;
    let help = "Whether the run ended before all was done.";
    let early = if record.stopped.is_some() { 1.0 } else { 0.0 };
    metrics.family("run_ended_early", help, &[])?.set(&[], early)?;
    let help = "Scenarios of the run; a file that cannot be used counts as one in error.";
    metrics.family("run_scenarios", help, &["verdict"])?.totals(&[], &record.totals)?;
    let help = "Scores of the run, from 0 to 1; a score of which nothing was measured is absent.";
    metrics.family("run_score_ratio", help, &["score"])?.scores(&[], &record.scores)?;
    if let Some(requests) = &record.wall.requests {
        let family = metrics.family("run_requests", "Requests to a remote target.", &["kind"])?;
        let kinds = [
            ("sent", requests.requests),
            ("retried", requests.retries),
            ("throttled", requests.throttled),
            ("unavailable", requests.unavailable),
            ("broken", requests.broken),
            ("unauthorized", requests.unauthorized),
            ("token", requests.tokens),
        ];
        kinds.into_iter().try_for_each(|(kind, number)| family.set(&[kind], number as f64))?;
    }
    Ok(())
}

fn costs(metrics: &Families, totals: &Totals) -> prometheus::Result<()> {
    let family = metrics.family("run_checks", "Single expectations of all scenarios.", &["result"])?;
    family.set(&["held"], totals.checks_held as f64)?;
    family.set(&["broken"], totals.checks.saturating_sub(totals.checks_held) as f64)?;
    let family = metrics.family("run_decisions", "Decisions that were expected.", &["result"])?;
    let wrong = totals.decisions.saturating_sub(totals.decisions_right + totals.decisions_not_reached);
    family.set(&["right"], totals.decisions_right as f64)?;
    family.set(&["wrong"], wrong as f64)?;
    family.set(&["not_reached"], totals.decisions_not_reached as f64)?;
    let costs = [
        ("run_calls", "Calls that were scored: what the following sums are over.", totals.scored as f64),
        ("run_keypresses", "Keys pressed by all callers.", totals.keypresses as f64),
        ("run_input_retries", "Inputs that were asked again.", totals.retries as f64),
        ("run_prompt_seconds", "Prompts heard by all callers, in virtual seconds.", totals.prompt_ms as f64 / 1e3),
        ("run_call_seconds", "Length of all calls, in virtual seconds.", totals.virtual_ms as f64 / 1e3),
        ("run_longest_call_seconds", "The longest call, in virtual seconds.", totals.longest_ms as f64 / 1e3),
    ];
    costs.into_iter().try_for_each(|(name, help, value)| metrics.family(name, help, &[])?.set(&[], value))
}

fn coverage(metrics: &Families, record: &RunRecord) -> prometheus::Result<()> {
    let Some(coverage) = &record.coverage else { return Ok(()) };
    let help = "Covered of what a call can reach, over all flows, from 0 to 1.";
    metrics.family("run_coverage_ratio", help, &["kind"])?.kinds(&[], &coverage.totals)?;
    let help = "Covered of what a call can reach of a flow, from 0 to 1.";
    let family = metrics.family("flow_coverage_ratio", help, &["flow", "flow_version", "file", "kind"])?;
    let flows = coverage.flows.iter().take(LABELLED);
    flows.into_iter().try_for_each(|flow| family.kinds(&[&flow.flow, &flow.version, &flow.file], &flow.kinds))
}

fn gates(metrics: &Families, record: &RunRecord) -> prometheus::Result<()> {
    let missed = record.missed_gates().count();
    let family = metrics.family("run_gates", "Gates of the run.", &["result"])?;
    family.set(&["held"], (record.gates.len() - missed) as f64)?;
    family.set(&["missed"], missed as f64)?;
    let family = metrics.family("gate_held", "Whether a gate was held (1) or missed (0).", &["gate"])?;
    let mut gates = record.gates.iter().take(LABELLED);
    gates.try_for_each(|gate| family.set(&[&gate.gate.name()], if gate.held { 1.0 } else { 0.0 }))
}

/// Suites and flows.
fn parts(metrics: &Families, record: &RunRecord) -> prometheus::Result<()> {
    let scenarios = metrics.family("suite_scenarios", "Scenarios of a suite.", &["suite", "verdict"])?;
    let help = "Scores of a suite, from 0 to 1.";
    let scores = metrics.family("suite_score_ratio", help, &["suite", "score"])?;
    for suite in record.suites.iter().take(LABELLED) {
        scenarios.totals(&[&suite.suite], &suite.totals)?;
        scores.scores(&[&suite.suite], &suite.scores)?;
    }
    let help = "Scenarios that call a flow.";
    let scenarios = metrics.family("flow_scenarios", help, &["flow", "flow_version", "verdict"])?;
    let help = "Scores of the scenarios that call a flow, from 0 to 1.";
    let scores = metrics.family("flow_score_ratio", help, &["flow", "flow_version", "score"])?;
    for flow in record.flows.iter().take(LABELLED) {
        scenarios.totals(&[&flow.flow, &flow.version], &flow.totals)?;
        scores.scores(&[&flow.flow, &flow.version], &flow.scores)?;
    }
    let help = "Suites, flows and gates without metrics of their own, because there are more than 100.";
    let family = metrics.family("left_out", help, &["label"])?;
    let flows = record.flows.len().max(record.coverage.as_ref().map_or(0, |coverage| coverage.flows.len()));
    let all = [("suite", record.suites.len()), ("flow", flows), ("gate", record.gates.len())];
    all.into_iter().try_for_each(|(label, all)| family.set(&[label], all.saturating_sub(LABELLED) as f64))
}

#[cfg(test)]
mod tests;

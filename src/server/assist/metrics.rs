//! Metrics for Prometheus.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

use crate::assist::{LimitedBy, Outcome, Record, Transcript, TranscriptState};

/// The server's metrics. Every name begins with `callpath_`.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    outcomes: Vec<(Outcome, IntCounter)>,
    limited: Vec<(LimitedBy, IntCounter)>,
    transcripts: Vec<(TranscriptState, IntCounter)>,
    attempts: IntCounterVec,
    /// The counter of `attempts` for 201, the common status: it avoids a lookup for each prompt.
    created: OnceLock<IntCounter>,
    duration: Histogram,
    awaited: IntGauge,
    acknowledged: [IntCounter; 2],
    simulations: IntGauge,
    log_failures: IntCounter,
}

/// The media type of Prometheus's text format.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

impl Metrics {
    /// Creates and registers the metrics, all zero. Fails only if a name or label below is invalid.
    pub(crate) fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let family = |name: &str, help: &str, label: &str| -> prometheus::Result<IntCounterVec> {
            let family = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(family.clone()))?;
            Ok(family)
        };
        let gauge = |name: &str, help: &str| -> prometheus::Result<IntGauge> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let outcomes = family("callpath_prompts_total", "Prompts by outcome.", "outcome")?;
        let limited = family("callpath_prompts_limited_total", "Rate-limited prompts by exhausted bucket.", "bucket")?;
        let transcripts = family("callpath_prompt_transcripts_total", "Transcript searches by final state.", "state")?;
        let attempts = family(
            "callpath_prompt_attempts_total",
            "Requests to the prompt service by response status; 'none' for no response.",
            "status",
        )?;
        let acknowledged = family("callpath_prompt_acknowledgements_total", "Acknowledgements by agents.", "accepted")?;
        let opts = HistogramOpts::new(
            "callpath_prompt_delivery_seconds",
            "Time from the arrival of a prompt to the end of its delivery, for prompts that were sent.",
        )
        .buckets(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
        let duration = Histogram::with_opts(opts)?;
        registry.register(Box::new(duration.clone()))?;
        let log_failures = IntCounter::new("callpath_prompts_log_failures_total", "Failures to write the prompt log.")?;
        registry.register(Box::new(log_failures.clone()))?;
        Ok(Self {
            outcomes: Outcome::ALL.map(|one| (one, outcomes.with_label_values(&[one.word()]))).to_vec(),
            limited: LimitedBy::ALL.map(|one| (one, limited.with_label_values(&[one.word()]))).to_vec(),
            transcripts: TranscriptState::ALL
                .into_iter()
                .filter(|state| *state != TranscriptState::None)
                .map(|one| (one, transcripts.with_label_values(&[one.word()])))
                .collect(),
            attempts,
            created: OnceLock::new(),
            duration,
            awaited: gauge("callpath_prompt_transcripts_awaited", "Prompts whose transcripts are pending.")?,
            acknowledged: [acknowledged.with_label_values(&["false"]), acknowledged.with_label_values(&["true"])],
            simulations: gauge("callpath_simulations", "Simulations submitted since the start.")?,
            log_failures,
            registry,
        })
    }

    /// Counts a prompt whose delivery has ended.
    pub(crate) fn count_delivery(&self, record: &Record, took: Duration) {
        if let Some((_, counter)) = self.outcomes.iter().find(|(outcome, _)| *outcome == record.outcome) {
            counter.inc();
        }
        if let Some((_, counter)) = self.limited.iter().find(|(by, _)| Some(*by) == record.limited_by) {
            counter.inc();
        }
        for attempt in &record.attempts {
            match attempt.status {
                Some(201) => self.created.get_or_init(|| self.attempts.with_label_values(&["201"])).inc(),
                Some(status) => self.attempts.with_label_values(&[status.to_string().as_str()]).inc(),
                None => self.attempts.with_label_values(&["none"]).inc(),
            }
        }
        if !record.attempts.is_empty() {
            self.duration.observe(took.as_secs_f64());
        }
        if record.transcript.state == TranscriptState::Dropped {
            self.count_search(&record.transcript);
        }
    }

    /// Counts a transcript search that has ended.
    pub(crate) fn count_search(&self, transcript: &Transcript) {
        if let Some((_, counter)) = self.transcripts.iter().find(|(state, _)| *state == transcript.state) {
            counter.inc();
        }
    }

    /// Counts an acknowledgement.
    pub(crate) fn count_acknowledgement(&self, accepted: bool) {
        let [no, yes] = &self.acknowledged;
        if accepted { yes.inc() } else { no.inc() }
    }

    /// Counts a failure to write the prompt log.
    pub(crate) fn count_log_failure(&self) {
        self.log_failures.inc();
    }

    /// Encodes all metrics in Prometheus's text format.
    ///
    /// # Errors
    /// If the encoder rejects a metric.
    pub(crate) fn encode(&self, awaited: usize, simulations: u64) -> prometheus::Result<Vec<u8>> {
        self.awaited.set(i64::try_from(awaited).unwrap_or(i64::MAX));
        self.simulations.set(i64::try_from(simulations).unwrap_or(i64::MAX));
        let mut text = Vec::with_capacity(4096);
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

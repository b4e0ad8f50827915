//! The trace of the prompts of a scenario.

use std::collections::BTreeMap;

use crate::assist::{LimitedBy, Outcome, PromptCounts, Record, TranscriptState};

/// Maximum number of prompts listed one by one.
pub(crate) const MAX_LISTED_PROMPTS: usize = 1_000;
/// Maximum number of records kept for each outcome: a burst of a million prompts must not fill the
/// memory.
const MAX_KEPT_PER_OUTCOME: u64 = 20;

/// The prompts of a scenario: all are counted, and some records are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromptTrace {
    /// The counts of all prompts.
    pub counts: PromptCounts,
    /// The outcomes of the first prompts, at most [`MAX_LISTED_PROMPTS`]; none for a prompt without
    /// a record.
    pub outcomes: Vec<Option<Outcome>>,
    /// The first records of each outcome, in order, with their numbers from 0.
    pub kept: Vec<(usize, Record)>,
    /// The attempts of each prompt, including its fallback.
    pub attempts: Extent,
    /// Requests to the prompt service.
    pub requests: u64,
    /// How long each prompt waited for the rate limits, in ms.
    pub waited_ms: Extent,
    /// The time from the arrival of each prompt to the end of its delivery, in ms.
    pub took_ms: Extent,
    /// The retry times of rate-limited prompts, in ms.
    pub retry_after_ms: Extent,
    /// The number of rate-limited prompts by exceeded limit.
    pub limited_by: BTreeMap<LimitedBy, u64>,
    /// The number of transcripts by state.
    pub transcripts: BTreeMap<TranscriptState, u64>,
    /// The requests for each transcript.
    pub questions: Extent,
    /// The duration of each transcript search, in ms.
    pub transcript_ms: Extent,
    /// The virtual time of the last event, in ms.
    pub ended_ms: u64,
}

/// The minimum and maximum of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent(Option<(u64, u64)>);

impl Extent {
    /// Adds a number.
    pub fn add(&mut self, number: u64) {
        let (least, greatest) = self.0.unwrap_or((number, number));
        self.0 = Some((least.min(number), greatest.max(number)));
    }

    /// The minimum and maximum; none without numbers.
    pub fn range(&self) -> Option<(u64, u64)> {
        self.0
    }

    /// The maximum; 0 without numbers.
    pub fn greatest(&self) -> u64 {
        self.0.map_or(0, |(_, greatest)| greatest)
    }
}

impl PromptTrace {
    /// Adds the record of a prompt with its number, from 0; the order does not matter.
    pub fn add(&mut self, number: usize, record: Record) {
        self.counts.add(&record);
        if number < MAX_LISTED_PROMPTS {
            if self.outcomes.len() <= number {
                self.outcomes.resize(number + 1, None);
            }
            self.outcomes[number] = Some(record.outcome);
        }
        self.attempts.add(record.attempts.len() as u64);
        self.requests += record.attempts.len() as u64;
        self.waited_ms.add(record.waited_ms);
        self.took_ms.add(record.took_ms);
        if let Some(by) = record.limited_by {
            *self.limited_by.entry(by).or_default() += 1;
        }
        if let Some(ms) = record.retry_after_ms {
            self.retry_after_ms.add(ms);
        }
        *self.transcripts.entry(record.transcript.state).or_default() += 1;
        self.questions.add(u64::from(record.transcript.questions));
        if let Some(ms) = record.transcript.took_ms {
            self.transcript_ms.add(ms);
        }
        self.keep(number, record);
    }

    /// Keeps the record if it is among the first ones of its outcome.
    fn keep(&mut self, number: usize, mut record: Record) {
        let outcome = record.outcome;
        if self.count(outcome) > MAX_KEPT_PER_OUTCOME {
            // An earlier record replaces the last one that is kept.
            let last = self.kept.iter().rposition(|(_, kept)| kept.outcome == outcome);
            match last.filter(|&last| self.kept[last].0 > number) {
                Some(last) => drop(self.kept.remove(last)),
                None => return,
            }
        }
        record.explain();
        let place = self.kept.partition_point(|(kept, _)| *kept < number);
        self.kept.insert(place, (number, record));
    }

    /// The number of prompts with this outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Delivered => self.counts.delivered,
            Outcome::Fallback => self.counts.fallback,
            Outcome::Ineligible => self.counts.ineligible,
            Outcome::RateLimited => self.counts.rate_limited,
            Outcome::Failed => self.counts.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::assist::{Arrival, Prompt, Rehearsal, Scripted, rehearse};

    fn prompt() -> Prompt {
        serde_json::from_str(
            r#"{"interactionId":"i","promptId":"p","content":"c","priority":"LOW","uiConfig":{"componentType":"CARD","position":"TOP","timeoutMs":1},"context":{"sentimentScore":0.0,"keywords":[]},"targetAgentId":"a"}"#,
        )
        .unwrap()
    }

    /// Records of every result but ineligible: five prompts a time, one of which the service
    /// refuses, one at last.
    fn records(prompts: u64) -> Vec<Record> {
        let arrivals = (0..prompts).map(|number| {
            let answers: &[u16] = match number % 5 {
                0 => &[503],
                1 => &[500, 500, 500, 201],
                _ => &[201],
            };
            let script = answers.iter().map(|&status| Scripted::status(status)).collect();
            Arrival { prompt_service: Some(script), ..Arrival::new(number / 5 * 1_000, prompt()) }
        });
        rehearse(&Rehearsal { arrivals: arrivals.collect(), ..Rehearsal::default() }).records
    }

    fn trace(records: impl IntoIterator<Item = (usize, Record)>) -> PromptTrace {
        let mut trace = PromptTrace::default();
        records.into_iter().for_each(|(number, record)| trace.add(number, record));
        trace
    }

    #[test]
    fn the_first_of_each_result_are_kept_and_all_are_counted() {
        let records = records(400);
        let trace = trace(records.iter().cloned().enumerate());
        assert_eq!(trace.counts.prompts, 400);
        assert_eq!(trace.outcomes.len(), 400);
        for outcome in Outcome::ALL {
            let matches = |record: &Record| record.outcome == outcome;
            let first: Vec<usize> = records
                .iter()
                .enumerate()
                .filter(|(_, record)| matches(record))
                .map(|(number, _)| number)
                .take(20)
                .collect();
            let kept: Vec<usize> =
                trace.kept.iter().filter(|(_, record)| matches(record)).map(|(number, _)| *number).collect();
            assert_eq!(kept, first, "{outcome:?}");
            assert_eq!(trace.count(outcome), records.iter().filter(|record| matches(record)).count() as u64);
        }
        assert_eq!(trace.attempts.range(), Some((0, 4)));
        assert_eq!(trace.requests, records.iter().map(|record| record.attempts.len() as u64).sum::<u64>());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

        /// Prompts end in another order than they come in.
        #[test]
        fn the_order_in_which_prompts_end_does_not_matter(
            order in Just((0..150usize).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let records = records(150);
            let shuffled = trace(order.into_iter().map(|number| (number, records[number].clone())));
            prop_assert!(shuffled == trace(records.into_iter().enumerate()));
        }
    }
}

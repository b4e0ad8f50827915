//! What the prompts of a scenario came to.

use std::collections::BTreeMap;

use crate::assist::{Counts, LimitedBy, Outcome, Record, TranscriptState};

/// Maximum number of prompts listed one by one.
pub(crate) const MAX_LISTED_PROMPTS: usize = 1_000;
/// Of each result so many prompts are kept with all that happened to them: a burst of a million must not fill the memory.
const KEPT: u64 = 20;

/// What the prompts of a scenario came to: all of them counted, some of them kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromptTrace {
    /// All of them, counted.
    pub counts: Counts,
    /// How the first ones ended, at most [`MAX_LISTED_PROMPTS`]; none for one of which nothing was heard.
    pub outcomes: Vec<Option<Outcome>>,
    /// The first ones of each result, in order, with their numbers from 0.
    pub kept: Vec<(usize, Record)>,
    /// How often each of them was sent, its fallback included.
    pub attempts: Extent,
    /// Requests to the prompt service.
    pub requests: u64,
    /// How long each of them waited for its tokens, in ms.
    pub waited_ms: Extent,
    /// How long each of them took from its arrival to its end, in ms.
    pub took_ms: Extent,
    /// How long those that were limited are to stay away, in ms.
    pub retry_after_ms: Extent,
    /// How many were limited, by whose bucket was empty.
    pub limited_by: BTreeMap<LimitedBy, u64>,
    /// How many have a transcript in this state.
    pub transcripts: BTreeMap<TranscriptState, u64>,
    /// How often each transcript was asked for.
    pub questions: Extent,
    /// How long the search for each transcript took, in ms; of those that were looked for.
    pub transcript_ms: Extent,
    /// When the last thing happened, in virtual ms.
    pub ended_ms: u64,
}

/// The least and the greatest of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent(Option<(u64, u64)>);

impl Extent {
    /// Adds a number.
    pub fn add(&mut self, number: u64) {
        let (least, greatest) = self.0.unwrap_or((number, number));
        self.0 = Some((least.min(number), greatest.max(number)));
    }

    /// The least and the greatest; none of no numbers.
    pub fn range(&self) -> Option<(u64, u64)> {
        self.0
    }

    /// The greatest; 0 of no numbers.
    pub fn greatest(&self) -> u64 {
        self.0.map_or(0, |(_, greatest)| greatest)
    }
}

impl PromptTrace {
    /// Adds a prompt by its number, from 0; they may come in any order.
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

    /// Keeps the prompt if it is among the first ones of its result.
    fn keep(&mut self, number: usize, mut record: Record) {
        let outcome = record.outcome;
        if self.count(outcome) > KEPT {
            // The last of those kept gives way to an earlier one.
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

    /// How many ended so.
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

    /// Records of every result but ineligible: five prompts a time, one of which the service refuses, one at last.
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
            let of = |record: &Record| record.outcome == outcome;
            let first: Vec<usize> = records
                .iter()
                .enumerate()
                .filter(|(_, record)| of(record))
                .map(|(number, _)| number)
                .take(20)
                .collect();
            let kept: Vec<usize> =
                trace.kept.iter().filter(|(_, record)| of(record)).map(|(number, _)| *number).collect();
            assert_eq!(kept, first, "{outcome:?}");
            assert_eq!(trace.count(outcome), records.iter().filter(|record| of(record)).count() as u64);
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

//! The ledger of prompt records, with transcripts and acknowledgements that arrive later.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::acceptance::{Acceptance, GroupBy, Groups, PromptCounts};
use super::log::PromptLog;
use super::record::{Record, Transcript, TranscriptState};

/// The latest records, and the counts of all prompts so far. The oldest records are dropped first,
/// but none whose transcript is pending.
#[derive(Debug)]
pub(crate) struct Ledger {
    kept: Mutex<Records>,
    log: Option<PromptLog>,
    max_records: usize,
}

#[derive(Debug)]
struct Records {
    /// The records by the id of their prompt.
    records: HashMap<Arc<str>, Arc<Record>>,
    /// The ids of prompts by the id of their fallback.
    fallbacks: HashMap<Arc<str>, Arc<str>>,
    /// The ids in the order in which the deliveries ended.
    order: VecDeque<Arc<str>>,
    total: PromptCounts,
    groups: [Groups; 3],
}

/// Why an acknowledgement is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AcknowledgeError {
    /// The prompt does not exist, or its record was dropped.
    Unknown,
    /// The prompt was never shown.
    NotShown,
    /// The prompt was shown to another agent.
    OtherAgent,
    /// The prompt has a different acknowledgement already.
    Conflict,
}

impl Ledger {
    /// Keeps at most `max_records` records, and appends each to the log when it is complete and
    /// when it changes.
    pub(crate) fn new(max_records: usize, log: Option<PromptLog>) -> Self {
        let kept = Records {
            records: HashMap::new(),
            fallbacks: HashMap::new(),
            order: VecDeque::new(),
            total: PromptCounts::default(),
            groups: [GroupBy::Interaction, GroupBy::Agent, GroupBy::Prompt].map(Groups::new),
        };
        Self { kept: Mutex::new(kept), log, max_records: max_records.max(1) }
    }

    /// Adds the record of a prompt whose delivery has ended; replaces a record with the same id.
    /// Returns the record.
    pub(crate) fn finish(&self, record: impl Into<Arc<Record>>) -> Arc<Record> {
        let record: Arc<Record> = record.into();
        {
            let mut kept = self.lock();
            let id = &record.prompt.prompt_id;
            match kept.records.insert(id.clone(), record.clone()) {
                Some(old) => kept.count(&old, PromptCounts::remove),
                None => {
                    kept.evict(self.max_records);
                    kept.order.push_back(id.clone());
                }
            }
            kept.count(&record, PromptCounts::add);
            if let Some(fallback) = &record.fallback_prompt_id {
                kept.fallbacks.insert(fallback.clone(), id.clone());
            }
        }
        if record.transcript.state != TranscriptState::Pending {
            self.write(&record);
        }
        record
    }

    /// Adds a transcript to the record of the prompt or fallback with this id.
    pub(crate) fn join(&self, shown_id: &str, transcript: Transcript) {
        let record = {
            let mut kept = self.lock();
            let Some(record) = kept.find(shown_id) else { return };
            Arc::make_mut(record).transcript = transcript;
            record.clone()
        };
        self.write(&record);
    }

    /// Records an agent's acknowledgement of the prompt or fallback with this id. Repeating the
    /// same acknowledgement changes nothing.
    ///
    /// # Errors
    /// If the prompt was not shown, was shown to another agent, or has a different acknowledgement.
    pub(crate) fn acknowledge(
        &self,
        id: &str,
        agent: Option<&str>,
        accepted: bool,
    ) -> Result<Arc<Record>, AcknowledgeError> {
        let record = {
            let mut kept = self.lock();
            let record = kept.find(id).ok_or(AcknowledgeError::Unknown)?;
            if !record.was_shown() || &**record.shown_id() != id {
                return Err(AcknowledgeError::NotShown);
            }
            if agent.is_some_and(|agent| agent != &*record.prompt.target_agent_id) {
                return Err(AcknowledgeError::OtherAgent);
            }
            match record.accepted {
                Some(before) if before == accepted => return Ok(record.clone()),
                Some(_) => return Err(AcknowledgeError::Conflict),
                None => {}
            }
            let before = record.clone();
            Arc::make_mut(record).accepted = Some(accepted);
            let after = record.clone();
            kept.count(&before, PromptCounts::remove);
            kept.count(&after, PromptCounts::add);
            after
        };
        // A record whose transcript is pending is written when the search ends.
        if record.transcript.state != TranscriptState::Pending {
            self.write(&record);
        }
        Ok(record)
    }

    /// The record of a prompt, by its own id or its fallback's.
    pub(crate) fn record(&self, id: &str) -> Option<Arc<Record>> {
        self.lock().find(id).cloned()
    }

    /// The counts of all prompts.
    #[cfg(test)]
    pub(crate) fn counts(&self) -> PromptCounts {
        self.lock().total
    }

    /// The acceptance of prompts by groups.
    pub(crate) fn acceptance(&self, by: GroupBy) -> Acceptance {
        let kept = self.lock();
        let [interactions, agents, prompts] = &kept.groups;
        let groups = match by {
            GroupBy::Interaction => interactions,
            GroupBy::Agent => agents,
            GroupBy::Prompt => prompts,
        };
        groups.acceptance(kept.total)
    }

    /// Flushes the log.
    ///
    /// # Errors
    /// If lines could not be written.
    pub(crate) fn flush(&self) -> std::io::Result<()> {
        self.log.as_ref().map_or(Ok(()), PromptLog::flush)
    }

    fn write(&self, record: &Record) {
        if let Some(log) = &self.log {
            log.write(record);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records {
    fn find(&mut self, id: &str) -> Option<&mut Arc<Record>> {
        // If a prompt and a fallback have the same id, it means the prompt.
        let own = match self.fallbacks.get(id) {
            Some(own) if !self.records.contains_key(id) => &**own,
            _ => id,
        };
        self.records.get_mut(own)
    }

    fn count(&mut self, record: &Record, change: impl Fn(&mut PromptCounts, &Record)) {
        change(&mut self.total, record);
        for groups in &mut self.groups {
            groups.change(record, &change);
        }
    }

    /// Drops the oldest surplus records. A record that is not in `order` yet stays.
    fn evict(&mut self, max_records: usize) {
        let mut checked = 0;
        while self.records.len() > max_records && checked < self.order.len() {
            let Some(id) = self.order.pop_front() else { return };
            let waits = |record: &Arc<Record>| record.transcript.state == TranscriptState::Pending;
            if self.records.get(&id).is_some_and(waits) {
                self.order.push_back(id);
                checked += 1;
                continue;
            }
            if let Some(fallback) = self.records.remove(&id).and_then(|record| record.fallback_prompt_id.clone()) {
                self.fallbacks.remove(&fallback);
            }
        }
    }
}

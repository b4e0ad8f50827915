//! The records of prompts, joined with what comes later: transcripts and acknowledgements.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::acceptance::{Acceptance, Counts, GroupBy, Groups};
use super::log::PromptLog;
use super::record::{Record, Transcript, TranscriptState};

/// The records that are kept, and the counts of all that ever were. The oldest records give way, but none that still
/// waits for its transcript.
#[derive(Debug)]
pub(crate) struct Ledger {
    kept: Mutex<Kept>,
    log: Option<PromptLog>,
    most: usize,
}

#[derive(Debug)]
struct Kept {
    /// By the prompt's own id.
    records: HashMap<Arc<str>, Arc<Record>>,
    /// The ids of prompts whose fallback was sent, by its id.
    fallbacks: HashMap<Arc<str>, Arc<str>>,
    /// In the order of their ends.
    order: VecDeque<Arc<str>>,
    total: Counts,
    groups: [Groups; 3],
}

/// Why an acknowledgement is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotAcknowledged {
    /// There is no such prompt, or it is no longer kept.
    Unknown,
    /// It was never shown to anybody.
    NotShown,
    /// It was shown to another agent.
    OtherAgent,
    /// It was acknowledged before, and the other way.
    Conflict,
}

impl Ledger {
    /// Keeps at most so many records, and appends each to the log when it is complete, and again when it changes.
    pub(crate) fn new(most: usize, log: Option<PromptLog>) -> Self {
        let kept = Kept {
            records: HashMap::new(),
            fallbacks: HashMap::new(),
            order: VecDeque::new(),
            total: Counts::default(),
            groups: [GroupBy::Interaction, GroupBy::Agent, GroupBy::Prompt].map(Groups::new),
        };
        Self { kept: Mutex::new(kept), log, most: most.max(1) }
    }

    /// Takes the record of a prompt whose delivery has ended. One of the same id is replaced. The record comes back as it is kept.
    pub(crate) fn finish(&self, record: impl Into<Arc<Record>>) -> Arc<Record> {
        let record: Arc<Record> = record.into();
        {
            let mut kept = self.lock();
            let id = &record.prompt.prompt_id;
            match kept.records.insert(id.clone(), record.clone()) {
                Some(old) => kept.count(&old, Counts::remove),
                None => {
                    kept.evict(self.most);
                    kept.order.push_back(id.clone());
                }
            }
            kept.count(&record, Counts::add);
            if let Some(fallback) = &record.fallback_prompt_id {
                kept.fallbacks.insert(fallback.clone(), id.clone());
            }
        }
        if record.transcript.state != TranscriptState::Pending {
            self.write(&record);
        }
        record
    }

    /// Joins a transcript to the record of what was shown under this id.
    pub(crate) fn join(&self, shown_id: &str, transcript: Transcript) {
        let record = {
            let mut kept = self.lock();
            let Some(record) = kept.find(shown_id) else { return };
            Arc::make_mut(record).transcript = transcript;
            record.clone()
        };
        self.write(&record);
    }

    /// Takes an agent's acknowledgement of what was shown under this id: taken, or not. Once more the same changes nothing.
    ///
    /// # Errors
    /// When there is nothing to acknowledge, or it is another agent's, or was acknowledged the other way.
    pub(crate) fn acknowledge(
        &self,
        id: &str,
        agent: Option<&str>,
        accepted: bool,
    ) -> Result<Arc<Record>, NotAcknowledged> {
        let record = {
            let mut kept = self.lock();
            let record = kept.find(id).ok_or(NotAcknowledged::Unknown)?;
            if !record.reached_the_agent() || &**record.shown_id() != id {
                return Err(NotAcknowledged::NotShown);
            }
            if agent.is_some_and(|agent| agent != &*record.prompt.target_agent_id) {
                return Err(NotAcknowledged::OtherAgent);
            }
            match record.accepted {
                Some(before) if before == accepted => return Ok(record.clone()),
                Some(_) => return Err(NotAcknowledged::Conflict),
                None => {}
            }
            let before = record.clone();
            Arc::make_mut(record).accepted = Some(accepted);
            let after = record.clone();
            kept.count(&before, Counts::remove);
            kept.count(&after, Counts::add);
            after
        };
        // A record that waits for its transcript is written when that comes.
        if record.transcript.state != TranscriptState::Pending {
            self.write(&record);
        }
        Ok(record)
    }

    /// The record of a prompt, by its own id or its fallback's.
    pub(crate) fn record(&self, id: &str) -> Option<Arc<Record>> {
        self.lock().find(id).cloned()
    }

    /// How many prompts there were, by what became of them.
    #[cfg(test)]
    pub(crate) fn counts(&self) -> Counts {
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

    /// Hands the log over to the system.
    ///
    /// # Errors
    /// When lines could not be written.
    pub(crate) fn flush(&self) -> std::io::Result<()> {
        self.log.as_ref().map_or(Ok(()), PromptLog::flush)
    }

    fn write(&self, record: &Record) {
        if let Some(log) = &self.log {
            log.write(record);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, id: &str) -> Option<&mut Arc<Record>> {
        // An id that is both is that of the prompt.
        let own = match self.fallbacks.get(id) {
            Some(own) if !self.records.contains_key(id) => &**own,
            _ => id,
        };
        self.records.get_mut(own)
    }

    fn count(&mut self, record: &Record, change: impl Fn(&mut Counts, &Record)) {
        change(&mut self.total, record);
        for groups in &mut self.groups {
            groups.change(record, &change);
        }
    }

    /// Throws the oldest records away that are too many; one that is not in the order yet is not among them.
    fn evict(&mut self, most: usize) {
        let mut looked_at = 0;
        while self.records.len() > most && looked_at < self.order.len() {
            let Some(id) = self.order.pop_front() else { return };
            let waits = |record: &Arc<Record>| record.transcript.state == TranscriptState::Pending;
            if self.records.get(&id).is_some_and(waits) {
                self.order.push_back(id);
                looked_at += 1;
                continue;
            }
            if let Some(fallback) = self.records.remove(&id).and_then(|record| record.fallback_prompt_id.clone()) {
                self.fallbacks.remove(&fallback);
            }
        }
    }
}

//! Rehearses prompts in virtual time: the server's pipeline against scripted services.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::unconstrained;

use super::acceptance::PromptCounts;
use super::agent::Agents;
use super::delivery::ms;
use super::pipeline::{Admission, Delivered, Phase, Pipeline};
use super::prompt::Prompt;
use super::record::Record;
use super::script::Scripted;
use super::settings::{Fallback, Settings};
use super::simulated_service::SimulatedService;
use super::virtual_clock::{Task, VirtualClock, run};
use crate::simulator::WallLimit;

/// What is rehearsed. The same rehearsal has the same result, down to the last pause.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal {
    /// The settings of the pipeline.
    pub settings: Settings,
    /// The agents that are known.
    pub agents: Agents,
    /// The prompts. They arrive in the order of their times; those with the same time in this
    /// order.
    pub arrivals: Vec<Arrival>,
    /// The responses of the prompt service to each prompt, in order, including its fallback. The
    /// last response repeats; an empty script always succeeds. An arrival may have a script of its
    /// own.
    pub prompt_service: Arc<[Scripted]>,
    /// The same for the transcript service.
    pub transcript_service: Arc<[Scripted]>,
    /// When the server stops, in virtual ms: later prompts fail, and unfinished searches stay
    /// pending. Deliveries that have begun are finished.
    pub stop_at_ms: Option<u64>,
    /// The seed of the draws of pauses.
    pub seed: u64,
}

/// The arrival of a prompt.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its time, in virtual ms.
    pub at_ms: u64,
    /// The prompt.
    pub prompt: Prompt,
    /// Its fallback, instead of that of the settings.
    pub fallback: Option<Fallback>,
    /// The script of the prompt service, instead of the rehearsal's.
    pub prompt_service: Option<Arc<[Scripted]>>,
    /// The script of the transcript service, instead of the rehearsal's.
    pub transcript_service: Option<Arc<[Scripted]>>,
}

impl Arrival {
    /// An arrival without a fallback or scripts of its own.
    pub fn new(at_ms: u64, prompt: Prompt) -> Self {
        Self { at_ms, prompt, fallback: None, prompt_service: None, transcript_service: None }
    }
}

/// The result of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsed {
    /// The record of each arrival, in the order of the arrivals.
    pub records: Vec<Record>,
    /// The counts of all prompts.
    pub counts: PromptCounts,
    /// The virtual time of the last event, in ms.
    pub ended_ms: u64,
}

/// Rehearses prompts in virtual time.
pub fn rehearse(rehearsal: &Rehearsal) -> Rehearsed {
    let mut order: Vec<(usize, &Arrival)> = rehearsal.arrivals.iter().enumerate().collect();
    order.sort_by_key(|(_, arrival)| arrival.at_ms);
    let mut ended: Vec<(usize, Record)> = Vec::with_capacity(order.len());
    let mut counts = PromptCounts::default();
    let arrivals = order.into_iter().map(|(index, arrival)| (index, arrival.clone()));
    let mut finish = |index, mut record: Record| {
        record.explain();
        counts.add(&record);
        ended.push((index, record));
    };
    // Only a wall limit can stop a rehearsal early, and there is none.
    let ended_ms = run_rehearsal(rehearsal, arrivals, WallLimit::default(), &mut finish).unwrap_or(0);
    // Nearly sorted already, which the sort uses: few prompts end after later ones.
    ended.sort_by_key(|(index, _)| *index);
    let records = ended.into_iter().map(|(_, record)| record).collect();
    Rehearsed { records, counts, ended_ms }
}

/// Rehearses prompts from an iterator in the order of their times, and ignores those of the
/// rehearsal. Calls `ended` with the number of each prompt, from 0, and its record when its
/// delivery and its search have ended, so that only the prompts in progress are in memory. Records
/// of rate-limited prompts are not [explained](Record::explain) yet. Returns the virtual time of
/// the last event in ms, or none if the limit was exceeded.
pub(crate) fn rehearse_each(
    rehearsal: &Rehearsal,
    arrivals: impl Iterator<Item = Arrival>,
    limit: WallLimit<'_>,
    ended: impl FnMut(usize, Record) + Send,
) -> Option<u64> {
    run_rehearsal(rehearsal, arrivals.enumerate(), limit, ended)
}

/// An event with a time.
enum Event {
    Arrival(usize, Arrival),
    Stop,
}

fn run_rehearsal(
    rehearsal: &Rehearsal,
    arrivals: impl Iterator<Item = (usize, Arrival)>,
    limit: WallLimit<'_>,
    ended: impl FnMut(usize, Record) + Send,
) -> Option<u64> {
    let clock = VirtualClock::default();
    let pipeline = Pipeline::new(rehearsal.settings.clone(), rehearsal.agents.clone(), rehearsal.seed);
    let ended = Mutex::new(ended);
    let last = AtomicU64::new(0);
    let finish = |index: usize, record: Record| {
        last.fetch_max(ms(clock.now()), Ordering::Relaxed);
        let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended(index, record);
    };
    let (clock_ref, pipeline, finish) = (&clock, &pipeline, &finish);
    let begin = |event: Event| -> Option<Task<'_>> {
        let Event::Arrival(index, Arrival { prompt, fallback, prompt_service, transcript_service, .. }) = event else {
            pipeline.advance_to(Phase::Closing);
            return None;
        };
        // Most prompts of a burst are refused and need no task.
        let admitted = match pipeline.admit(prompt, clock_ref.now()) {
            Admission::Admitted(admitted) => admitted,
            Admission::Refused(record) => {
                finish(index, record);
                return None;
            }
        };
        let task = async move {
            let prompts = prompt_service.as_ref().unwrap_or(&rehearsal.prompt_service);
            let transcripts = transcript_service.as_ref().unwrap_or(&rehearsal.transcript_service);
            let service = SimulatedService::new(clock_ref, prompts, transcripts);
            let Delivered { record, search, .. } = pipeline.send(&service, admitted, fallback.as_ref()).await;
            let mut record = Arc::unwrap_or_clone(record);
            if let Some(search) = search {
                record.transcript = pipeline.correlate(&service, search).await;
            }
            finish(index, record);
        };
        // Whoever rehearses on a runtime's thread has not time without end: there a task would be
        // put off until its thread is free, which it is not before the rehearsal ends.
        Some(Box::pin(unconstrained(task)))
    };
    let stop = rehearsal.stop_at_ms.map(|at_ms| (at_ms, Event::Stop));
    let arrivals = arrivals.map(|(index, arrival)| (arrival.at_ms, Event::Arrival(index, arrival)));
    let completed = run(&clock, merged(stop, arrivals), limit, begin);
    completed.then(|| last.load(Ordering::Relaxed))
}

/// Inserts the stop into the prompts, before those with the same time.
fn merged(
    stop: Option<(u64, Event)>,
    prompts: impl Iterator<Item = (u64, Event)>,
) -> impl Iterator<Item = (u64, Event)> {
    let mut stop = stop;
    let mut prompts = prompts.peekable();
    std::iter::from_fn(move || match (&stop, prompts.peek()) {
        (Some((stops, _)), Some((next, _))) if stops > next => prompts.next(),
        (Some(_), _) => stop.take(),
        (None, _) => prompts.next(),
    })
}

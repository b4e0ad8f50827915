//! Prompts in virtual time: the way that the server's prompts take, against scripted services.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::unconstrained;

use super::acceptance::Counts;
use super::agent::Agents;
use super::delivery::ms;
use super::pipeline::{Admission, Delivered, Phase, Pipeline};
use super::prompt::Prompt;
use super::record::Record;
use super::script::Scripted;
use super::settings::{Fallback, Settings};
use super::stage::Stage;
use super::timeline::{Task, Timeline, run};
use crate::simulator::WallLimit;

/// What is rehearsed. The same rehearsal gives the same result, to the last pause.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal {
    /// What decides over the way of the prompts.
    pub settings: Settings,
    /// Who is known.
    pub agents: Agents,
    /// The prompts; they arrive in the order of their times, those of one time in this order.
    pub arrivals: Vec<Arrival>,
    /// What the prompt service answers to the requests of each prompt, in order; the fallback's request is one more of
    /// them. The last answer repeats; an empty script always answers well. An arrival may have a script of its own.
    pub prompt_service: Arc<[Scripted]>,
    /// The same for the questions for its transcript.
    pub transcript_service: Arc<[Scripted]>,
    /// When the server is told to stop, in virtual ms: prompts that come then or later fail, transcripts that are still looked for
    /// stay pending. Deliveries that have begun are finished.
    pub stop_at_ms: Option<u64>,
    /// Decides the draws of pauses.
    pub seed: u64,
}

/// A prompt that comes.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When, in virtual ms.
    pub at_ms: u64,
    /// What.
    pub prompt: Prompt,
    /// Its fallback in place of that of the settings.
    pub fallback: Option<Fallback>,
    /// What the prompt service answers, in place of the rehearsal's script.
    pub prompt_service: Option<Arc<[Scripted]>>,
    /// What the transcript service answers, in place of the rehearsal's script.
    pub transcript_service: Option<Arc<[Scripted]>>,
}

impl Arrival {
    /// A prompt with nothing of its own.
    pub fn new(at_ms: u64, prompt: Prompt) -> Self {
        Self { at_ms, prompt, fallback: None, prompt_service: None, transcript_service: None }
    }
}

/// What became of the prompts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsed {
    /// Of each arrival in the order given.
    pub records: Vec<Record>,
    /// All of them counted.
    pub counts: Counts,
    /// When the last thing happened, in virtual ms.
    pub ended_ms: u64,
}

/// Rehearses prompts in virtual time.
pub fn rehearse(rehearsal: &Rehearsal) -> Rehearsed {
    let mut order: Vec<(usize, &Arrival)> = rehearsal.arrivals.iter().enumerate().collect();
    order.sort_by_key(|(_, arrival)| arrival.at_ms);
    let mut ended: Vec<(usize, Record)> = Vec::with_capacity(order.len());
    let mut counts = Counts::default();
    let arrivals = order.into_iter().map(|(index, arrival)| (index, arrival.clone()));
    let mut over = |index, mut record: Record| {
        record.explain();
        counts.add(&record);
        ended.push((index, record));
    };
    // Without a limit it comes to its end.
    let ended_ms = play(rehearsal, arrivals, WallLimit::default(), &mut over).unwrap_or_default();
    // Nearly sorted already: few are overtaken by later ones.
    ended.sort_by_key(|(index, _)| *index);
    let records = ended.into_iter().map(|(_, record)| record).collect();
    Rehearsed { records, counts, ended_ms }
}

/// Rehearses prompts that are made while they come, in the order of their times; the rehearsal's own are not looked at.
/// `ended` is told of each when its way and the search for its transcript are over, with its number from 0, so that only those
/// under way are held in memory. Those that were rate limited are not [explained](Record::explain) yet. The answer is when the
/// last thing happened, in virtual ms; none when the limit was exceeded before.
pub(crate) fn rehearse_each(
    rehearsal: &Rehearsal,
    arrivals: impl Iterator<Item = Arrival>,
    limit: WallLimit<'_>,
    ended: impl FnMut(usize, Record) + Send,
) -> Option<u64> {
    play(rehearsal, arrivals.enumerate(), limit, ended)
}

/// What happens at a time of its own.
enum Event {
    Arrival(usize, Arrival),
    Stop,
}

fn play(
    rehearsal: &Rehearsal,
    arrivals: impl Iterator<Item = (usize, Arrival)>,
    limit: WallLimit<'_>,
    ended: impl FnMut(usize, Record) + Send,
) -> Option<u64> {
    let timeline = Timeline::default();
    let pipeline = Pipeline::new(rehearsal.settings.clone(), rehearsal.agents.clone(), rehearsal.seed);
    let ended = Mutex::new(ended);
    let last = AtomicU64::new(0);
    let over = |index: usize, record: Record| {
        last.fetch_max(ms(timeline.now()), Ordering::Relaxed);
        let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended(index, record);
    };
    let (timeline_, pipeline, over) = (&timeline, &pipeline, &over);
    let begin = |event: Event| -> Option<Task<'_>> {
        let Event::Arrival(index, Arrival { prompt, fallback, prompt_service, transcript_service, .. }) = event else {
            pipeline.end(Phase::Closing);
            return None;
        };
        // Most of a burst are refused, and so never become a task.
        let admitted = match pipeline.admit(prompt, timeline_.now()) {
            Admission::Admitted(admitted) => admitted,
            Admission::Refused(record) => {
                over(index, record);
                return None;
            }
        };
        let task = async move {
            let prompts = prompt_service.as_ref().unwrap_or(&rehearsal.prompt_service);
            let transcripts = transcript_service.as_ref().unwrap_or(&rehearsal.transcript_service);
            let stage = Stage::new(timeline_, prompts, transcripts);
            let Delivered { record, search, .. } = pipeline.send(&stage, admitted, fallback.as_ref()).await;
            let mut record = Arc::unwrap_or_clone(record);
            if let Some(search) = search {
                record.transcript = pipeline.correlate(&stage, search).await;
            }
            over(index, record);
        };
        // Whoever rehearses on a runtime's thread has not time without end: there a task would be put off until its
        // thread is free, which it is not before the rehearsal is over.
        Some(Box::pin(unconstrained(task)))
    };
    let stop = rehearsal.stop_at_ms.map(|at_ms| (at_ms, Event::Stop));
    let arrivals = arrivals.map(|(index, arrival)| (arrival.at_ms, Event::Arrival(index, arrival)));
    let completed = run(&timeline, merged(stop, arrivals), limit, begin);
    completed.then(|| last.load(Ordering::Relaxed))
}

/// The stop among the prompts, before those of its time.
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

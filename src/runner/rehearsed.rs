//! The verdict on prompts, and what is recorded of them.

use super::attempt::Done;
use crate::assist::PromptTrace;
use crate::assist::{Attempt, Outcome, Record};
use crate::record::{AssistAttempt, AssistPrompt, AssistRecord, AssistTranscript, ResultCounts, ResultRow, Verdict};
use crate::score::{CheckState, PromptEvaluation, Score, evaluate_prompts};
use crate::suite::PromptWork;

/// The verdict on the prompts of a scenario. One that failed does not pass unless the scenario speaks of results: a service that
/// is down is wrong also where nobody thought of it.
pub(super) fn judge(work: &PromptWork, trace: &PromptTrace) -> Done {
    let PromptEvaluation { checks, results } = evaluate_prompts(&work.expect, &work.prompts, trace);
    let spoken_of =
        work.expect.results.is_some() || work.expect.counts.as_ref().is_some_and(|counts| !counts.is_empty());
    let failed = trace.kept.iter().find(|(_, record)| record.outcome == Outcome::Failed);
    let (verdict, reason) = match failed {
        _ if checks.iter().any(|check| check.state != CheckState::Held) => (Verdict::Failed, None),
        Some((_, record)) if !spoken_of => {
            (Verdict::Failed, Some(format!("the prompt failed: {}", record.reasons.join("; "))))
        }
        _ => (Verdict::Passed, None),
    };
    let score = Score { checks, ..Score::default() };
    Done { reason, assist: Some(record(trace, results)), score: Some(score), ..Done::new(verdict) }
}

fn record(trace: &PromptTrace, expected: Vec<ResultRow>) -> AssistRecord {
    let mut counts = ResultCounts::default();
    Outcome::ALL.into_iter().for_each(|outcome| counts.add(outcome, trace.count(outcome)));
    AssistRecord {
        result: trace.outcomes.first().copied().flatten().filter(|_| trace.counts.prompts == 1),
        counts,
        expected,
        requests: trace.requests,
        longest_wait_ms: trace.waited_ms.greatest(),
        longest_ms: trace.took_ms.greatest(),
        ended_ms: trace.ended_ms,
        transcripts: trace.transcripts.clone(),
        prompts: trace.kept.iter().map(|(number, record)| prompt(*number, record)).collect(),
        more: trace.counts.prompts - trace.kept.len() as u64,
    }
}

fn prompt(number: usize, record: &Record) -> AssistPrompt {
    let transcript = &record.transcript;
    AssistPrompt {
        number: number as u64 + 1,
        id: record.prompt.prompt_id.to_string(),
        agent: record.prompt.target_agent_id.to_string(),
        at_ms: record.arrived_ms,
        result: record.outcome,
        reasons: record.reasons.clone(),
        waited_ms: record.waited_ms,
        limited_by: record.limited_by,
        retry_after_ms: record.retry_after_ms,
        attempts: record.attempts.iter().map(attempt).collect(),
        fallback_id: record.fallback_prompt_id.as_deref().map(str::to_owned),
        took_ms: record.took_ms,
        transcript: AssistTranscript {
            state: transcript.state,
            id: transcript.id.clone(),
            questions: u64::from(transcript.questions),
            took_ms: transcript.took_ms,
            reason: transcript.reason.clone(),
        },
    }
}

fn attempt(attempt: &Attempt) -> AssistAttempt {
    AssistAttempt {
        at_ms: attempt.at_ms,
        took_ms: attempt.took_ms,
        fallback: attempt.fallback,
        status: attempt.status,
        error: attempt.error.clone(),
        retry_after_ms: attempt.retry_after_ms,
        pause_ms: attempt.pause_ms,
    }
}

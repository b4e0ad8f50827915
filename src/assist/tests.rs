mod correlation;
mod delivery;
mod ledger;
mod limits;
mod payload;
mod remote_service;

use std::sync::Arc;

use super::*;

/// The tutorial's prompt, for an agent of its own choice, at a sentiment that is good enough.
fn prompt(id: &str) -> Prompt {
    Prompt {
        interaction_id: "int_98765432".into(),
        prompt_id: id.into(),
        content: "Customer has exceeded return window. Suggest loyalty credit instead.".into(),
        priority: Priority::High,
        ui_config: UiConfig::default(),
        context: Context { sentiment_score: 0.1, keywords: ["refund".to_owned()].into() },
        target_agent_id: "agt_12345678".into(),
    }
}

fn script(lines: impl IntoIterator<Item = Scripted>) -> Arc<[Scripted]> {
    lines.into_iter().collect()
}

fn statuses<const N: usize>(statuses: [u16; N]) -> Arc<[Scripted]> {
    statuses.into_iter().map(Scripted::status).collect()
}

/// One prompt at time 0 against these answers.
fn one(prompt_service: Arc<[Scripted]>) -> Record {
    let rehearsal = Rehearsal { arrivals: vec![Arrival::new(0, prompt("p"))], prompt_service, ..Rehearsal::default() };
    only(&rehearsal)
}

fn only(rehearsal: &Rehearsal) -> Record {
    let rehearsed = rehearse(rehearsal);
    assert_eq!(rehearsed.records.len(), 1);
    rehearsed.records.into_iter().next().unwrap()
}

/// Outcome, attempts and reasons of a record in a few lines.
fn shown(record: &Record) -> String {
    let mut text = format!("{}\n", record.outcome.word());
    for attempt in &record.attempts {
        let what = if attempt.fallback { "fallback" } else { "prompt" };
        let status = attempt.status.map_or("-".to_owned(), |status| status.to_string());
        let error = attempt.error.as_deref().unwrap_or("delivered");
        text += &format!("  {} ms {what} {status} {error}\n", attempt.at_ms);
    }
    for reason in &record.reasons {
        text += &format!("  because {reason}\n");
    }
    text
}

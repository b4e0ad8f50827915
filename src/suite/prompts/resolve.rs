//! Merges a scenario's settings with the defaults into prompts and checks them against each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Burst, ExpectedCount, PromptExpectations, Prompts, Results};
use super::patch::{AgentPatch, FallbackPatch, Patch};
use crate::assist::{Agent, Agents, Context, Fallback, Outcome, Priority, Prompt, TENANT, TUTORIAL_SKILLS, UiConfig};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span, quoted};
use crate::suite::{Placed, rules};

/// The tutorial's request, which stands for what a suite leaves out.
const INTERACTION: &str = "int_98765432";
const AGENT: &str = "agt_12345678";
const PROMPT: &str = "prompt_1";
const CONTENT: &str = "Customer has exceeded return window. Suggest loyalty credit instead.";
const KEYWORDS: [&str; 3] = ["escalation", "refund", "delay"];

/// The prompts; `place` is the scenario's, for what is wrong with all of it. What is wrong is
/// reported.
pub(super) fn resolve(patch: &Patch, seed: u64, place: (&Arc<Source>, Span), diagnostics: &mut Diagnostics) -> Prompts {
    let mut settings = patch.service.resolve();
    match &patch.fallback {
        None => {}
        Some(FallbackPatch::None) => settings.fallback = None,
        Some(FallbackPatch::Some(fields)) => {
            let usual = Fallback::default();
            settings.fallback = Some(Fallback {
                content: fields.content.as_ref().map_or(usual.content, |content| content.value.clone()),
                priority: fields.priority.unwrap_or(usual.priority),
            });
        }
    }
    let prompt = prompt(patch);
    let bursts: Arc<[Burst]> = patch.bursts.clone().unwrap_or_else(|| Arc::from([Burst::default()]));
    let prompts = Prompts {
        agents: agents(&patch.agent, &prompt, &bursts),
        settings,
        prompt,
        bursts,
        prompt_service: patch.answers.clone().unwrap_or_default(),
        transcript_service: patch.transcript.clone().unwrap_or_default(),
        stop_at_ms: patch.stop_at_ms,
        seed,
    };
    check_prompt(patch, &prompts, place, diagnostics);
    check_fallback(patch, &prompts, diagnostics);
    check_expectations(&patch.expect, &prompts, diagnostics);
    prompts
}

fn prompt(patch: &Patch) -> Prompt {
    let text = |placed: &Option<Placed<String>>, usual: &str| -> Arc<str> {
        placed.as_ref().map_or(usual, |placed| &placed.value).into()
    };
    let (own, usual) = (&patch.prompt, UiConfig::default());
    let keywords = own.keywords.as_ref().map(|keywords| keywords.value.clone());
    Prompt {
        interaction_id: text(&own.interaction, INTERACTION),
        prompt_id: text(&own.id, PROMPT),
        content: text(&own.content, CONTENT),
        priority: own.priority.unwrap_or(Priority::High),
        ui_config: UiConfig {
            component_type: own.component.unwrap_or(usual.component_type),
            position: own.position.unwrap_or(usual.position),
            timeout_ms: own.timeout_ms.as_ref().map_or(usual.timeout_ms, |timeout| timeout.value),
        },
        context: Context {
            sentiment_score: patch.sentiment.as_ref().map_or(0.0, |sentiment| sentiment.value),
            keywords: keywords.map_or_else(|| KEYWORDS.map(str::to_owned).into(), Into::into),
        },
        target_agent_id: text(&patch.agent.id, AGENT),
    }
}

/// The agent of the prompt and those of the bursts; they differ only by their ids.
fn agents(patch: &AgentPatch, prompt: &Prompt, bursts: &[Burst]) -> Agents {
    if patch.known == Some(false) {
        return Agents::Known(BTreeMap::new());
    }
    let agent = |id: &str| Agent {
        id: id.to_owned(),
        name: None,
        tenant: patch.tenant.as_deref().unwrap_or(TENANT).into(),
        skills: patch.skills.clone().unwrap_or_else(|| TUTORIAL_SKILLS.map(str::to_owned).to_vec()),
    };
    let others = bursts.iter().flat_map(|burst| &burst.agents);
    std::iter::once(agent(&prompt.target_agent_id)).chain(others.map(|id| agent(id))).collect()
}

fn error<T>(rule: &'static str, placed: &Placed<T>, message: String) -> Diagnostic {
    Diagnostic::error(rule, &placed.source, placed.span, message)
}

/// What the API would not take; each field at its place.
fn check_prompt(patch: &Patch, prompts: &Prompts, place: (&Arc<Source>, Span), diagnostics: &mut Diagnostics) {
    // As long as the longest id that its number can make of it.
    let mut longest = prompts.prompt.clone();
    let count = prompts.count();
    if count > 1 {
        longest.prompt_id = format!("{}_{count}", longest.prompt_id).into();
    }
    let own = &patch.prompt;
    let at = |placed: &Option<Placed<String>>| placed.as_ref().map(|placed| (placed.source.clone(), placed.span));
    for wrong in longest.check() {
        let field = wrong.field.split('[').next().unwrap_or_default();
        let written = match field {
            "interactionId" => at(&own.interaction),
            "promptId" => at(&own.id),
            "content" => at(&own.content),
            "targetAgentId" => at(&patch.agent.id),
            "uiConfig.timeoutMs" => own.timeout_ms.as_ref().map(|placed| (placed.source.clone(), placed.span)),
            "context.keywords" => own.keywords.as_ref().map(|placed| (placed.source.clone(), placed.span)),
            "context.sentimentScore" => patch.sentiment.as_ref().map(|placed| (placed.source.clone(), placed.span)),
            _ => None,
        };
        let (source, span) = written.unwrap_or_else(|| (place.0.clone(), place.1));
        let message = format!("the prompt's field {wrong}");
        diagnostics.push(Diagnostic::error(rules::INVALID_VALUE, &source, span, message));
    }
}

fn check_fallback(patch: &Patch, prompts: &Prompts, diagnostics: &mut Diagnostics) {
    if let (Some(FallbackPatch::Some(fields)), Some(fallback)) = (&patch.fallback, &prompts.settings.fallback)
        && let Some(placed) = &fields.content
    {
        let mut wrong = Vec::new();
        crate::assist::check_content("content", &fallback.content, &mut wrong);
        for wrong in wrong {
            let message = format!("the fallback's field {wrong}");
            diagnostics.push(error(rules::INVALID_VALUE, placed, message));
        }
    }
}

/// Expectations that no run could meet.
fn check_expectations(expect: &PromptExpectations, prompts: &Prompts, diagnostics: &mut Diagnostics) {
    let count = prompts.count();
    if let Some(Results::Each(list)) = &expect.results
        && list.len() as u64 > count
        && let Some(placed) = list.get(count as usize..).and_then(|rest| rest.iter().flatten().next())
    {
        let message = format!("a result is expected of prompt {}, and there are {count}", count + 1);
        diagnostics.push(error(rules::INVALID_VALUE, placed, message));
    }
    let least = |placed: &ExpectedCount| placed.value.1.at_least.unwrap_or(0);
    let counts = expect.counts.as_deref().unwrap_or_default();
    let wanted = counts.iter().map(least).fold(0, u64::saturating_add);
    if let Some(placed) = counts.iter().max_by_key(|placed| least(placed)).filter(|_| wanted > count) {
        let message = format!("at least {wanted} prompts are counted on, and there are {count}");
        diagnostics.push(error(rules::INVALID_VALUE, placed, message));
    }
    if count > 1 {
        let lists = [
            expect.statuses.as_ref().map(|placed| ("statuses", &placed.source, placed.span)),
            expect.pauses_ms.as_ref().map(|placed| ("pauses", &placed.source, placed.span)),
        ];
        for (name, source, span) in lists.into_iter().flatten() {
            let message = format!("{} are those of a single prompt, and there are {count}", quoted(name));
            let diagnostic = Diagnostic::error(rules::INVALID_VALUE, source, span, message);
            diagnostics.push(diagnostic.help("bound them all with 'attempts' and 'duration', or send one prompt"));
        }
    }
    if prompts.settings.fallback.is_none() {
        let each = match &expect.results {
            Some(Results::Every(placed)) => std::slice::from_ref(placed).iter().collect(),
            Some(Results::Each(list)) => list.iter().flatten().collect(),
            None => Vec::new(),
        };
        if let Some(placed) = each.into_iter().find(|placed| placed.value == Outcome::Fallback) {
            let message = "a fallback is expected, and there is none to be delivered".to_owned();
            let diagnostic = error(rules::INVALID_VALUE, placed, message);
            diagnostics.push(diagnostic.help("write 'fallback: { content: … }', or remove 'fallback: none'"));
        }
    }
}

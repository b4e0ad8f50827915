//! Expands one cell of an entry to its prompts.

use std::sync::Arc;

use super::answers::answers;
use super::bursts::bursts;
use super::model::{Burst, PromptExpectations, PromptWork};
use super::patch::{AgentPatch, FallbackPatch, Patch, PromptPatch, placed_sentiment};
use super::resolve::resolve;
use super::service::ServicePatch;
use crate::assist::Scripted;
use crate::source::diagnostics::Diagnostic;
use crate::source::yaml::{Fields, Node, Reader};
use crate::suite::file::Context;
use crate::suite::interpolate::Interpolator;
use crate::suite::scenario::{self, Cell, Field, Reported};
use crate::suite::{Placed, Work, rules};

/// The keys that only scenarios of prompts have.
pub(in crate::suite) struct Keys<'n> {
    service: Field<'n, ServicePatch>,
    agent: Field<'n, AgentPatch>,
    prompt: Field<'n, PromptPatch>,
    sentiment: Field<'n, Placed<f64>>,
    answers: Field<'n, Arc<[Scripted]>>,
    fallback: Field<'n, FallbackPatch>,
    transcript: Field<'n, Arc<[Scripted]>>,
    burst: Field<'n, Arc<[Burst]>>,
    stop_at: Field<'n, u64>,
    expect: Field<'n, PromptExpectations>,
}

impl<'n> scenario::Keys<'n> for Keys<'n> {
    const EXPECTATIONS: &'static [&'static str] = &super::EXPECTATIONS;

    fn read(fields: &mut Fields<'n>) -> Self {
        Self {
            service: Field::new(fields.entry("service")),
            agent: Field::new(fields.entry("agent")),
            prompt: Field::new(fields.entry("prompt")),
            sentiment: Field::new(fields.entry("sentiment")),
            answers: Field::new(fields.entry("answers")),
            fallback: Field::new(fields.entry("fallback")),
            transcript: Field::new(fields.entry("transcript")),
            burst: Field::new(fields.entry("burst")),
            stop_at: Field::new(fields.entry("stop_at")),
            expect: Field::new(fields.entry("expect")),
        }
    }

    fn work(&mut self, cell: Cell, filler: &mut Interpolator<'_>, context: &mut Context<'_>) -> Result<Work, Reported> {
        // Every key is read even if another one is wrong, so that all mistakes are found.
        let service = read(&mut self.service, filler, context, ServicePatch::read);
        let agent = read(&mut self.agent, filler, context, AgentPatch::read);
        let prompt = read(&mut self.prompt, filler, context, PromptPatch::read);
        let sentiment = read(&mut self.sentiment, filler, context, placed_sentiment);
        let answers_read = read(&mut self.answers, filler, context, answers);
        let fallback = read(&mut self.fallback, filler, context, FallbackPatch::read);
        let transcript = read(&mut self.transcript, filler, context, answers);
        let bursts = read(&mut self.burst, filler, context, bursts);
        let stop_at =
            read(&mut self.stop_at, filler, context, |node, reader| reader.duration(node, "a time from the start"));
        let expect = read(&mut self.expect, filler, context, PromptExpectations::read);
        let own = Patch {
            service: service?.unwrap_or_default(),
            agent: agent?.unwrap_or_default(),
            prompt: prompt?.unwrap_or_default(),
            sentiment: sentiment?,
            answers: answers_read?,
            fallback: fallback?,
            transcript: transcript?,
            bursts: bursts?,
            stop_at_ms: stop_at?,
            expect: expect?.unwrap_or_default(),
        };
        let whole = own.over(&context.head.prompts);
        let seed = cell.numbers.seed.unwrap_or(context.shared.options.seed);
        let before = context.diagnostics.len();
        let place = (&context.source, cell.span);
        let prompts = resolve(&whole, seed, place, &mut context.diagnostics);
        if whole.expect.is_empty() && !cell.skipped {
            if !whole.expect.given && !context.head.incomplete {
                let message = "the scenario expects nothing, so that it would test nothing";
                let diagnostic = Diagnostic::error(rules::NO_EXPECTATION, &context.source, cell.span, message);
                let help = "add 'expect:', at the least 'expect: { result: delivered }'";
                context.diagnostics.push(diagnostic.help(help));
            }
            return Err(Reported);
        }
        if context.diagnostics.len() > before {
            return Err(Reported);
        }
        Ok(Work::Prompts(PromptWork { prompts: Arc::new(prompts), expect: Arc::new(whole.expect) }))
    }
}

/// The value of a key for this cell.
fn read<T: Clone>(
    field: &mut Field<'_, T>,
    filler: &mut Interpolator<'_>,
    context: &mut Context<'_>,
    read: impl FnOnce(&Node, &mut Reader<'_>) -> Option<T>,
) -> Result<Option<T>, Reported> {
    field.read(filler, context, |entry, context| context.reader(|reader, _| read(&entry.value, reader)))
}

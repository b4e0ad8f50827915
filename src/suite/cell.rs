//! One cell of an entry to a scenario.

use std::sync::Arc;

use super::clock::ClockPatch;
use super::expect::ExpectPatch;
use super::extends::{flow_file, tags};
use super::file::Context;
use super::interpolate::Filler;
use super::resolve::{Resolver, near_variables};
use super::scenario::{Fields, Wrong};
use super::settings::{self, CallPatch};
use super::vocabulary::Vocabulary;
use super::{Expectations, Scenario, keypad, rules, stubs};
use crate::diagnose::{Diagnostic, Diagnostics, Severity, quoted};
use crate::flow::{Name, Value};
use crate::simulator::{Clock, Guards, Request, Stubs};
use crate::yaml::{Data, Entry, Node, Scalar};

/// Reads one cell. Every key is read even if another one is wrong, so that all mistakes are found.
pub(super) fn cell(fields: &mut Fields<'_>, filler: &mut Filler<'_>, label: Option<String>, context: &mut Context<'_>) {
    let limits = context.shared.options.limits;
    let name = fields.name.read(filler, context, |entry, context| name(&entry.value, context));
    let description = fields.description.read(filler, context, |entry, context| {
        context.reader(|reader, _| reader.text(&entry.value, "a description")).map(drop)
    });
    let tags = tag_list(fields, filler, context);
    let program = program(fields, filler, context);
    let dtmf = fields.dtmf.read(filler, context, |entry, context| {
        context.reader(|reader, _| keypad::items(entry, limits.dtmf_items, reader))
    });
    let variables = variables(fields, filler, program.as_deref().ok(), context);
    let media = fields.media.read(filler, context, |entry, context| {
        context.reader(|reader, names| settings::media(&entry.value, &limits, names, reader))
    });
    let call = fields.call.read(filler, context, |entry, context| {
        context.reader(|reader, names| CallPatch::read(&entry.value, names, reader))
    });
    let clock = clock(fields, filler, context);
    let stubs = stubs(fields, filler, program.as_deref().ok(), context);
    let seed = fields
        .seed
        .read(filler, context, |entry, context| context.reader(|reader, _| settings::seed(&entry.value, reader)));
    let timeout = fields.timeout.read(filler, context, length);
    let time_limit = fields.time_limit.read(filler, context, length);
    let retries = fields
        .retries
        .read(filler, context, |entry, context| context.reader(|reader, _| settings::retries(&entry.value, reader)));
    let skip = fields.skip.read(filler, context, |entry, context| reason(&entry.value, context));
    let skipped = matches!(skip, Ok(Some(_)));
    let given = variables.as_ref().ok().cloned();
    let expect = expect(fields, filler, program.as_deref().ok(), given, skipped, context);
    let whole = || -> Result<Scenario, Wrong> {
        description?;
        let name = name?.ok_or(Wrong)?;
        let program = program?;
        let defaults = &context.head.defaults;
        // Made of its parts in one piece, so that it takes no more room than it needs.
        let id = match &label {
            Some(label) => [&*context.path, "::", &name, "[", label, "]"].concat(),
            None => [&*context.path, "::", &name].concat(),
        };
        let request = Request {
            keypad: dtmf?.unwrap_or_default(),
            variables: variables?,
            media: media?.unwrap_or_else(|| defaults.media.clone()),
            call: call?.map_or_else(|| defaults.call.resolve(), |own| own.over(&defaults.call).resolve()),
            clock: clock?,
            stubs: stubs?,
            seed: seed?.or(defaults.seed).unwrap_or(context.shared.options.seed),
            guards: Guards {
                depth: limits.depth,
                duration_ms: time_limit?.or(defaults.time_limit_ms).unwrap_or(Guards::default().duration_ms),
                ..Guards::default()
            },
        };
        Ok(Scenario {
            id,
            name,
            cell: label,
            tags: tags?,
            span: fields.span,
            program: program.program.clone(),
            request,
            expect: expect?,
            skip: skip?,
            timeout_ms: timeout?.or(defaults.timeout_ms),
            retries: retries?.or(defaults.retries),
        })
    };
    if let Ok(scenario) = whole() {
        context.scenarios.push(scenario);
    }
}

fn name(node: &Node, context: &mut Context<'_>) -> Option<String> {
    let name = context.reader(|reader, _| reader.text(node, "a name"))?;
    if name.trim().is_empty() || name.contains(['\n', '\r', '\t']) {
        let message = if name.trim().is_empty() {
            "the name of a scenario is empty"
        } else {
            "a name has only one line and no tabs"
        };
        let diagnostic = Diagnostic::error(rules::INVALID_VALUE, &context.source, node.span, message);
        context.diagnostics.push(diagnostic.help("it is part of the scenario's id in every report"));
        return None;
    }
    Some(name.value)
}

/// A reason to skip; `true` is none.
fn reason(node: &Node, context: &mut Context<'_>) -> Option<String> {
    if let Data::Scalar(Scalar { text, plain: true }) = &node.data
        && matches!(&**text, "true" | "false")
    {
        let message = format!("expected a reason, found {}", quoted(text));
        let diagnostic = Diagnostic::error(rules::RULES.wrong_type, &context.source, node.span, message);
        context.diagnostics.push(diagnostic.help(match &**text {
            "true" => "write why the scenario is skipped; reports show it",
            _ => "remove it to run the scenario",
        }));
        return None;
    }
    context.reader(|reader, _| reader.text(node, "a reason")).map(|reason| reason.value)
}

fn length(entry: &Entry, context: &mut Context<'_>) -> Option<u64> {
    context.reader(|reader, _| settings::positive(&entry.value, "a length of time", reader))
}

fn tag_list(fields: &mut Fields<'_>, filler: &mut Filler<'_>, context: &mut Context<'_>) -> Result<Arc<[Name]>, Wrong> {
    let own = fields
        .tags
        .read(filler, context, |entry, context| context.reader(|reader, names| tags(&entry.value, names, reader)))?;
    let mut all = context.head.tags.clone();
    for tag in own.unwrap_or_default() {
        if !all.contains(&tag) {
            all.push(tag);
        }
    }
    Ok(context.list(all))
}

fn program(
    fields: &mut Fields<'_>,
    filler: &mut Filler<'_>,
    context: &mut Context<'_>,
) -> Result<Arc<Vocabulary>, Wrong> {
    let own = fields.flow.read(filler, context, |entry, context| {
        let place = context.place.clone();
        context.reader(|reader, _| flow_file(&entry.value, &place, reader)).map(Arc::new)
    })?;
    let flow = match own {
        Some(own) => own,
        None => match context.head.flow.clone() {
            Some(flow) => Arc::new(flow),
            None => {
                if !context.head.incomplete {
                    let message = "nothing says which flow the scenario calls";
                    let diagnostic = Diagnostic::error(rules::RULES.missing_key, &context.source, fields.span, message);
                    context.diagnostics.push(diagnostic.help("add 'flow: path/to/flow.yaml' to the suite"));
                }
                return Err(Wrong);
            }
        },
    };
    context.program(&flow).ok_or(Wrong)
}

fn variables(
    fields: &mut Fields<'_>,
    filler: &mut Filler<'_>,
    vocabulary: Option<&Vocabulary>,
    context: &mut Context<'_>,
) -> Result<Arc<[(Name, Value)]>, Wrong> {
    let limits = context.shared.options.limits;
    let merged = fields.variables.read(filler, context, |entry, context| {
        let defaults = context.head.defaults.variables.clone();
        let merged = context.reader(|reader, names| {
            let own = settings::variables(&entry.value, names, reader)?;
            Some(settings::merge_variables(own, &defaults, &entry.value, &limits, reader))
        })?;
        if let (Some(vocabulary), Data::Mapping(entries)) = (vocabulary, &entry.value.data) {
            for warning in near_variables(entries, vocabulary, &context.source) {
                // One for all cells.
                if warning.location.as_ref().is_none_or(|location| context.warned.insert(location.span)) {
                    context.diagnostics.push(warning);
                }
            }
        }
        Some(merged)
    })?;
    Ok(merged.unwrap_or_else(|| context.head.defaults.variables.clone()))
}

fn clock(fields: &mut Fields<'_>, filler: &mut Filler<'_>, context: &mut Context<'_>) -> Result<Option<Clock>, Wrong> {
    let own = fields.clock.read(filler, context, |entry, context| {
        let own = context.reader(|reader, _| ClockPatch::read(&entry.value, reader))?;
        match own.over(&context.head.defaults.clock).resolve() {
            Ok(Some(clock)) => Some(Some(clock)),
            Ok(None) => {
                let message = "the clock says no time";
                let diagnostic = Diagnostic::error(rules::CLOCK, &context.source, entry.value.span, message);
                context.diagnostics.push(diagnostic.help("add 'at', such as at: 2026-03-02T10:00:00"));
                None
            }
            Err(diagnostic) => {
                context.diagnostics.push(*diagnostic);
                None
            }
        }
    })?;
    match own {
        Some(clock) => Ok(clock),
        None => context.head.defaults.clock.resolve().map_err(|diagnostic| {
            context.diagnostics.push(*diagnostic);
            Wrong
        }),
    }
}

fn stubs(
    fields: &mut Fields<'_>,
    filler: &mut Filler<'_>,
    vocabulary: Option<&Vocabulary>,
    context: &mut Context<'_>,
) -> Result<Arc<Stubs>, Wrong> {
    let stubs = fields.stubs.read(filler, context, |entry, context| {
        context.reader(|reader, _| stubs::stubs(&entry.value, reader)).map(Arc::from)
    });
    let queues = fields.queues.read(filler, context, |entry, context| {
        context.reader(|reader, _| stubs::queues(&entry.value, reader)).map(Arc::from)
    });
    let (stubs, queues) = (stubs?, queues?);
    let vocabulary = vocabulary.ok_or(Wrong)?;
    if let Some(kept) = &fields.stubs_kept {
        return Ok(kept.clone());
    }
    let fixed = !(fields.flow.varies || fields.stubs.varies || fields.queues.varies);
    let plain = stubs.is_none() && queues.is_none();
    let program = Arc::as_ptr(&vocabulary.program) as usize;
    if plain && let Some(shared) = context.plain.get(&program).and_then(|plain| plain.stubs.clone()) {
        return Ok(shared);
    }
    let defaults = &context.head.defaults;
    let mut found = Diagnostics::new();
    let own = (stubs.as_deref().unwrap_or_default(), queues.as_deref().unwrap_or_default());
    let resolved = stubs::resolve(own, (&defaults.stubs, &defaults.queues), vocabulary, &mut found);
    context.diagnostics.extend(found);
    if plain {
        context.plain.entry(program).or_default().stubs = Some(resolved.clone());
    } else if fixed {
        fields.stubs_kept = Some(resolved.clone());
    }
    Ok(resolved)
}

fn expect(
    fields: &mut Fields<'_>,
    filler: &mut Filler<'_>,
    vocabulary: Option<&Vocabulary>,
    variables: Option<Arc<[(Name, Value)]>>,
    skipped: bool,
    context: &mut Context<'_>,
) -> Result<Arc<Expectations>, Wrong> {
    let own = fields.expect.read(filler, context, |entry, context| {
        context.reader(|reader, names| ExpectPatch::read(&entry.value, names, reader)).map(Arc::new)
    })?;
    let vocabulary = vocabulary.ok_or(Wrong)?;
    if let Some(kept) = &fields.expect_kept {
        return Ok(kept.clone());
    }
    let fixed = !(fields.flow.varies || fields.expect.varies || fields.variables.varies);
    // Which variables may be expected depends on those that the scenario sets.
    let plain = own.is_none() && fields.variables.node.is_none();
    let program = Arc::as_ptr(&vocabulary.program) as usize;
    if plain && let Some(shared) = context.plain.get(&program).and_then(|plain| plain.expect.clone()) {
        return Ok(shared);
    }
    let mut found = Diagnostics::new();
    let variables = variables.unwrap_or_default();
    let mut resolver = Resolver { vocabulary, variables: &variables, diagnostics: &mut found };
    let own = own.unwrap_or_default();
    let given = own.given || context.head.defaults.expect.given;
    let resolved = resolver.expectations(&own, &context.head.defaults.expect);
    let errors = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    context.diagnostics.extend(found);
    let Some(resolved) = resolved.or_else(|| skipped.then(Expectations::default)) else {
        if given || context.head.incomplete {
            return Err(Wrong);
        }
        let message = "the scenario expects nothing, so that it would test nothing";
        let diagnostic = Diagnostic::error(rules::NO_EXPECTATION, &context.source, fields.span, message);
        context.diagnostics.push(diagnostic.help("add 'expect:', at the least 'expect: { outcome: completed }'"));
        return Err(Wrong);
    };
    let resolved = Arc::new(resolved);
    if plain && !errors && !skipped {
        context.plain.entry(program).or_default().expect = Some(resolved.clone());
    } else if fixed && !plain {
        fields.expect_kept = Some(resolved.clone());
    }
    Ok(resolved)
}

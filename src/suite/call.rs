//! Reads the scenarios of `kind: ivr`: simulated calls.

use std::sync::Arc;

use super::clock::ClockPatch;
use super::expect::ExpectPatch;
use super::extends::{FlowFile, flow_file};
use super::file::Context;
use super::interpolate::Interpolator;
use super::resolve::{Resolver, near_variables};
use super::scenario::{self, Cell, Field, Reported};
use super::settings::{self, CallPatch};
use super::stubs::{QueuePatch, Stub};
use super::symbols::SymbolTable;
use super::{CallWork, Expectations, Simulation, Work, keypad, rules, stubs};
use crate::flow::{Name, Value};
use crate::simulator::{Clock, Guards, Input, MediaReference, Request, Stubs};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::source::yaml::{self, Data};

/// What all scenarios of a program share that have no settings of their own.
#[derive(Clone, Default)]
pub(super) struct Plain {
    pub stubs: Option<Arc<Stubs>>,
    pub expect: Option<Arc<Expectations>>,
}

/// The keys that only calls have.
pub(super) struct Keys<'n> {
    flow: Field<'n, Arc<FlowFile>>,
    dtmf: Field<'n, Vec<Input>>,
    variables: Field<'n, Arc<[(Name, Value)]>>,
    media: Field<'n, Arc<[MediaReference]>>,
    call: Field<'n, CallPatch>,
    clock: Field<'n, Option<Clock>>,
    stubs: Field<'n, Arc<[Stub]>>,
    queues: Field<'n, Arc<[QueuePatch]>>,
    expect: Field<'n, Arc<ExpectPatch>>,
    /// What was looked up in the program, where it is the same for all cells.
    stubs_kept: Option<Arc<Stubs>>,
    expect_kept: Option<Arc<Expectations>>,
}

impl<'n> scenario::Keys<'n> for Keys<'n> {
    const EXPECTATIONS: &'static [&'static str] = &super::expect::EXPECTATIONS;

    fn read(fields: &mut yaml::Fields<'n>) -> Self {
        Self {
            flow: Field::new(fields.entry("flow")),
            dtmf: Field::or_null(fields.entry("dtmf")),
            variables: Field::new(fields.entry("variables")),
            media: Field::new(fields.entry("media")),
            call: Field::new(fields.entry("call")),
            clock: Field::new(fields.entry("clock")),
            stubs: Field::new(fields.entry("stubs")),
            queues: Field::new(fields.entry("queues")),
            expect: Field::new(fields.entry("expect")),
            stubs_kept: None,
            expect_kept: None,
        }
    }

    fn work(&mut self, cell: Cell, filler: &mut Interpolator<'_>, context: &mut Context<'_>) -> Result<Work, Reported> {
        let limits = context.shared.options.limits;
        let program = program(self, cell, filler, context);
        let dtmf = self.dtmf.read(filler, context, |entry, context| {
            context.reader(|reader, _| keypad::items(entry, limits.dtmf_items, reader))
        });
        let variables = variables(self, filler, program.as_deref().ok(), context);
        let media = self.media.read(filler, context, |entry, context| {
            context.reader(|reader, names| settings::media(&entry.value, &limits, names, reader))
        });
        let call = self.call.read(filler, context, |entry, context| {
            context.reader(|reader, names| CallPatch::read(&entry.value, names, reader))
        });
        let clock = clock(self, filler, context);
        let stubs = stubs(self, filler, program.as_deref().ok(), context);
        let given = variables.as_ref().ok().cloned();
        let expect = expect(self, cell, filler, program.as_deref().ok(), given, context);
        let defaults = &context.head.defaults;
        let request = Request {
            keypad: dtmf?.unwrap_or_default(),
            variables: variables?,
            media: media?.unwrap_or_else(|| defaults.media.clone()),
            call: call?.map_or_else(|| defaults.call.resolve(), |own| own.over(&defaults.call).resolve()),
            clock: clock?,
            stubs: stubs?,
            seed: cell.numbers.seed.unwrap_or(context.shared.options.seed),
            guards: Guards {
                depth: limits.depth,
                duration_ms: cell.numbers.time_limit_ms.unwrap_or(Guards::default().duration_ms),
                ..Guards::default()
            },
        };
        let simulation = Simulation { program: program?.program.clone(), request };
        Ok(Work::Call(Box::new(CallWork { simulation, expect: expect? })))
    }
}

fn program(
    fields: &mut Keys<'_>,
    cell: Cell,
    filler: &mut Interpolator<'_>,
    context: &mut Context<'_>,
) -> Result<Arc<SymbolTable>, Reported> {
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
                    let diagnostic = Diagnostic::error(rules::RULES.missing_key, &context.source, cell.span, message);
                    context.diagnostics.push(diagnostic.help("add 'flow: path/to/flow.yaml' to the suite"));
                }
                return Err(Reported);
            }
        },
    };
    context.program(&flow).ok_or(Reported)
}

fn variables(
    fields: &mut Keys<'_>,
    filler: &mut Interpolator<'_>,
    symbols: Option<&SymbolTable>,
    context: &mut Context<'_>,
) -> Result<Arc<[(Name, Value)]>, Reported> {
    let limits = context.shared.options.limits;
    let merged = fields.variables.read(filler, context, |entry, context| {
        let defaults = context.head.defaults.variables.clone();
        let merged = context.reader(|reader, names| {
            let own = settings::variables(&entry.value, names, reader)?;
            Some(settings::merge_variables(own, &defaults, &entry.value, &limits, reader))
        })?;
        if let (Some(symbols), Data::Mapping(entries)) = (symbols, &entry.value.data) {
            for warning in near_variables(entries, symbols, &context.source) {
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

fn clock(
    fields: &mut Keys<'_>,
    filler: &mut Interpolator<'_>,
    context: &mut Context<'_>,
) -> Result<Option<Clock>, Reported> {
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
            Reported
        }),
    }
}

fn stubs(
    fields: &mut Keys<'_>,
    filler: &mut Interpolator<'_>,
    symbols: Option<&SymbolTable>,
    context: &mut Context<'_>,
) -> Result<Arc<Stubs>, Reported> {
    let stubs = fields.stubs.read(filler, context, |entry, context| {
        context.reader(|reader, _| stubs::stubs(&entry.value, reader)).map(Arc::from)
    });
    let queues = fields.queues.read(filler, context, |entry, context| {
        context.reader(|reader, _| stubs::queues(&entry.value, reader)).map(Arc::from)
    });
    let (stubs, queues) = (stubs?, queues?);
    let symbols = symbols.ok_or(Reported)?;
    if let Some(kept) = &fields.stubs_kept {
        return Ok(kept.clone());
    }
    let fixed = !(fields.flow.varies || fields.stubs.varies || fields.queues.varies);
    let plain = stubs.is_none() && queues.is_none();
    let program = Arc::as_ptr(&symbols.program) as usize;
    if plain && let Some(shared) = context.plain.get(&program).and_then(|plain| plain.stubs.clone()) {
        return Ok(shared);
    }
    let defaults = &context.head.defaults;
    let mut found = Diagnostics::new();
    let own = (stubs.as_deref().unwrap_or_default(), queues.as_deref().unwrap_or_default());
    let resolved = stubs::resolve(own, (&defaults.stubs, &defaults.queues), symbols, &mut found);
    context.diagnostics.extend(found);
    if plain {
        context.plain.entry(program).or_default().stubs = Some(resolved.clone());
    } else if fixed {
        fields.stubs_kept = Some(resolved.clone());
    }
    Ok(resolved)
}

fn expect(
    fields: &mut Keys<'_>,
    cell: Cell,
    filler: &mut Interpolator<'_>,
    symbols: Option<&SymbolTable>,
    variables: Option<Arc<[(Name, Value)]>>,
    context: &mut Context<'_>,
) -> Result<Arc<Expectations>, Reported> {
    let own = fields.expect.read(filler, context, |entry, context| {
        context.reader(|reader, names| ExpectPatch::read(&entry.value, names, reader)).map(Arc::new)
    })?;
    let symbols = symbols.ok_or(Reported)?;
    if let Some(kept) = &fields.expect_kept {
        return Ok(kept.clone());
    }
    let fixed = !(fields.flow.varies || fields.expect.varies || fields.variables.varies);
    // Which variables may be expected depends on those that the scenario sets.
    let plain = own.is_none() && fields.variables.node.is_none();
    let program = Arc::as_ptr(&symbols.program) as usize;
    if plain && let Some(shared) = context.plain.get(&program).and_then(|plain| plain.expect.clone()) {
        return Ok(shared);
    }
    let mut found = Diagnostics::new();
    let variables = variables.unwrap_or_default();
    let mut resolver = Resolver { symbols, variables: &variables, diagnostics: &mut found, paths: &mut context.paths };
    let own = own.unwrap_or_default();
    let given = own.given || context.head.defaults.expect.given;
    let resolved = resolver.expectations(&own, &context.head.defaults.expect);
    let errors = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    context.diagnostics.extend(found);
    let Some(resolved) = resolved.or_else(|| cell.skipped.then(Expectations::default)) else {
        if given || context.head.incomplete {
            return Err(Reported);
        }
        let message = "the scenario expects nothing, so that it would test nothing";
        let diagnostic = Diagnostic::error(rules::NO_EXPECTATION, &context.source, cell.span, message);
        context.diagnostics.push(diagnostic.help("add 'expect:', at the least 'expect: { outcome: completed }'"));
        return Err(Reported);
    };
    let resolved = Arc::new(resolved);
    if plain && !errors && !cell.skipped {
        context.plain.entry(program).or_default().expect = Some(resolved.clone());
    } else if fixed && !plain {
        fields.expect_kept = Some(resolved.clone());
    }
    Ok(resolved)
}

//! One entry of `scenarios` to the scenarios it expands to.

use std::sync::Arc;

use super::clock::ClockPatch;
use super::expect::ExpectPatch;
use super::extends::{FlowFile, flow_file, tags};
use super::file::{Context, SCENARIOS};
use super::interpolate::{Filler, varies};
use super::matrix::{Expansion, shown};
use super::resolve::{Resolver, near_variables};
use super::settings::{self, CallPatch};
use super::stubs::{self, QueuePatch, Stub};
use super::vocabulary::Vocabulary;
use super::{Expectations, Scenario, keypad, rules};
use crate::diagnose::{Diagnostic, Diagnostics, Severity, Span, Spanned, quoted};
use crate::flow::{Name, Value};
use crate::simulator::{Clock, Guards, Input, MediaReference, Request, Stubs};
use crate::yaml::{Data, Entry, Node, Scalar};

/// After so many mistakes in one entry its further cells are not looked at.
const PATIENCE: usize = 50;

/// What all scenarios of a program share that have no settings of their own.
#[derive(Default)]
pub(super) struct Plain {
    stubs: Option<Arc<Stubs>>,
    expect: Option<Arc<Expectations>>,
}

/// That a mistake was reported.
#[derive(Clone, Copy, Debug)]
struct Wrong;

/// One key of an entry.
struct Field<'n, T> {
    node: Option<&'n Entry>,
    /// Whether there is something to fill in.
    varies: bool,
    /// What was read, where it is the same for all cells.
    kept: Option<Result<Option<T>, Wrong>>,
}

impl<'n, T: Clone> Field<'n, T> {
    fn new(node: Option<&'n Entry>) -> Self {
        let node = node.filter(|entry| !entry.value.is_null());
        Self { node, varies: node.is_some_and(|entry| varies(&entry.value)), kept: None }
    }

    /// For a key whose value says something also where it is nothing.
    fn or_null(node: Option<&'n Entry>) -> Self {
        Self { node, varies: node.is_some_and(|entry| varies(&entry.value)), kept: None }
    }

    /// The value for this cell; nothing where the key is not there.
    fn read(
        &mut self,
        filler: &mut Filler<'_>,
        context: &mut Context<'_>,
        read: impl FnOnce(&Entry, &mut Context<'_>) -> Option<T>,
    ) -> Result<Option<T>, Wrong> {
        if let Some(kept) = &self.kept {
            return kept.clone();
        }
        let Some(entry) = self.node else { return Ok(None) };
        if !self.varies {
            let value = read(entry, context).map(Some).ok_or(Wrong);
            self.kept = Some(value.clone());
            return value;
        }
        let spliced = &*entry.key.value == "dtmf";
        let filled = context.reader(|reader, _| match spliced {
            true => filler.fill_spliced(&entry.value, reader),
            false => filler.fill(&entry.value, reader),
        });
        let filled = Entry { key: entry.key.clone(), value: filled.ok_or(Wrong)? };
        read(&filled, context).map(Some).ok_or(Wrong)
    }
}

/// The keys of an entry.
struct Fields<'n> {
    span: Span,
    name: Field<'n, String>,
    description: Field<'n, ()>,
    tags: Field<'n, Vec<Name>>,
    flow: Field<'n, Arc<FlowFile>>,
    dtmf: Field<'n, Vec<Input>>,
    variables: Field<'n, Arc<[(Name, Value)]>>,
    media: Field<'n, Arc<[MediaReference]>>,
    call: Field<'n, CallPatch>,
    clock: Field<'n, Option<Clock>>,
    stubs: Field<'n, Arc<[Stub]>>,
    queues: Field<'n, Arc<[QueuePatch]>>,
    seed: Field<'n, u64>,
    timeout: Field<'n, u64>,
    time_limit: Field<'n, u64>,
    retries: Field<'n, u32>,
    skip: Field<'n, String>,
    expect: Field<'n, Arc<ExpectPatch>>,
    expansion: Expansion<'n>,
    /// What was looked up in the program, where it is the same for all cells.
    stubs_kept: Option<Arc<Stubs>>,
    expect_kept: Option<Arc<Expectations>>,
}

/// Reads one entry and adds its scenarios.
pub(super) fn read(node: &Node, context: &mut Context<'_>) {
    let before = context.diagnostics.len();
    let Some(mut fields) = context.reader(|reader, _| {
        let mut fields = reader.mapping(node, "a scenario")?;
        let name = fields.required(reader, "name").is_some().then(|| fields.entry("name")).flatten();
        let read = Fields {
            span: name.map_or(node.span, |name| name.value.span),
            name: Field::new(name),
            description: Field::new(fields.entry("description")),
            tags: Field::new(fields.entry("tags")),
            flow: Field::new(fields.entry("flow")),
            dtmf: Field::or_null(fields.entry("dtmf")),
            variables: Field::new(fields.entry("variables")),
            media: Field::new(fields.entry("media")),
            call: Field::new(fields.entry("call")),
            clock: Field::new(fields.entry("clock")),
            stubs: Field::new(fields.entry("stubs")),
            queues: Field::new(fields.entry("queues")),
            seed: Field::new(fields.entry("seed")),
            timeout: Field::new(fields.entry("timeout")),
            time_limit: Field::new(fields.entry("time_limit")),
            retries: Field::new(fields.entry("retries")),
            skip: Field::new(fields.entry("skip")),
            expect: Field::new(fields.entry("expect")),
            expansion: Expansion {
                matrix: fields.take("matrix"),
                exclude: fields.take("exclude"),
                include: fields.take("include"),
                examples: fields.take("examples"),
            },
            stubs_kept: None,
            expect_kept: None,
        };
        fields.finish(reader);
        Some(read)
    }) else {
        return;
    };
    let environment = context.shared.options.environment.clone();
    if fields.expansion.is_empty() {
        let mut filler = Filler::plain(&*environment);
        cell(&mut fields, &mut filler, None, context);
        return;
    }
    // Values may come from the environment, but an axis not from another one.
    let mut filled: [Option<Node>; 4] = [None, None, None, None];
    let given = [fields.expansion.matrix, fields.expansion.exclude, fields.expansion.include, fields.expansion.examples];
    for (filled, given) in filled.iter_mut().zip(given) {
        let Some(node) = given.filter(|node| varies(node)) else { continue };
        match context.reader(|reader, _| Filler::plain(&*environment).fill(node, reader)) {
            Some(node) => *filled = Some(node),
            None => return,
        }
    }
    let [matrix, exclude, include, examples] = &filled;
    let expansion = Expansion {
        matrix: matrix.as_ref().or(fields.expansion.matrix),
        exclude: exclude.as_ref().or(fields.expansion.exclude),
        include: include.as_ref().or(fields.expansion.include),
        examples: examples.as_ref().or(fields.expansion.examples),
    };
    let Some(cells) = context.reader(|reader, _| expansion.cells(reader)) else { return };
    let mut used = vec![false; cells.names.len()];
    context.scenarios.reserve(cells.rows.len());
    for row in &cells.rows {
        let mut filler = Filler { names: &cells.names, values: row, used, environment: &*environment };
        let label = label(&cells.names, row);
        cell(&mut fields, &mut filler, Some(label), context);
        used = filler.used;
        if context.diagnostics.len() > before + PATIENCE || context.scenarios.len() > SCENARIOS {
            return;
        }
    }
    if context.diagnostics.iter().skip(before).all(|diagnostic| diagnostic.severity != Severity::Error) {
        for (name, _) in cells.names.iter().zip(used).filter(|(_, used)| !used) {
            let message = format!("nothing uses the axis {}", quoted(name));
            let help = format!("write '${{{}}}' where its value belongs", name.value);
            let diagnostic = Diagnostic::warning(rules::UNUSED_AXIS, &context.source, name.span, message).help(help);
            context.diagnostics.push(diagnostic);
        }
    }
}

/// `tier=gold,language=en-US`
fn label(names: &[Spanned<Name>], row: &[&Node]) -> String {
    let mut label = String::new();
    for (name, value) in names.iter().zip(row) {
        if !label.is_empty() {
            label.push(',');
        }
        label.push_str(name);
        label.push('=');
        label.push_str(&shown(value));
    }
    label
}

/// Reads one cell. Every key is read even if another one is wrong, so that all mistakes are found.
fn cell(fields: &mut Fields<'_>, filler: &mut Filler<'_>, label: Option<String>, context: &mut Context<'_>) {
    let limits = context.shared.options.limits;
    let name = fields.name.read(filler, context, |entry, context| name(&entry.value, context));
    let description = fields
        .description
        .read(filler, context, |entry, context| context.reader(|reader, _| reader.text(&entry.value, "a description")).map(drop));
    let tags = tag_list(fields, filler, context);
    let program = program(fields, filler, context);
    let dtmf = fields.dtmf.read(filler, context, |entry, context| {
        context.reader(|reader, _| keypad::items(entry, limits.dtmf_items, reader))
    });
    let variables = variables(fields, filler, program.as_deref().ok(), context);
    let media = fields.media.read(filler, context, |entry, context| {
        context.reader(|reader, names| settings::media(&entry.value, &limits, names, reader))
    });
    let call = fields
        .call
        .read(filler, context, |entry, context| context.reader(|reader, names| CallPatch::read(&entry.value, names, reader)));
    let clock = clock(fields, filler, context);
    let stubs = stubs(fields, filler, program.as_deref().ok(), context);
    let seed = fields.seed.read(filler, context, |entry, context| context.reader(|reader, _| settings::seed(&entry.value, reader)));
    let timeout = fields.timeout.read(filler, context, length);
    let time_limit = fields.time_limit.read(filler, context, length);
    let retries =
        fields.retries.read(filler, context, |entry, context| context.reader(|reader, _| settings::retries(&entry.value, reader)));
    let skip = fields.skip.read(filler, context, |entry, context| reason(&entry.value, context));
    let skipped = matches!(skip, Ok(Some(_)));
    let given = variables.as_ref().ok().cloned();
    let expect = expect(fields, filler, program.as_deref().ok(), given, skipped, context);
    let whole = || -> Result<Scenario, Wrong> {
        description?;
        let name = name?.ok_or(Wrong)?;
        let program = program?;
        let defaults = &context.head.defaults;
        let id = match &label {
            Some(label) => format!("{}::{name}[{label}]", context.path),
            None => format!("{}::{name}", context.path),
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
        let message =
            if name.trim().is_empty() { "the name of a scenario is empty" } else { "a name has only one line and no tabs" };
        let diagnostic = Diagnostic::error(rules::INVALID_VALUE, &context.source, node.span, message);
        context.diagnostics.push(diagnostic.help("it is part of the scenario's id in every report"));
        return None;
    }
    Some(name.value)
}

/// A reason to skip; `true` is none.
fn reason(node: &Node, context: &mut Context<'_>) -> Option<String> {
    if let Data::Scalar(Scalar { text, plain: true }) = &node.data {
        if matches!(&**text, "true" | "false") {
            let message = format!("expected a reason, found {}", quoted(text));
            let diagnostic = Diagnostic::error(rules::RULES.wrong_type, &context.source, node.span, message);
            context.diagnostics.push(diagnostic.help(match &**text {
                "true" => "write why the scenario is skipped; reports show it",
                _ => "remove it to run the scenario",
            }));
            return None;
        }
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

fn program(fields: &mut Fields<'_>, filler: &mut Filler<'_>, context: &mut Context<'_>) -> Result<Arc<Vocabulary>, Wrong> {
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
            near_variables(entries, vocabulary, &context.source, &mut context.diagnostics);
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
                context.diagnostics.push(diagnostic);
                None
            }
        }
    })?;
    match own {
        Some(clock) => Ok(clock),
        None => context.head.defaults.clock.resolve().map_err(|diagnostic| {
            context.diagnostics.push(diagnostic);
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
    if plain {
        if let Some(shared) = context.plain.get(&program).and_then(|plain| plain.stubs.clone()) {
            return Ok(shared);
        }
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
    if plain {
        if let Some(shared) = context.plain.get(&program).and_then(|plain| plain.expect.clone()) {
            return Ok(shared);
        }
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

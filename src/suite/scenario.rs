//! Expands one entry of `scenarios`, independent of the kind of suite.

use std::sync::Arc;

use super::cell::cell;
use super::file::{Context, MAX_SCENARIOS};
use super::interpolate::{Interpolator, varies};
use super::matrix::{Expansion, shown};
use super::properties::Properties;
use super::settings::{Kind, Numbers};
use super::{Work, call, prompts};
use crate::flow::Name;
use crate::source::diagnostics::rules::UNUSED_AXIS;
use crate::source::diagnostics::{Severity, Span, Spanned, quoted};
use crate::source::yaml::{self, Entry, Node, written_lines};

/// Maximum number of mistakes in one entry before its remaining cells are skipped.
const MAX_MISTAKES_BEFORE_SKIP: usize = 50;

/// The keys of an entry that scenarios of one kind have beside those of all.
pub(super) trait Keys<'n>: Sized {
    /// Those that stand below `expect` and nowhere else.
    const EXPECTATIONS: &'static [&'static str];

    /// Takes them from the entry.
    fn read(fields: &mut yaml::Fields<'n>) -> Self;

    /// What the cell simulates and expects.
    fn work(&mut self, cell: Cell, filler: &mut Interpolator<'_>, context: &mut Context<'_>) -> Result<Work, Reported>;
}

/// What the keys that all scenarios have say about how a cell is simulated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// The span of the scenario.
    pub span: Span,
    /// Whether it is skipped, so that it needs no expectation.
    pub skipped: bool,
    /// The settings that are numbers, over those of the defaults.
    pub numbers: Numbers,
}

/// That a mistake was reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reported;

/// One key of an entry.
pub(super) struct Field<'n, T> {
    pub node: Option<&'n Entry>,
    /// Whether there is anything to interpolate.
    pub varies: bool,
    /// What was read, where it is the same for all cells.
    kept: Option<Result<Option<T>, Reported>>,
}

impl<'n, T: Clone> Field<'n, T> {
    /// A null counts as not there.
    pub(super) fn new(node: Option<&'n Entry>) -> Self {
        let node = node.filter(|entry| !entry.value.is_null());
        Self { node, varies: node.is_some_and(|entry| varies(&entry.value)), kept: None }
    }

    /// For a key whose null value has a meaning.
    pub(super) fn or_null(node: Option<&'n Entry>) -> Self {
        Self { node, varies: node.is_some_and(|entry| varies(&entry.value)), kept: None }
    }

    /// The value for this cell; none if the key is absent.
    pub(super) fn read(
        &mut self,
        filler: &mut Interpolator<'_>,
        context: &mut Context<'_>,
        read: impl FnOnce(&Entry, &mut Context<'_>) -> Option<T>,
    ) -> Result<Option<T>, Reported> {
        if let Some(kept) = &self.kept {
            return kept.clone();
        }
        let Some(entry) = self.node else { return Ok(None) };
        if !self.varies {
            let value = read(entry, context).map(Some).ok_or(Reported);
            self.kept = Some(value.clone());
            return value;
        }
        let spliced = &*entry.key.value == "dtmf";
        let filled = context.reader(|reader, _| match spliced {
            true => filler.fill_spliced(&entry.value, reader),
            false => filler.fill(&entry.value, reader),
        });
        let filled = Entry { key: entry.key.clone(), value: filled.ok_or(Reported)? };
        read(&filled, context).map(Some).ok_or(Reported)
    }
}

/// The keys that every entry may have.
pub(super) struct Common<'n> {
    pub span: Span,
    /// The first and the last line of the entry.
    pub lines: (u32, u32),
    pub name: Field<'n, String>,
    pub description: Field<'n, Name>,
    pub properties: Field<'n, Arc<Properties>>,
    pub tags: Field<'n, Vec<Name>>,
    pub seed: Field<'n, u64>,
    pub timeout: Field<'n, u64>,
    pub time_limit: Field<'n, u64>,
    pub retries: Field<'n, u32>,
    pub skip: Field<'n, String>,
    expansion: Expansion<'n>,
}

/// Reads one entry and adds its scenarios.
pub(super) fn read(node: &Node, context: &mut Context<'_>) {
    match context.head.kind {
        Kind::Ivr => read_as::<call::Keys<'_>>(node, context),
        Kind::Assist => read_as::<prompts::Keys<'_>>(node, context),
    }
}

fn read_as<'n, K: Keys<'n>>(node: &'n Node, context: &mut Context<'_>) {
    let before = context.diagnostics.len();
    let kind = context.head.kind;
    let lines = written_lines(&context.source, node.span);
    let Some((mut common, mut keys)) = context.reader(|reader, _| {
        let mut fields = reader.mapping(node, "a scenario")?;
        let name = fields.required(reader, "name").is_some().then(|| fields.entry("name")).flatten();
        let [description, properties, tags] = ["description", "properties", "tags"].map(|key| fields.entry(key));
        let keys = K::read(&mut fields);
        let common = Common {
            span: name.map_or(node.span, |name| name.value.span),
            lines,
            name: Field::new(name),
            description: Field::new(description),
            properties: Field::new(properties),
            tags: Field::new(tags),
            seed: Field::new(fields.entry("seed")),
            timeout: Field::new(fields.entry("timeout")),
            time_limit: Field::new(if kind == Kind::Ivr { fields.entry("time_limit") } else { None }),
            retries: Field::new(fields.entry("retries")),
            skip: Field::new(fields.entry("skip")),
            expansion: Expansion {
                matrix: fields.take("matrix"),
                exclude: fields.take("exclude"),
                include: fields.take("include"),
                examples: fields.take("examples"),
            },
        };
        fields.below("expect", K::EXPECTATIONS);
        fields.finish(reader);
        Some((common, keys))
    }) else {
        return;
    };
    let environment = context.shared.options.environment.clone();
    if common.expansion.is_empty() {
        let mut filler = Interpolator::plain(&*environment);
        cell(&mut common, &mut keys, &mut filler, None, context);
        return;
    }
    // Values may refer to the environment, but not to another axis.
    let mut filled: [Option<Node>; 4] = [None, None, None, None];
    let given =
        [common.expansion.matrix, common.expansion.exclude, common.expansion.include, common.expansion.examples];
    for (filled, given) in filled.iter_mut().zip(given) {
        let Some(node) = given.filter(|node| varies(node)) else { continue };
        match context.reader(|reader, _| Interpolator::plain(&*environment).fill(node, reader)) {
            Some(node) => *filled = Some(node),
            None => return,
        }
    }
    let [matrix, exclude, include, examples] = &filled;
    let expansion = Expansion {
        matrix: matrix.as_ref().or(common.expansion.matrix),
        exclude: exclude.as_ref().or(common.expansion.exclude),
        include: include.as_ref().or(common.expansion.include),
        examples: examples.as_ref().or(common.expansion.examples),
    };
    let Some(cells) = context.reader(|reader, _| expansion.cells(reader)) else { return };
    let mut used = vec![false; cells.names.len()];
    let mut filled = 0;
    context.scenarios.reserve(cells.rows.len());
    for row in &cells.rows {
        let mut filler = Interpolator { names: &cells.names, values: row, used, filled, environment: &*environment };
        let label = label(&cells.names, row);
        cell(&mut common, &mut keys, &mut filler, (!label.is_empty()).then_some(label), context);
        (used, filled) = (filler.used, filler.filled);
        if errors(context, before) > MAX_MISTAKES_BEFORE_SKIP || context.scenarios.len() > MAX_SCENARIOS {
            return;
        }
    }
    if errors(context, before) == 0 {
        for (name, _) in cells.names.iter().zip(used).filter(|(_, used)| !used) {
            let message = format!("nothing uses the axis {}", quoted(name));
            let help = format!("write '${{{}}}' where its value belongs", name.value);
            let diagnostic = UNUSED_AXIS.finding(&context.source, name.span, message).help(help);
            context.diagnostics.push(diagnostic);
        }
    }
}

/// How many errors were found after the first `before` diagnostics.
fn errors(context: &Context<'_>, before: usize) -> usize {
    context.diagnostics.iter().skip(before).filter(|diagnostic| diagnostic.severity == Severity::Error).count()
}

/// `tier=gold,language=en-US`; axes whose name begins with `_` are left out.
fn label(names: &[Spanned<Name>], row: &[&Node]) -> String {
    let mut label = String::new();
    for (name, value) in names.iter().zip(row).filter(|(name, _)| !name.starts_with('_')) {
        if !label.is_empty() {
            label.push(',');
        }
        label.push_str(name);
        label.push('=');
        label.push_str(&shown(value));
    }
    label
}

//! Expands an entry to cells by `matrix`, `exclude`, `include` and `examples`.

use super::rules;
use crate::flow::{Name, Value};
use crate::source::diagnostics::rules::UNUSED_EXCLUDE;
use crate::source::diagnostics::{Spanned, closest, quoted};
use crate::source::yaml::{Entry, Node, Reader};

/// Maximum number of scenarios of one entry.
pub(super) const CELLS: usize = 100_000;

/// The keys of a scenario that expand it.
#[derive(Clone, Copy, Default)]
pub(super) struct Expansion<'n> {
    pub matrix: Option<&'n Node>,
    pub exclude: Option<&'n Node>,
    pub include: Option<&'n Node>,
    pub examples: Option<&'n Node>,
}

/// What an entry expands to.
#[derive(Debug)]
pub(super) struct Cells<'n> {
    /// The axes: those of the matrix in their order, then the columns of the examples.
    pub names: Vec<Spanned<Name>>,
    /// For each cell the values of the axes.
    pub rows: Vec<Box<[&'n Node]>>,
}

impl<'n> Expansion<'n> {
    /// Whether the entry is expanded at all.
    pub(super) fn is_empty(&self) -> bool {
        self.matrix.is_none() && self.examples.is_none() && self.exclude.is_none() && self.include.is_none()
    }

    /// The cells, in order; none if a mistake was reported.
    pub(super) fn cells(&self, reader: &mut Reader<'_>) -> Option<Cells<'n>> {
        let axes = match self.matrix {
            Some(node) => Some(axes(node, reader)?),
            None => None,
        };
        let examples = match self.examples {
            Some(node) => Some(table(node, reader)?),
            None => None,
        };
        let Some(axes) = axes else {
            for (node, key) in [(self.exclude, "exclude"), (self.include, "include")] {
                let Some(node) = node else { continue };
                let diagnostic = reader
                    .error(rules::EXPANSION, node.span, format!("'{key}' needs a 'matrix' to change"))
                    .help("add 'matrix: { axis: [value, other value] }'");
                reader.report(diagnostic);
                return None;
            }
            return examples;
        };
        let matrix = self.matrix_cells(&axes, examples.as_ref().map_or(1, |table| table.rows.len()), reader)?;
        let Some(examples) = examples else { return Some(matrix) };
        if let Some(double) = examples.names.iter().find(|name| matrix.names.contains(name)) {
            let message = format!("the axis {} is in 'matrix' and in 'examples'", quoted(double));
            let diagnostic = reader.error(rules::EXPANSION, double.span, message).help("give one of them another name");
            reader.report(diagnostic);
            return None;
        }
        let rows = matrix
            .rows
            .iter()
            .flat_map(|cell| examples.rows.iter().map(move |row| cell.iter().chain(row.iter()).copied().collect()))
            .collect();
        let mut names = matrix.names;
        names.extend(examples.names);
        Some(Cells { names, rows })
    }

    fn matrix_cells(&self, axes: &[Axis<'n>], times: usize, reader: &mut Reader<'_>) -> Option<Cells<'n>> {
        let span = self.matrix.map(|node| node.span).unwrap_or_default();
        let product = axes.iter().try_fold(1_usize, |product, axis| product.checked_mul(axis.values.len()));
        let product = product.filter(|product| product.checked_mul(times).is_some_and(|cells| cells <= CELLS));
        let Some(product) = product else {
            let mut factors: Vec<String> = axes.iter().map(|axis| axis.values.len().to_string()).collect();
            if self.examples.is_some() {
                factors.push(times.to_string());
            }
            let cells: f64 = axes.iter().map(|axis| axis.values.len() as f64).product::<f64>() * times as f64;
            let shown = if cells < 1e15 { format!("{cells:.0}") } else { format!("{cells:.1e}") };
            let factors = factors.join(" × ");
            let shown = if factors == shown { shown } else { format!("{factors} = {shown}") };
            let message = format!("the entry expands to {shown} scenarios, more than the {CELLS} allowed");
            let diagnostic = reader.error(rules::TOO_MANY, span, message).help("leave values out, or split the entry");
            reader.report(diagnostic);
            return None;
        };
        let excludes = self.excludes(axes, reader)?;
        let mut unused = vec![true; excludes.len()];
        let mut rows: Vec<Box<[&Node]>> = Vec::with_capacity(product);
        let mut indices = vec![0_usize; axes.len()];
        for _ in 0..product {
            let row: Box<[&Node]> = axes.iter().zip(&indices).map(|(axis, &index)| &axis.values[index]).collect();
            let mut dropped = false;
            for (exclude, unused) in excludes.iter().zip(&mut unused) {
                if exclude.value.iter().all(|&(axis, value)| same(row[axis], value)) {
                    dropped = true;
                    *unused = false;
                }
            }
            if !dropped {
                rows.push(row);
            }
            // The next cell: the last axis is the fastest.
            for (axis, index) in axes.iter().zip(&mut indices).rev() {
                *index += 1;
                if *index < axis.values.len() {
                    break;
                }
                *index = 0;
            }
        }
        for (exclude, _) in excludes.iter().zip(unused).filter(|(_, unused)| *unused) {
            let message = "this 'exclude' matches no cell of the matrix";
            let help = "write values as the axes do, or remove it";
            reader.report(UNUSED_EXCLUDE.finding(reader.source(), exclude.span, message).help(help));
        }
        rows.extend(self.includes(axes, reader)?);
        if rows.len().saturating_mul(times) > CELLS {
            let message = format!("the entry expands to more than the {CELLS} scenarios allowed");
            let diagnostic = reader.error(rules::TOO_MANY, span, message).help("leave values out, or split the entry");
            reader.report(diagnostic);
            return None;
        }
        if rows.is_empty() {
            let diagnostic = reader
                .error(rules::EXPANSION, span, "every cell of the matrix is excluded")
                .help("remove the scenario, or mark it with 'skip: reason'");
            reader.report(diagnostic);
            return None;
        }
        Some(Cells { names: axes.iter().map(|axis| axis.name.clone()).collect(), rows })
    }

    /// For each exclude the axes' indices and values that it names.
    fn excludes(&self, axes: &[Axis<'n>], reader: &mut Reader<'_>) -> Option<Vec<Exclude<'n>>> {
        let Some(node) = self.exclude else { return Some(Vec::new()) };
        let mut whole = true;
        let mut excludes = Vec::new();
        for item in reader.sequence(node, "a list of cells to leave out")? {
            let Some(entries) = reader.entries(item, "a cell") else {
                whole = false;
                continue;
            };
            if entries.is_empty() {
                let diagnostic = reader
                    .error(rules::EXPANSION, item.span, "an empty 'exclude' would leave every cell out")
                    .help("name at least one axis: '{ axis: value }'");
                reader.report(diagnostic);
                whole = false;
            }
            let cell: Vec<_> = entries.iter().map(|entry| Some((find(axes, entry, reader)?, &entry.value))).collect();
            match cell.into_iter().collect::<Option<Vec<_>>>() {
                Some(cell) => excludes.push(Spanned::new(cell, item.span)),
                None => whole = false,
            }
        }
        whole.then_some(excludes)
    }

    fn includes(&self, axes: &[Axis<'n>], reader: &mut Reader<'_>) -> Option<Vec<Box<[&'n Node]>>> {
        let Some(node) = self.include else { return Some(Vec::new()) };
        let mut whole = true;
        let mut rows = Vec::new();
        for item in reader.sequence(node, "a list of cells to add")? {
            let Some(entries) = reader.entries(item, "a cell") else {
                whole = false;
                continue;
            };
            let mut row: Vec<Option<&Node>> = vec![None; axes.len()];
            for entry in entries {
                match find(axes, entry, reader) {
                    Some(axis) => row[axis] = Some(&entry.value),
                    None => whole = false,
                }
            }
            let missing = axes.iter().zip(&row).find(|(_, value)| value.is_none());
            if let (Some((axis, _)), true) = (missing, whole) {
                let message = format!("a cell to add needs a value for every axis; {} has none", quoted(&axis.name));
                let diagnostic = reader.error(rules::EXPANSION, item.span, message);
                reader.report(diagnostic);
                whole = false;
            }
            rows.extend(row.into_iter().collect::<Option<Vec<_>>>().map(Vec::into_boxed_slice));
        }
        whole.then_some(rows)
    }
}

/// The axes that a cell to leave out names, by index, and their values.
type Exclude<'n> = Spanned<Vec<(usize, &'n Node)>>;

/// One axis of a matrix.
struct Axis<'n> {
    name: Spanned<Name>,
    values: &'n [Node],
}

fn axes<'n>(node: &'n Node, reader: &mut Reader<'_>) -> Option<Vec<Axis<'n>>> {
    let entries = reader.entries(node, "a mapping of axes")?;
    if entries.is_empty() {
        let diagnostic = reader
            .error(rules::EXPANSION, node.span, "the matrix has no axes")
            .help("write 'matrix: { axis: [value, other value] }'");
        reader.report(diagnostic);
        return None;
    }
    let mut axes = Vec::with_capacity(entries.len());
    for entry in entries {
        let name = axis_name(&entry.key, reader);
        let Some(values) = reader.sequence(&entry.value, "a list of values") else { continue };
        if values.is_empty() {
            let message = format!("the axis {} has no values", quoted(&entry.key));
            let diagnostic =
                reader.error(rules::EXPANSION, entry.value.span, message).help("remove it or give it some");
            reader.report(diagnostic);
            continue;
        }
        let double = doubles(values);
        if let Some(double) = double {
            let message = format!("the axis {} has this value twice", quoted(&entry.key));
            let diagnostic = reader.error(rules::EXPANSION, double.span, message).label("second time");
            reader.report(diagnostic);
            continue;
        }
        axes.extend(name.map(|name| Axis { name, values }));
    }
    (axes.len() == entries.len()).then_some(axes)
}

/// The first duplicate value.
fn doubles(values: &[Node]) -> Option<&Node> {
    let mut seen = std::collections::HashSet::new();
    values.iter().find(|value| !seen.insert(spelling(value)))
}

/// The rows of `examples`.
fn table<'n>(node: &'n Node, reader: &mut Reader<'_>) -> Option<Cells<'n>> {
    let items = reader.sequence(node, "a list of rows")?;
    let Some(first) = items.first() else {
        let diagnostic =
            reader.error(rules::EXPANSION, node.span, "the examples have no rows").help("write '- { axis: value }'");
        reader.report(diagnostic);
        return None;
    };
    if items.len() > CELLS {
        let message = format!("the examples have {} rows, more than the {CELLS} allowed", items.len());
        let diagnostic = reader.error(rules::TOO_MANY, node.span, message).help("split the entry");
        reader.report(diagnostic);
        return None;
    }
    let head = reader.entries(first, "a row")?;
    if head.is_empty() {
        let diagnostic =
            reader.error(rules::EXPANSION, first.span, "a row of examples is empty").help("write '{ axis: value }'");
        reader.report(diagnostic);
        return None;
    }
    let names: Vec<_> = head.iter().map(|entry| axis_name(&entry.key, reader)).collect();
    let names: Vec<Spanned<Name>> = names.into_iter().collect::<Option<_>>()?;
    let mut rows = Vec::with_capacity(items.len());
    let mut whole = true;
    for item in items {
        match row(&names, item, reader) {
            Some(row) => rows.push(row),
            None => whole = false,
        }
    }
    whole.then_some(Cells { names, rows })
}

fn row<'n>(names: &[Spanned<Name>], item: &'n Node, reader: &mut Reader<'_>) -> Option<Box<[&'n Node]>> {
    let entries = reader.entries(item, "a row")?;
    let mut row: Vec<Option<&Node>> = vec![None; names.len()];
    let mut whole = true;
    for entry in entries {
        match names.iter().position(|name| *name.value == **entry.key) {
            Some(index) => row[index] = Some(&entry.value),
            None => {
                let message = format!("the first row has no {}; all rows have the same keys", quoted(&entry.key));
                unknown(names.iter().map(|name| &*name.value), &entry.key, message, reader);
                whole = false;
            }
        }
    }
    if let (Some((name, _)), true) = (names.iter().zip(&row).find(|(_, value)| value.is_none()), whole) {
        let message = format!("this row has no {}; all rows have the same keys", quoted(name));
        let diagnostic = reader.error(rules::EXPANSION, item.span, message).help("write '~' for no value");
        reader.report(diagnostic);
        return None;
    }
    row.into_iter().collect::<Option<Vec<_>>>().filter(|_| whole).map(Vec::into_boxed_slice)
}

fn find(axes: &[Axis<'_>], entry: &Entry, reader: &mut Reader<'_>) -> Option<usize> {
    let found = axes.iter().position(|axis| *axis.name.value == **entry.key);
    if found.is_none() {
        let message = format!("the matrix has no axis {}", quoted(&entry.key));
        unknown(axes.iter().map(|axis| &*axis.name.value), &entry.key, message, reader);
    }
    found
}

fn unknown<'k>(
    known: impl Iterator<Item = &'k str>,
    key: &Spanned<Box<str>>,
    message: String,
    reader: &mut Reader<'_>,
) {
    let diagnostic = reader.error(rules::EXPANSION, key.span, message);
    let diagnostic = match closest(key, known) {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
        None => diagnostic,
    };
    reader.report(diagnostic);
}

fn axis_name(key: &Spanned<Box<str>>, reader: &mut Reader<'_>) -> Option<Spanned<Name>> {
    let valid = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !valid {
        let message = format!("{} cannot be the name of an axis", quoted(key));
        let diagnostic =
            reader.error(rules::EXPANSION, key.span, message).help("use letters, digits, '_', '-' and '.'");
        reader.report(diagnostic);
        return None;
    }
    Some(Spanned::new(Name::from(&*key.value), key.span))
}

/// Whether two values of a cell are equal: texts and numbers by spelling, others by value.
fn same(one: &Node, other: &Node) -> bool {
    match (one.as_scalar(), other.as_scalar()) {
        (Some(one), Some(other)) => one.text == other.text,
        (None, None) => Value::from_node(one) == Value::from_node(other),
        _ => false,
    }
}

/// Maximum number of characters of a value in a scenario's id.
const SHOWN: usize = 200;

/// A value as it stands in a scenario's id: a text or number in its spelling, a list or mapping as
/// JSON; control characters and line breaks as spaces, what is too long cut.
pub(super) fn shown(node: &Node) -> String {
    let text = spelling(node);
    let mut shown: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('\u{2026}');
    }
    shown
}

fn spelling(node: &Node) -> String {
    match node.as_scalar() {
        Some(scalar) if scalar.is_null() => "null".to_owned(),
        Some(scalar) => scalar.text.to_string(),
        None => Value::from_node(node).to_json().to_string(),
    }
}

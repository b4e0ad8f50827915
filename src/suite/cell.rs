//! Expands one cell of an entry to a scenario, independent of the kind of suite.

use std::sync::Arc;

use super::extends::tags;
use super::file::Context;
use super::interpolate::Interpolator;
use super::properties::{self, Properties};
use super::scenario::{Cell, Common, Keys, Reported};
use super::settings::{self, Numbers};
use super::{Scenario, ScenarioRunSettings, rules};
use crate::flow::Name;
use crate::source::diagnostics::{Diagnostic, quoted};
use crate::source::yaml::{Data, Entry, Node, Scalar};

/// Reads one cell. Every key is read even if another one is wrong, so that all mistakes are found.
pub(super) fn cell<'n>(
    common: &mut Common<'n>,
    keys: &mut impl Keys<'n>,
    filler: &mut Interpolator<'_>,
    label: Option<String>,
    context: &mut Context<'_>,
) {
    let name = common.name.read(filler, context, |entry, context| name(&entry.value, context));
    let description = common.description.read(filler, context, |entry, context| {
        let text = context.reader(|reader, _| reader.text(&entry.value, "a description"))?;
        Some(Name::from(text.trim()))
    });
    let properties = properties(common, filler, context);
    let tags = tag_list(common, filler, context);
    let numbers = numbers(common, filler, context);
    let skip = common.skip.read(filler, context, |entry, context| reason(&entry.value, context));
    let skipped = matches!(skip, Ok(Some(_)));
    let cell = Cell { span: common.span, skipped, numbers: numbers.unwrap_or_default() };
    let work = keys.work(cell, filler, context);
    let whole = || -> Result<Scenario, Reported> {
        let description = description?.filter(|text| !text.is_empty());
        let name = name?.ok_or(Reported)?;
        // Built in one allocation of the exact size.
        let id = match &label {
            Some(label) => [&*context.path, "::", &name, "[", label, "]"].concat(),
            None => [&*context.path, "::", &name].concat(),
        };
        let Numbers { timeout_ms, retries, .. } = numbers?;
        let handling = ScenarioRunSettings { skip: skip?, timeout_ms, retries };
        Ok(Scenario {
            id: id.into(),
            // A text is shorter than 4 GiB.
            cell_bytes: label.map_or(0, |label| label.len() as u32),
            suite: 0,
            tags: tags?,
            description,
            properties: properties?,
            span: common.span,
            line: common.lines.0,
            end_line: common.lines.1,
            work: work?,
            handling: handling.boxed(),
        })
    };
    if let Ok(scenario) = whole() {
        context.scenarios.push(scenario);
    }
}

/// The settings that are numbers, over those of the defaults.
fn numbers(
    common: &mut Common<'_>,
    filler: &mut Interpolator<'_>,
    context: &mut Context<'_>,
) -> Result<Numbers, Reported> {
    let seed = common
        .seed
        .read(filler, context, |entry, context| context.reader(|reader, _| settings::seed(&entry.value, reader)));
    let timeout = common.timeout.read(filler, context, length);
    let time_limit = common.time_limit.read(filler, context, length);
    let retries = common
        .retries
        .read(filler, context, |entry, context| context.reader(|reader, _| settings::retries(&entry.value, reader)));
    let own = Numbers { seed: seed?, timeout_ms: timeout?, time_limit_ms: time_limit?, retries: retries? };
    Ok(own.over(&context.head.numbers))
}

/// The defaults' properties and its own; none where there are none at all.
fn properties(
    common: &mut Common<'_>,
    filler: &mut Interpolator<'_>,
    context: &mut Context<'_>,
) -> Result<Option<Arc<Properties>>, Reported> {
    let merged = common.properties.read(filler, context, |entry, context| {
        let defaults = context.head.properties.clone();
        context.reader(|reader, names| properties::properties(&entry.value, &defaults, names, reader))
    })?;
    let properties = merged.unwrap_or_else(|| context.head.properties.clone());
    Ok((!properties.is_empty()).then_some(properties))
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
    context.reader(|reader, _| settings::positive(&entry.value, "a duration", reader))
}

fn tag_list(
    common: &mut Common<'_>,
    filler: &mut Interpolator<'_>,
    context: &mut Context<'_>,
) -> Result<Arc<[Name]>, Reported> {
    let own = common
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

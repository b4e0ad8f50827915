//! Reads the head of a suite file: its flow, tags and defaults, merged with those of the suites it
//! extends.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::interpolate::{Interpolator, varies};
use super::load::Shared;
use super::paths::Place;
use super::properties::{Properties, properties};
use super::settings::{Defaults, Kind, Names, Numbers};
use super::{gates, prompts, rules};
use crate::flow::Name;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Location, Severity, Source, closest, quoted};
use crate::source::yaml::{Data, Fields, Node, Reader, load, parse};
use crate::suite::gate::{self, Gate};

/// Maximum length of a chain of `extends`.
const MAX_EXTENDS_CHAIN: usize = 32;

/// The part of a suite before its scenarios, merged with all suites that it extends.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// The flow of scenarios that name none.
    pub flow: Option<FlowFile>,
    /// On every scenario.
    pub tags: Vec<Name>,
    /// What its scenarios are.
    pub kind: Kind,
    /// The settings of every scenario that are numbers.
    pub numbers: Numbers,
    /// The properties of every scenario.
    pub properties: Arc<Properties>,
    /// For every call.
    pub defaults: Defaults,
    /// For every scenario of prompts.
    pub prompts: prompts::Defaults,
    /// What the scenarios of the suite have to reach together.
    pub gates: Vec<Gate>,
    /// The files that were read for it beside its own.
    pub sources: Vec<Arc<Source>>,
    /// The suites that it cannot extend because they have errors.
    pub broken: Vec<String>,
    /// A flow or defaults are meant that could not be had; it was reported.
    pub incomplete: bool,
}

/// A flow's file and the place that names it.
#[derive(Clone, Debug)]
pub(super) struct FlowFile {
    pub place: Place,
    pub named_at: Location,
}

/// A suite as the ones that extend it see it.
#[derive(Debug)]
pub(super) struct Base {
    /// None if there are errors.
    head: Option<Head>,
    /// What was found in reading it.
    diagnostics: Vec<Diagnostic>,
    /// The suites that it cannot extend itself.
    broken: Vec<String>,
}

/// Bases by file, each read once.
pub(super) type Bases = Mutex<std::collections::HashMap<PathBuf, Arc<Base>>>;

/// The files that led here, each with its links followed: to see circles.
pub(super) type Chain = Vec<Place>;

/// Reads a head from the fields of a suite file; they are left to the caller to finish.
pub(super) fn head(
    fields: &mut Fields<'_>,
    place: &Place,
    chain: &mut Chain,
    shared: &Shared<'_>,
    names: &mut Names,
    reader: &mut Reader<'_>,
) -> Head {
    let filled = |node: Option<&Node>, reader: &mut Reader<'_>| -> Option<Node> {
        let node = node?;
        if varies(node) {
            Interpolator::plain(&*shared.options.environment).fill(node, reader)
        } else {
            Some(node.clone())
        }
    };
    let written = fields.take("kind");
    let kind = match written {
        Some(node) => kind(node, reader),
        None => unwritten(fields, reader),
    };
    let extends = filled(fields.take("extends"), reader);
    let mut base = Head::default();
    if fields.take("extends").is_some() {
        let unknown = Head { kind, incomplete: true, ..Head::default() };
        let found = extends.as_ref().and_then(|node| extended(node, place, chain, shared, reader));
        base = found.unwrap_or(unknown);
        if let Some(node) = extends.filter(|_| base.kind != kind && base.broken.is_empty() && !base.incomplete) {
            let message = format!("a suite of kind '{}' cannot extend one of kind '{}'", kind.name(), base.kind.name());
            let diagnostic = reader.error(rules::OTHER_KIND, node.span, message);
            reader.report(diagnostic.help(format!("write 'kind: {}', or extend another suite", base.kind.name())));
            base.incomplete = true;
        }
    }
    // Only calls have a flow.
    let flow = if kind == Kind::Ivr { fields.take("flow") } else { None };
    let named = flow.is_some();
    let flow = filled(flow, reader).and_then(|node| flow_file(&node, place, reader));
    let incomplete = base.incomplete || (flow.is_none() && named);
    let mut all = base.tags;
    for tag in filled(fields.take("tags"), reader).and_then(|node| tags(&node, names, reader)).unwrap_or_default() {
        if !all.contains(&tag) {
            all.push(tag);
        }
    }
    let (mut numbers, mut defaults, mut own) = (base.numbers, base.defaults, base.prompts);
    let mut free = base.properties;
    if let Some(node) = filled(fields.take("defaults"), reader)
        && let Some(mut fields) = reader.mapping(&node, "the defaults")
    {
        match kind {
            Kind::Ivr => {
                defaults = Defaults::read(&mut fields, &defaults, &shared.options.limits, names, reader);
            }
            Kind::Assist => own = prompts::Defaults::read(&mut fields, &own, reader),
        }
        numbers = Numbers::read(&mut fields, kind, reader).unwrap_or_default().over(&numbers);
        if let Some(merged) = fields.take("properties").and_then(|node| properties(node, &free, names, reader)) {
            free = merged;
        }
        fields.finish(reader);
    }
    let gates = filled(fields.take("gates"), reader).and_then(|node| gates::gates(&node, reader)).unwrap_or_default();
    Head {
        flow: flow.or(base.flow),
        tags: all,
        kind,
        numbers,
        properties: free,
        defaults,
        prompts: own,
        gates: gate::over(gates, base.gates),
        sources: base.sources,
        broken: base.broken,
        incomplete,
    }
}

/// The kind of a suite without `kind`: calls. If its keys are those of prompts, the missing `kind`
/// is reported.
fn unwritten(fields: &Fields<'_>, reader: &mut Reader<'_>) -> Kind {
    const PROMPTS: [&str; 7] = ["service", "agent", "prompt", "sentiment", "answers", "fallback", "burst"];
    const CALLS: [&str; 7] = ["flow", "dtmf", "variables", "call", "clock", "stubs", "queues"];
    let scenarios = match fields.peek("scenarios").map(|node| &node.data) {
        Some(Data::Sequence(scenarios)) => &scenarios[..],
        _ => &[],
    };
    let mappings = scenarios.iter().chain(fields.peek("defaults")).filter_map(|node| match &node.data {
        Data::Mapping(entries) => Some(entries),
        _ => None,
    });
    let mut keys = mappings.flatten().map(|entry| &entry.key);
    let of_call = keys.clone().any(|key| CALLS.contains(&&*key.value));
    let Some(first) = keys.find(|key| PROMPTS.contains(&&*key.value)).filter(|_| !of_call) else {
        return Kind::default();
    };
    let message = format!("{} belongs to a suite of prompts, and this one does not say that it is one", quoted(first));
    let diagnostic = reader.error(rules::RULES.missing_key, first.span, message);
    reader.report(diagnostic.help("add 'kind: assist' at the top of the file"));
    Kind::Assist
}

/// Reads the kind of a suite; of one that is misspelt the one that was meant.
fn kind(node: &Node, reader: &mut Reader<'_>) -> Kind {
    let kind = |name: &str| if name == Kind::Assist.name() { Kind::Assist } else { Kind::Ivr };
    let Some(name) = reader.text(node, "the kind of a suite") else { return Kind::default() };
    if Kind::NAMES.contains(&&*name.value) {
        return kind(&name);
    }
    let near = closest(&name, Kind::NAMES);
    let diagnostic =
        reader.error(rules::UNKNOWN_KIND, node.span, format!("there is no kind of suite {}", quoted(&name)));
    reader.report(match near {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
        None => diagnostic.help("the kinds are 'ivr', which may be left out, and 'assist'"),
    });
    near.map(kind).unwrap_or_default()
}

/// Reads the file of a flow.
pub(super) fn flow_file(node: &Node, place: &Place, reader: &mut Reader<'_>) -> Option<FlowFile> {
    let text = reader.text(node, "the file of a flow")?;
    let named_at = Location { source: reader.source().clone(), span: node.span };
    Some(FlowFile { place: place.beside(&text), named_at })
}

/// Reads tags: words that a tag expression can name.
pub(super) fn tags(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<Name>> {
    let tags: Vec<Option<Name>> = reader
        .one_or_many(node)
        .iter()
        .map(|node| {
            let tag = reader.text(node, "a tag")?;
            let word = matches!(&*tag.value, "and" | "or" | "not");
            let valid = !tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || "_-.:/@".contains(c));
            if word || !valid {
                let message = format!("{} cannot be a tag", quoted(&tag));
                let diagnostic = reader.error(rules::INVALID_TAG, node.span, message).help(if word {
                    "'and', 'or' and 'not' connect tags"
                } else {
                    "use letters, digits, '_', '-', '.', ':', '/' and '@'"
                });
                reader.report(diagnostic);
                return None;
            }
            Some(names.intern(&tag))
        })
        .collect();
    tags.into_iter().collect()
}

/// The head of the suite that `extends` names.
fn extended(
    node: &Node,
    place: &Place,
    chain: &mut Chain,
    shared: &Shared<'_>,
    reader: &mut Reader<'_>,
) -> Option<Head> {
    let text = reader.text(node, "the file of a suite")?;
    let named_at = Location { source: reader.source().clone(), span: node.span };
    let base = place.beside(&text);
    if chain.is_empty() {
        let path = place.path.canonicalize().unwrap_or_else(|_| place.path.clone());
        chain.push(Place { path, shown: place.shown.clone() });
    }
    match find(&base, &named_at, chain, shared) {
        Ok(found) => match &found.head {
            Some(head) => Some(head.clone()),
            None => {
                shared.found(found.diagnostics.iter().cloned());
                let message = format!("the suite {} cannot be extended: it has errors", quoted(&base.shown));
                let diagnostic = reader.error(rules::BROKEN_BASE, node.span, message);
                reader.report(diagnostic);
                let broken = std::iter::once(base.shown).chain(found.broken.iter().cloned()).collect();
                Some(Head { broken, incomplete: true, ..Head::default() })
            }
        },
        Err(diagnostics) => {
            diagnostics.into_iter().for_each(|diagnostic| reader.report(diagnostic));
            None
        }
    }
}

/// A base by its file. The errors are those of the chain as a whole, which depend on where it
/// begins and so are not kept.
fn find(
    base: &Place,
    named_at: &Location,
    chain: &mut Chain,
    shared: &Shared<'_>,
) -> Result<Arc<Base>, Vec<Diagnostic>> {
    let error = |rule, message: String| Diagnostic::error(rule, &named_at.source, named_at.span, message);
    if shared.root.relative(&base.path).is_none() {
        return Err(vec![outside(&base.shown, named_at)]);
    }
    let Ok(real) = base.path.canonicalize() else {
        let diagnostic = error(rules::EXTENDS, format!("there is no file {}", quoted(&base.shown)));
        return Err(vec![diagnostic.maybe_help(near_file(base))]);
    };
    if !shared.root.holds(&real) {
        return Err(vec![outside(&base.shown, named_at)]);
    }
    if let Some(first) = chain.iter().position(|place| place.path == real) {
        let mut files: Vec<&str> = chain[first..].iter().map(|place| &*place.shown).collect();
        files.extend(files.first().copied());
        let message = format!("the suites extend each other in a circle: {}", files.join(" → "));
        return Err(vec![error(rules::EXTENDS, message).label("closes the circle")]);
    }
    if chain.len() > MAX_EXTENDS_CHAIN {
        let message = format!("more than {MAX_EXTENDS_CHAIN} suites extend each other in a row");
        return Err(vec![error(rules::EXTENDS, message)]);
    }
    let known = shared.bases.lock().unwrap_or_else(|poison| poison.into_inner()).get(&real).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    chain.push(Place { path: real.clone(), shown: base.shown.clone() });
    let read = read(base, chain, shared);
    chain.pop();
    let read = Arc::new(read?);
    // Another thread may have been first: its base is the one that all share.
    Ok(shared.bases.lock().unwrap_or_else(|poison| poison.into_inner()).entry(real).or_insert(read).clone())
}

fn read(place: &Place, chain: &mut Chain, shared: &Shared<'_>) -> Result<Base, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::new();
    let mut head = None;
    if let Some(source) = load(&place.path, &place.shown, &shared.options.yaml, &mut diagnostics)
        && let Some(tree) = parse(&source, &shared.options.yaml, &mut diagnostics)
    {
        let mut reader = Reader::new(&source, &rules::RULES, &mut diagnostics);
        if let Some(mut fields) = reader.mapping(&tree, "a suite") {
            // All keys of a suite are known here, but only the head is read.
            for key in ["suite", "description", "scenarios"] {
                fields.entry(key);
            }
            let mut names = Names::default();
            let mut own = self::head(&mut fields, place, chain, shared, &mut names, &mut reader);
            fields.finish(&mut reader);
            own.sources.push(source.clone());
            head = Some(own);
        }
    }
    let diagnostics: Vec<Diagnostic> = diagnostics.into_iter().collect();
    if diagnostics.iter().any(|diagnostic| matches!(diagnostic.rule, rules::EXTENDS | rules::OUTSIDE_ROOT)) {
        return Err(diagnostics);
    }
    let errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let broken = head.as_ref().map(|head| head.broken.clone()).unwrap_or_default();
    Ok(Base { head: head.filter(|_| !errors), diagnostics, broken })
}

/// The error that a file is outside the root.
pub(super) fn outside(shown: &str, named_at: &Location) -> Diagnostic {
    let message = format!("the file {} lies outside of the suite root", quoted(shown));
    Diagnostic::error(rules::OUTSIDE_ROOT, &named_at.source, named_at.span, message).help(rules::OUTSIDE_ROOT_HELP)
}

/// A file of the same folder with nearly the same name.
fn near_file(place: &Place) -> Option<String> {
    let name = place.path.file_name()?.to_str()?;
    let mut names: Vec<String> = std::fs::read_dir(place.path.parent()?)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"))
        .collect();
    names.sort_unstable();
    closest(name, names.iter().map(String::as_str)).map(|near| format!("did you mean '{near}'?"))
}

//! Reads a suite file and expands its scenarios.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::discover::Sort;
use super::extends::{Chain, FlowFile, Head, head};
use super::load::Shared;
use super::paths::{Place, slashed};
use super::resolve::Paths;
use super::settings::{Kind, Names};
use super::symbols::SymbolTable;
use super::{Scenario, Suite, SuiteFile, call, prompts, rules, scenario};
use crate::flow::Name;
use crate::source::diagnostics::rules::UNUSED_STUB;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Location, Severity, Source, Span, quoted};
use crate::source::yaml::{Data, Node, Reader, load, parse};

/// The keys that a suite of calls has only below `defaults`.
const DEFAULTS: [&str; 12] = [
    "call",
    "clock",
    "variables",
    "media",
    "stubs",
    "queues",
    "seed",
    "timeout",
    "time_limit",
    "retries",
    "properties",
    "expect",
];

/// Maximum number of mistakes reported for one file.
const MAX_REPORTED_MISTAKES: usize = 100;

/// Maximum number of scenarios that one file expands to.
pub(super) const MAX_SCENARIOS: usize = 1_000_000;

/// What became of a file.
#[derive(Default)]
pub(super) struct Outcome {
    /// Its path as in ids; none for a file that is no suite.
    pub path: Option<String>,
    /// The suite, where there are no errors.
    pub suite: Option<Suite>,
    /// What was found in it.
    pub diagnostics: Vec<Diagnostic>,
    /// Every file read for it.
    pub sources: Vec<Arc<Source>>,
    /// The bases and flows that it cannot use for their own errors.
    pub broken: Vec<String>,
    /// It is a flow, which was to be checked.
    pub flow: bool,
}

/// What is known while the scenarios of a file are read.
pub(super) struct Context<'a> {
    pub shared: &'a Shared<'a>,
    pub source: Arc<Source>,
    pub place: Place,
    /// The path as in ids.
    pub path: String,
    pub head: Head,
    pub names: Names,
    pub diagnostics: Diagnostics,
    pub scenarios: Vec<Scenario>,
    /// The programs asked for, by the file that they were asked for by.
    pub programs: HashMap<String, Option<Arc<SymbolTable>>>,
    /// What scenarios without own settings share, by program.
    pub plain: HashMap<usize, call::Plain>,
    /// Places that were warned about, where every cell of an entry would warn again.
    pub warned: HashSet<Span>,
    pub lists: HashSet<Arc<[Name]>>,
    /// The expected paths that were looked up.
    pub paths: Paths,
    pub broken: Vec<String>,
}

/// Reads and links a flow for its own sake.
fn check_flow(place: &Place, source: &Arc<Source>, shared: &Shared<'_>, diagnostics: &mut Diagnostics) {
    let named_at = Location { source: source.clone(), span: Span::default() };
    // Only its mistakes are asked for.
    let _ = shared.library.program(&place.path, &place.shown, &shared.options.root, &named_at, diagnostics);
}

/// Reads one file.
pub(super) fn read(file: &SuiteFile, shared: &Shared<'_>) -> Outcome {
    let place = Place { path: file.path.clone(), shown: file.shown.clone() };
    let mut outcome = Outcome::default();
    let mut diagnostics = Diagnostics::new();
    let Some(path) = shared.root.relative(&file.path) else {
        let message = "the file lies outside of the suite root";
        let diagnostic =
            Diagnostic::file_error(rules::OUTSIDE_ROOT, &file.shown, message).help(rules::OUTSIDE_ROOT_HELP);
        outcome.path = Some(slashed(&file.path.with_extension("")));
        outcome.diagnostics.push(diagnostic);
        return outcome;
    };
    let path = slashed(&path.with_extension(""));
    let source = load(&place.path, &place.shown, &shared.options.yaml, &mut diagnostics);
    let sort = source.as_ref().map_or(Sort::Suite, |source| Sort::of_text(source.text()));
    let passed_over =
        |sort: Sort| !file.explicit && sort != Sort::Suite && !(sort == Sort::Flow && shared.options.flows);
    if passed_over(sort) {
        return outcome;
    }
    let tree = source.as_ref().and_then(|source| parse(source, &shared.options.yaml, &mut diagnostics));
    // JSON and flow style cannot be split by lines.
    let sort = match tree.as_ref().map(|tree| &tree.data) {
        Some(Data::Mapping(entries)) => Sort::of_keys(entries.iter().map(|entry| &*entry.key.value)),
        _ => sort,
    };
    if sort == Sort::Flow && shared.options.flows {
        if let Some(source) = source {
            check_flow(&place, &source, shared, &mut diagnostics);
        }
        return Outcome { path: Some(path), diagnostics: diagnostics.into_iter().collect(), flow: true, ..outcome };
    }
    if passed_over(sort) {
        return outcome;
    }
    outcome.path = Some(path.clone());
    outcome.sources.extend(source.clone());
    if let (Some(source), Some(tree)) = (source, tree) {
        let mut context = Context { diagnostics, ..Context::new(shared, source, place, path.clone()) };
        let name = context.read(&tree, sort);
        drop(tree);
        context.doubles();
        outcome.sources.append(&mut context.head.sources);
        outcome.broken = context.broken;
        diagnostics = context.diagnostics;
        context.scenarios.shrink_to_fit();
        outcome.suite = Some(Suite {
            file: file.shown.clone(),
            path,
            name,
            scenarios: context.scenarios,
            gates: std::mem::take(&mut context.head.gates),
        });
    }
    outcome.diagnostics = told(diagnostics);
    if outcome.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        outcome.suite = None;
    }
    outcome
}

/// Each once, errors first in line when there are too many of them.
fn told(diagnostics: Diagnostics) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let mut list: Vec<Diagnostic> = diagnostics.into_iter().collect();
    list.retain(|diagnostic| {
        let span = diagnostic.location.as_ref().map(|location| location.span);
        seen.insert((diagnostic.rule, diagnostic.path.clone(), span, diagnostic.message.clone()))
    });
    if list.len() > MAX_REPORTED_MISTAKES {
        list.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        let more = list.len() - MAX_REPORTED_MISTAKES;
        if let Some(last) = list.get(MAX_REPORTED_MISTAKES - 1).cloned() {
            list.truncate(MAX_REPORTED_MISTAKES);
            let message = format!("{more} more mistakes in this file are not shown");
            list.push(Diagnostic {
                severity: Severity::Note,
                ..Diagnostic::file_error(rules::TOO_MANY, last.path, message)
            });
        }
    }
    list
}

impl<'a> Context<'a> {
    /// Before anything was read.
    pub(super) fn new(shared: &'a Shared<'a>, source: Arc<Source>, place: Place, path: String) -> Self {
        Self {
            shared,
            source,
            place,
            path,
            head: Head::default(),
            names: Names::default(),
            diagnostics: Diagnostics::new(),
            scenarios: Vec::new(),
            programs: HashMap::new(),
            plain: HashMap::new(),
            warned: HashSet::new(),
            lists: HashSet::new(),
            paths: Paths::new(),
            broken: Vec::new(),
        }
    }

    /// Runs `with` on a reader of this file.
    pub(super) fn reader<T>(&mut self, with: impl FnOnce(&mut Reader<'_>, &mut Names) -> T) -> T {
        with(&mut Reader::new(&self.source, &rules::RULES, &mut self.diagnostics), &mut self.names)
    }

    /// Reads the whole file; the answer is the suite's name.
    fn read(&mut self, tree: &Node, sort: Sort) -> String {
        let source = self.source.clone();
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        let mut reader = Reader::new(&source, &rules::RULES, &mut diagnostics);
        let mut name = String::new();
        let mut scenarios = None;
        if let Some(mut fields) = reader.mapping(tree, "a suite") {
            if sort == Sort::Flow {
                let diagnostic = reader.error(rules::NOT_A_SUITE, first_key(tree), "this is a flow, not a suite");
                reader.report(diagnostic.help("write a suite that calls it: 'suite: …' and 'flow: …'"));
            } else {
                if let Some(node) = fields.required(&mut reader, "suite") {
                    name = reader.text(node, "the suite's name").map(|name| name.value).unwrap_or_default();
                }
                if let Some(node) = fields.take("description") {
                    reader.text(node, "a description");
                }
                let mut chain = Chain::new();
                self.head = head(&mut fields, &self.place, &mut chain, self.shared, &mut self.names, &mut reader);
                if sort == Sort::Base {
                    let message = "this file has defaults but no scenarios, so that it can only be extended";
                    let diagnostic = reader.error(rules::NO_SCENARIOS, first_key(tree), message);
                    reader.report(diagnostic.help("add 'scenarios:', or name it in 'extends' of another suite"));
                    fields.entry("scenarios");
                } else {
                    scenarios = fields.required(&mut reader, "scenarios");
                }
                fields.below(
                    "defaults",
                    match self.head.kind {
                        Kind::Ivr => &DEFAULTS,
                        Kind::Assist => &prompts::DEFAULTS,
                    },
                );
                fields.finish(&mut reader);
            }
        }
        let nodes = scenarios.and_then(|node| {
            let nodes = reader.sequence(node, "a list of scenarios")?;
            if nodes.is_empty() {
                let diagnostic = reader.error(rules::NO_SCENARIOS, node.span, "the list of scenarios is empty");
                reader.report(diagnostic.help("write at least one: '- name: …'"));
            }
            Some(nodes)
        });
        self.broken.append(&mut self.head.broken);
        self.diagnostics = diagnostics;
        let nodes = nodes.unwrap_or_default();
        self.scenarios.reserve_exact(nodes.len());
        self.entries(nodes);
        self.unused_stubs();
        name
    }

    /// Reads entries of the list of scenarios.
    fn entries(&mut self, nodes: &[Node]) {
        for node in nodes {
            scenario::read(node, self);
            if self.scenarios.len() > MAX_SCENARIOS {
                let message = format!("the file expands to more than the {MAX_SCENARIOS} scenarios allowed");
                self.diagnostics.push(
                    Diagnostic::error(rules::TOO_MANY, &self.source, node.span, message)
                        .help("split it into several files"),
                );
                break;
            }
        }
    }

    /// The program of a flow file; what is wrong is reported where the file is named.
    pub(super) fn program(&mut self, flow: &FlowFile) -> Option<Arc<SymbolTable>> {
        if let Some(known) = self.programs.get(&flow.place.shown) {
            return known.clone();
        }
        let FlowFile { place, named_at } = flow;
        let mut found = Diagnostics::new();
        let shared = self.shared;
        let program = shared.library.program(&place.path, &place.shown, &shared.root.given, named_at, &mut found);
        let (own, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|diagnostic| diagnostic.path == self.place.shown);
        let told = own.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        self.diagnostics.extend(own);
        shared.found(others);
        if program.is_none() {
            self.broken.push(place.shown.clone());
            if !told {
                let message = format!("the flow {} cannot be used: it has errors", quoted(&place.shown));
                self.diagnostics.push(Diagnostic::error(rules::BROKEN_FLOW, &named_at.source, named_at.span, message));
            }
        }
        let symbols = program.map(|program| shared.symbols(&program));
        self.programs.insert(place.shown.clone(), symbols.clone());
        symbols
    }

    /// The one copy of this list of tags.
    pub(super) fn list(&mut self, tags: Vec<Name>) -> Arc<[Name]> {
        if let Some(known) = self.lists.get(&*tags) {
            return known.clone();
        }
        let list: Arc<[Name]> = tags.into();
        self.lists.insert(list.clone());
        list
    }

    /// Stubs of this file's own defaults that none of its flows asks: allowed, as other files may
    /// extend it, but hardly meant.
    fn unused_stubs(&mut self) {
        let programs: Vec<Arc<SymbolTable>> = self.programs.values().flatten().cloned().collect();
        if programs.is_empty() || self.programs.values().any(Option::is_none) {
            return;
        }
        for stub in &self.head.defaults.stubs {
            let name = &stub.name;
            if !Arc::ptr_eq(&name.source, &self.source)
                || programs.iter().any(|known| known.stubbed(&name.value).is_some())
            {
                continue;
            }
            let mut keys: Vec<&str> = programs.iter().flat_map(|known| known.stub_keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            let message = format!("no flow of this suite asks {}", quoted(&name.value));
            let diagnostic = UNUSED_STUB.finding(&name.source, name.span, message);
            self.diagnostics.push(super::stubs::suggesting(diagnostic, &name.value, keys, "they ask"));
        }
    }

    /// Scenarios of one id.
    fn doubles(&mut self) {
        let mut told = 0;
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(self.scenarios.len());
        for (index, scenario) in self.scenarios.iter().enumerate() {
            let earlier = *first.entry(&scenario.id).or_insert(index);
            if earlier == index {
                continue;
            }
            let location = Location { source: self.source.clone(), span: self.scenarios[earlier].span };
            let name = scenario.id.split_once("::").map_or(&*scenario.id, |(_, name)| name);
            let message = format!("two scenarios are called {}", quoted(name));
            let diagnostic = Diagnostic::error(rules::DUPLICATE_SCENARIO, &self.source, scenario.span, message)
                .help("names are part of the id, which must be unique");
            told += 1;
            if told > MAX_REPORTED_MISTAKES {
                break;
            }
            self.diagnostics.push(if location.span == scenario.span {
                diagnostic.label("two of its cells have the same values, as far as the id shows them")
            } else {
                diagnostic.label("second one").related(location, "first one")
            });
        }
    }
}

/// The place of the first key: where a file as a whole is wrong.
fn first_key(tree: &Node) -> Span {
    match &tree.data {
        Data::Mapping(entries) => entries.first().map_or(tree.span, |entry| entry.key.span),
        _ => tree.span,
    }
}

//! Resolves the names of expectations to indices of a program and reports unknown ones.

use std::collections::HashMap;
use std::sync::Arc;

use super::expect::{Decision, ExpectPatch, Lookup, PathPart, Prompt, Unused};
use super::stubs::suggesting;
use super::symbols::SymbolTable;
use super::{DecisionExpectation, Expectations, LookupExpectation, PathItem, Placed, PromptExpectation, rules};
use crate::flow::{Name, Value};
use crate::source::diagnostics::rules::MISSPELT_VARIABLE;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span, misspelt, quoted};

/// Paths that were looked up, by the addresses of the program and of the path as written, which is
/// kept for that.
pub(super) type Paths = HashMap<(usize, usize), (Arc<[PathPart]>, Arc<[PathItem]>)>;

/// Looks the names of a scenario's expectations up.
pub(super) struct Resolver<'a> {
    pub symbols: &'a SymbolTable,
    /// The variables that the scenario sets itself: they may be expected though the flow does not
    /// know them.
    pub variables: &'a [(Name, Value)],
    pub diagnostics: &'a mut Diagnostics,
    /// Those of the file so far.
    pub paths: &'a mut Paths,
}

impl ExpectPatch {
    /// Whether nothing is expected.
    fn is_empty(&self) -> bool {
        fn none<T>(list: Option<&Vec<T>>) -> bool {
            list.is_none_or(Vec::is_empty)
        }
        self.outcome.is_none()
            && self.ends_at.is_none()
            && self.path.is_none()
            && none(self.decisions.as_ref())
            && none(self.variables.as_ref())
            && none(self.never.as_ref())
            && none(self.prompts.as_ref())
            && none(self.lookups.as_ref())
            && self.efficiency.is_none()
            && self.duration_ms.is_none()
            && self.keypresses.is_none()
            && self.unused_input.as_ref().is_none_or(|unused| unused.value == Unused::Allow)
            && self.failure.is_none()
    }
}

/// A copy of the value at the same place.
fn at<T, U>(placed: &Placed<T>, value: U) -> Placed<U> {
    Placed { value, source: placed.source.clone(), span: placed.span }
}

/// A list without spare capacity: there may be a hundred thousand of them.
fn exact<T, U>(items: &[T], map: impl FnMut(&T) -> Option<U>) -> Vec<U> {
    let mut list = Vec::with_capacity(items.len());
    list.extend(items.iter().filter_map(map));
    list
}

impl Resolver<'_> {
    /// The scenario's expectations merged over the defaults; none if nothing is expected. Names
    /// that are not known are reported and left out.
    pub(super) fn expectations(&mut self, own: &ExpectPatch, defaults: &ExpectPatch) -> Option<Expectations> {
        // An empty list of the scenario's drops what the defaults expect.
        fn either<'p, T>(own: &'p Option<T>, default: &'p Option<T>) -> Option<&'p T> {
            own.as_ref().or(default.as_ref())
        }
        fn list<'p, T>(own: &'p Option<Vec<T>>, default: &'p Option<Vec<T>>) -> &'p [T] {
            either(own, default).map_or(&[], Vec::as_slice)
        }
        if own.is_empty() && (defaults.is_empty() || own.over(defaults).is_empty()) {
            return None;
        }
        let outcome = either(&own.outcome, &defaults.outcome);
        let failure = either(&own.failure, &defaults.failure);
        if let (Some(outcome), Some(failure)) = (outcome, failure)
            && &*outcome.value != "failed"
        {
            let message = format!("a failure's message is expected but the outcome {}", quoted(&outcome.value));
            self.report(rules::INVALID_VALUE, &failure.source, failure.span, message, |diagnostic| {
                diagnostic.help("expect 'outcome: failed' too, or remove 'failure'")
            });
        }
        Some(Expectations {
            outcome: outcome.and_then(|outcome| self.end(outcome)),
            ends_at: either(&own.ends_at, &defaults.ends_at)
                .and_then(|node| Some(at(node, self.node(&node.value, &node.source, node.span)?))),
            path: either(&own.path, &defaults.path).map(|path| at(path, self.path(path))),
            decisions: exact(list(&own.decisions, &defaults.decisions), |decision| self.decision(decision)),
            variables: exact(list(&own.variables, &defaults.variables), |variable| {
                self.variable(variable).then(|| variable.clone())
            }),
            never: exact(list(&own.never, &defaults.never), |node| {
                Some(at(node, self.node(&node.value, &node.source, node.span)?))
            }),
            prompts: exact(list(&own.prompts, &defaults.prompts), |prompt| self.prompt(prompt)),
            lookups: exact(list(&own.lookups, &defaults.lookups), |lookup| self.lookup(lookup)),
            efficiency: either(&own.efficiency, &defaults.efficiency).cloned().map(Box::new),
            duration_ms: either(&own.duration_ms, &defaults.duration_ms).cloned().map(Box::new),
            keypresses: either(&own.keypresses, &defaults.keypresses).cloned().map(Box::new),
            all_input_used: either(&own.unused_input, &defaults.unused_input)
                .filter(|unused| unused.value == Unused::Forbid)
                .map(|unused| at(unused, ())),
            failure: failure.cloned(),
        })
    }

    fn report(
        &mut self,
        rule: &'static str,
        source: &Arc<Source>,
        span: Span,
        message: String,
        with: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        self.diagnostics.push(with(Diagnostic::error(rule, source, span, message)));
    }

    fn end(&mut self, outcome: &Placed<Name>) -> Option<Placed<Name>> {
        let symbols = self.symbols;
        if let Some(known) = symbols.program.dispositions().iter().find(|known| **known == outcome.value) {
            return Some(at(outcome, known.clone()));
        }
        let message = format!("no call of this flow ends as {}", quoted(&outcome.value));
        let known = symbols.program.dispositions().iter().map(|end| &**end).collect();
        self.report(rules::UNKNOWN_DISPOSITION, &outcome.source, outcome.span, message, |diagnostic| {
            suggesting(diagnostic, &outcome.value, known, "it ends as")
        });
        None
    }

    fn node(&mut self, name: &str, source: &Arc<Source>, span: Span) -> Option<u32> {
        let symbols = self.symbols;
        let found = symbols.find(name);
        if found.is_none() {
            let flow = symbols.program.flows.first().map_or("", |flow| &*flow.id.value);
            let message = format!("the flow {} has no node {}", quoted(flow), quoted(name));
            self.report(rules::UNKNOWN_NODE, source, span, message, |diagnostic| match symbols.meant(name) {
                Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
                None => diagnostic,
            });
        }
        found
    }

    fn path(&mut self, path: &Placed<Arc<[PathPart]>>) -> Arc<[PathItem]> {
        let parts = &path.value;
        let key = (Arc::as_ptr(&self.symbols.program) as usize, parts.as_ptr() as usize);
        if let Some((_, known)) = self.paths.get(&key) {
            return known.clone();
        }
        let mut whole = true;
        let items = parts.iter().map(|part| match part {
            PathPart::AnyOne => PathItem::AnyOne,
            PathPart::AnyMany => PathItem::AnyMany,
            PathPart::Nodes(names) => {
                let nodes = names
                    .iter()
                    .filter_map(|name| self.node(name, &path.source, name.span.absolute_to(path.span.start)));
                let nodes: Vec<u32> = nodes.collect();
                whole &= nodes.len() == names.len();
                PathItem::Nodes(nodes)
            }
        });
        let items: Arc<[PathItem]> = items.collect();
        // A path that no other scenario shares is not cached.
        if whole && Arc::strong_count(parts) > 1 {
            self.paths.insert(key, (parts.clone(), items.clone()));
        }
        items
    }

    fn decision(&mut self, decision: &Decision) -> Option<DecisionExpectation> {
        let Placed { value: name, source, span } = &decision.node;
        let node = self.node(name, source, *span)?;
        let symbols = self.symbols;
        let outcomes = symbols.outcomes(node);
        let names = symbols.program.table.nodes.get(node as usize)?;
        if !names.decision || outcomes.len() < 2 {
            let message = format!("the {} {} decides nothing", names.kind, quoted(name));
            self.report(rules::NOT_A_DECISION, source, *span, message, |diagnostic| {
                diagnostic.help("write it in 'path' to expect that the call passes it")
            });
            return None;
        }
        let resolved = decision.outcomes.iter().map(|expected| {
            let expected = expected.as_ref()?;
            let found = outcomes.iter().position(|outcome| *outcome == expected.value);
            if found.is_none() {
                let message = format!("the {} {} has no outcome {}", names.kind, quoted(name), quoted(&expected.value));
                let known = outcomes.iter().map(|outcome| &**outcome).collect();
                self.report(rules::UNKNOWN_OUTCOME, &expected.source, expected.span, message, |diagnostic| {
                    suggesting(diagnostic, &expected.value, known, "its outcomes are")
                });
            }
            found.and_then(|index| u16::try_from(index).ok()).map(|index| at(expected, index))
        });
        Some(DecisionExpectation { node, outcomes: resolved.collect() })
    }

    fn variable<T>(&mut self, variable: &Placed<(Name, T)>) -> bool {
        let name = &variable.value.0;
        if self.symbols.variables.contains(name) || self.variables.iter().any(|(known, _)| known == name) {
            return true;
        }
        let mut known: Vec<&str> = self.symbols.variables.iter().map(|name| &**name).collect();
        known.extend(self.variables.iter().map(|(name, _)| &**name));
        known.sort_unstable();
        let message = format!("the flow has no variable {}", quoted(name));
        let span = Span { end: variable.span.start + name.len() as u32, ..variable.span };
        let span = if variable.source.slice(span) == &**name { span } else { variable.span };
        self.report(rules::UNKNOWN_VARIABLE, &variable.source, span, message, |diagnostic| {
            suggesting(diagnostic, name, known, "its variables are")
        });
        false
    }

    fn prompt(&mut self, prompt: &Placed<Prompt>) -> Option<Placed<PromptExpectation>> {
        let Prompt { text, node, negated } = &prompt.value;
        let node = match node {
            Some(name) => Some(self.node(name, &prompt.source, name.span)?),
            None => None,
        };
        Some(at(prompt, PromptExpectation { text: text.clone(), node, negated: *negated }))
    }

    fn lookup(&mut self, lookup: &Lookup) -> Option<Placed<LookupExpectation>> {
        let Placed { value: name, source, span } = &lookup.service;
        let symbols = self.symbols;
        let Some((known, service)) = symbols.service(name) else {
            let message = format!("no lookup of the flow asks {}", quoted(name));
            let known: Vec<&str> = symbols.services.iter().map(|(name, _)| &**name).collect();
            // A lookup's node and its service are easily confused.
            let asked = symbols.find(name).and_then(|node| match &symbols.program.node(node).1.kind {
                crate::flow::Kind::Lookup(lookup) => Some(&*lookup.service),
                _ => None,
            });
            self.report(rules::UNKNOWN_SERVICE, source, *span, message, |diagnostic| match asked {
                Some(asked) => {
                    diagnostic.help(format!("the node {} asks the service '{asked}'", quoted(name))).replacement(asked)
                }
                None => suggesting(diagnostic, name, known, "the services are"),
            });
            return None;
        };
        for input in &lookup.with {
            let (input, span) = (&input.value.0, input.span);
            if !service.inputs.contains(input) {
                let message = format!("the service {} is not given {}", quoted(name), quoted(input));
                let known = service.inputs.iter().map(|input| &**input).collect();
                self.report(rules::UNKNOWN_SERVICE, source, span, message, |diagnostic| {
                    suggesting(diagnostic, input, known, "its inputs are")
                });
            }
        }
        let outcome = lookup.outcome.as_ref().map(|outcome| {
            if !service.outcomes.contains(&outcome.value) {
                let message = format!("the service {} has no outcome {}", quoted(name), quoted(&outcome.value));
                let known = service.outcomes.iter().map(|outcome| &**outcome).collect();
                self.report(rules::UNKNOWN_OUTCOME, source, outcome.span, message, |diagnostic| {
                    suggesting(diagnostic, &outcome.value, known, "its outcomes are")
                });
            }
            outcome.value.clone()
        });
        let with = lookup.with.iter().map(|input| input.value.clone()).collect();
        let span = Span { start: span.start, end: lookup.span.end.max(span.end) };
        let value = LookupExpectation { service: known.clone(), times: lookup.times, with, outcome };
        Some(Placed { value, source: source.clone(), span })
    }
}

/// Variables of a scenario that the flow does not know but almost: probably slips of the keys.
pub(super) fn near_variables(
    entries: &[crate::source::yaml::Entry],
    symbols: &SymbolTable,
    source: &Arc<Source>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for entry in entries {
        if symbols.variables.contains(&*entry.key.value) {
            continue;
        }
        let mut known: Vec<&str> = symbols.variables.iter().map(|name| &**name).collect();
        known.sort_unstable();
        // A name that is set as well is not what was meant.
        known.retain(|known| entries.iter().all(|entry| &*entry.key.value != *known));
        if let Some(near) = misspelt(&entry.key, known) {
            let message = format!("the flow has no variable {}", quoted(&entry.key));
            found.push(
                MISSPELT_VARIABLE
                    .finding(source, entry.key.span, message)
                    .help(format!("did you mean '{near}'?"))
                    .replacement(near),
            );
        }
    }
    found
}

//! Reads `stubs` and `queues`: the answers of external systems and the state of queues.

use std::sync::Arc;

use super::keypad::transpose;
use super::symbols::SymbolTable;
use super::{Placed, rules};
use crate::flow::{Name, QueueState, Value};
use crate::simulator::{Answer, Answers, Stubs};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Spanned, closest, quoted};
use crate::source::yaml::{Data, Entry, Node, Reader};

/// One stub as written.
#[derive(Clone, Debug)]
pub(super) struct Stub {
    /// What it answers for.
    pub name: Placed<Name>,
    /// Its answers; the places are those of the outcomes.
    pub answers: Vec<Spanned<Answer>>,
}

/// What a suite says of a queue.
#[derive(Clone, Debug)]
pub(super) struct QueuePatch {
    /// The queue.
    pub name: Placed<Name>,
    open: Option<bool>,
    agents: Option<u32>,
    waiting: Option<u32>,
    handle_time_ms: Option<u64>,
    capacity: Option<u32>,
    wait_ms: Option<u64>,
}

/// Reads `stubs`.
pub(super) fn stubs(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Stub>> {
    // The good ones are looked up although the file is not used where one is wrong.
    Some(reader.entries(node, "a mapping of stubs")?.iter().filter_map(|entry| stub(entry, reader)).collect())
}

fn stub(entry: &Entry, reader: &mut Reader<'_>) -> Option<Stub> {
    let name = Placed { value: Name::from(&*entry.key.value), source: reader.source().clone(), span: entry.key.span };
    let items = reader.one_or_many(&entry.value);
    if items.is_empty() {
        let message = format!("the stub {} has no answers", quoted(&entry.key));
        let diagnostic = reader.error(rules::RULES.wrong_type, entry.value.span, message).help("write at least one");
        reader.report(diagnostic);
        return None;
    }
    let answers: Vec<_> = items.iter().map(|item| answer(item, reader)).collect();
    Some(Stub { name, answers: answers.into_iter().collect::<Option<_>>()? })
}

fn answer(node: &Node, reader: &mut Reader<'_>) -> Option<Spanned<Answer>> {
    let Data::Mapping(entries) = &node.data else {
        let outcome = reader.text(node, "an outcome, or a mapping of an outcome and its outputs")?;
        return Some(Spanned::new(plain(&outcome), node.span));
    };
    if entries.iter().any(|entry| &**entry.key == "outcome") {
        return full(node, reader);
    }
    let [entry] = entries.as_slice() else {
        let message = "an answer has one outcome, or the key 'outcome'";
        let diagnostic = reader
            .error(rules::RULES.wrong_type, node.span, message)
            .help("write '{ outcome: success, outputs: { … }, latency: 800ms }' or '{ success: { … } }'");
        reader.report(diagnostic);
        return None;
    };
    let mut answer = plain(&entry.key);
    match &entry.value.data {
        _ if entry.value.is_null() => {}
        Data::Mapping(_) => answer.outputs = outputs(&entry.value, reader)?,
        Data::Scalar(_) => answer.message = Some(reader.text(&entry.value, "a message")?.value),
        Data::Sequence(_) => {
            let diagnostic = reader.error(
                rules::RULES.wrong_type,
                entry.value.span,
                "expected the outputs as a mapping, or a message, found a list",
            );
            reader.report(diagnostic);
            return None;
        }
    }
    Some(Spanned::new(answer, entry.key.span))
}

/// The form with everything named.
fn full(node: &Node, reader: &mut Reader<'_>) -> Option<Spanned<Answer>> {
    let mut fields = reader.mapping(node, "an answer")?;
    let outcome = fields.required(reader, "outcome").and_then(|node| reader.text(node, "an outcome"));
    let outputs = fields.take("outputs").map(|node| outputs(node, reader));
    let latency = fields.take("latency").map(|node| reader.duration(node, "a duration"));
    let message = fields.take("message").map(|node| reader.text(node, "a message"));
    fields.finish(reader);
    let outcome = outcome?;
    let answer = Answer {
        outcome: Name::from(&*outcome.value),
        outputs: transpose(outputs)?.unwrap_or_default(),
        latency_ms: transpose(latency)?,
        message: transpose(message)?.map(|message| message.value),
    };
    Some(Spanned::new(answer, outcome.span))
}

fn plain(outcome: &str) -> Answer {
    Answer { outcome: Name::from(outcome), outputs: Vec::new(), latency_ms: None, message: None }
}

fn outputs(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<(Name, Value)>> {
    let entries = reader.entries(node, "a mapping of outputs")?;
    Some(entries.iter().map(|entry| (Name::from(&*entry.key.value), Value::from_node(&entry.value))).collect())
}

/// Reads `queues`.
pub(super) fn queues(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<QueuePatch>> {
    Some(reader.entries(node, "a mapping of queues")?.iter().filter_map(|entry| queue(entry, reader)).collect())
}

fn queue(entry: &Entry, reader: &mut Reader<'_>) -> Option<QueuePatch> {
    let count = |node, what, reader: &mut Reader<'_>| reader.integer(node, what, 0, i64::from(u32::MAX));
    let name = Placed { value: Name::from(&*entry.key.value), source: reader.source().clone(), span: entry.key.span };
    let mut fields = reader.mapping(&entry.value, "the state of a queue")?;
    let open = fields.take("open").map(|node| reader.boolean(node, "true or false"));
    let agents = fields.take("agents").map(|node| count(node, "a number of agents", reader));
    let waiting = fields.take("waiting").map(|node| count(node, "a number of calls", reader));
    let handle_time = fields.take("handle_time").map(|node| reader.duration(node, "a duration"));
    let capacity = fields.take("capacity").map(|node| count(node, "a number of calls", reader));
    let wait = fields.take("wait").map(|node| reader.duration(node, "a duration"));
    fields.finish(reader);
    Some(QueuePatch {
        name,
        open: transpose(open)?,
        agents: transpose(agents)?.map(|agents| agents as u32),
        waiting: transpose(waiting)?.map(|waiting| waiting as u32),
        handle_time_ms: transpose(handle_time)?,
        capacity: transpose(capacity)?.map(|capacity| capacity as u32),
        wait_ms: transpose(wait)?,
    })
}

impl QueuePatch {
    /// This one with what only the other says.
    pub(super) fn over(&self, other: &Self) -> Self {
        Self {
            name: self.name.clone(),
            open: self.open.or(other.open),
            agents: self.agents.or(other.agents),
            waiting: self.waiting.or(other.waiting),
            handle_time_ms: self.handle_time_ms.or(other.handle_time_ms),
            capacity: self.capacity.or(other.capacity),
            wait_ms: self.wait_ms.or(other.wait_ms),
        }
    }

    fn applied(&self, mut state: QueueState) -> QueueState {
        state.open = self.open.unwrap_or(state.open);
        state.agents = self.agents.unwrap_or(state.agents);
        state.waiting = self.waiting.unwrap_or(state.waiting);
        state.handle_time_ms = self.handle_time_ms.unwrap_or(state.handle_time_ms);
        state.capacity = self.capacity.unwrap_or(state.capacity);
        state.wait_ms = self.wait_ms.or(state.wait_ms);
        state
    }
}

/// One list over another: what both name comes from `own`, in the defaults' place.
pub(super) fn merged<T: Clone>(
    own: &[T],
    defaults: &[T],
    name: impl Fn(&T) -> &str,
    join: impl Fn(&T, &T) -> T,
) -> Vec<T> {
    let mut merged: Vec<T> = defaults.to_vec();
    for item in own {
        match merged.iter_mut().find(|known| name(known) == name(item)) {
            Some(known) => *known = join(item, known),
            None => merged.push(item.clone()),
        }
    }
    merged
}

/// The scenario's stubs over the defaults', checked against the program. A stub of the defaults
/// that nothing asks is left out: other scenarios of the suite may call other flows.
pub(super) fn resolve(
    own: (&[Stub], &[QueuePatch]),
    defaults: (&[Stub], &[QueuePatch]),
    symbols: &SymbolTable,
    diagnostics: &mut Diagnostics,
) -> Arc<Stubs> {
    for stub in own.0.iter().filter(|stub| symbols.stubbed(&stub.name.value).is_none()) {
        diagnostics.push(unknown_stub(stub, symbols));
    }
    for queue in own.1.iter().filter(|queue| !symbols.queues.contains_key(&queue.name.value)) {
        let name = &queue.name;
        let message = format!("the flow has no queue {}", quoted(&name.value));
        let diagnostic = Diagnostic::error(rules::UNKNOWN_QUEUE, &name.source, name.span, message);
        let mut known: Vec<&str> = symbols.queues.keys().map(|name| &**name).collect();
        known.sort_unstable();
        diagnostics.push(suggesting(diagnostic, &name.value, known, "the queues are"));
    }
    let mut answers = Vec::new();
    for stub in merged(own.0, defaults.0, |stub| &stub.name.value, |own, _| own.clone()) {
        let Some(nodes) = symbols.stubbed(&stub.name.value) else { continue };
        stub.answers.iter().for_each(|answer| outcome(&stub, answer, nodes, symbols, diagnostics));
        let list = stub.answers.into_iter().map(|answer| answer.value).collect();
        answers.push((stub.name.value, Answers { list }));
    }
    let mut queues = Vec::new();
    for queue in merged(own.1, defaults.1, |queue| &queue.name.value, QueuePatch::over) {
        if let Some((name, state)) = symbols.queues.get_key_value(&queue.name.value) {
            queues.push((name.clone(), queue.applied(state.clone())));
        }
    }
    answers.sort_by(|(one, _), (other, _)| one.cmp(other));
    queues.sort_by(|(one, _), (other, _)| one.cmp(other));
    Arc::new(Stubs { answers, queues })
}

/// The answer's outcome must be one of a node that it can answer.
fn outcome(stub: &Stub, answer: &Spanned<Answer>, nodes: &[u32], symbols: &SymbolTable, diagnostics: &mut Diagnostics) {
    let mut known: Vec<&str> = Vec::new();
    for name in nodes.iter().flat_map(|&node| symbols.outcomes(node)) {
        if *name == answer.outcome {
            return;
        }
        if !known.contains(&&**name) {
            known.push(name);
        }
    }
    let message = format!("{} has no outcome {}", quoted(&stub.name.value), quoted(&answer.outcome));
    let diagnostic = Diagnostic::error(rules::UNKNOWN_OUTCOME, &stub.name.source, answer.span, message);
    diagnostics.push(suggesting(diagnostic, &answer.outcome, known, "its outcomes are"));
}

fn unknown_stub(stub: &Stub, symbols: &SymbolTable) -> Diagnostic {
    let Placed { value: name, source, span } = &stub.name;
    if let Some(node) = symbols.find(name) {
        let kind = symbols.program.table.nodes.get(node as usize).map_or("", |node| node.kind);
        let message = format!("the node {} is a {kind}, which asks nobody", quoted(name));
        return Diagnostic::error(rules::UNKNOWN_STUB, source, *span, message)
            .help("stubs answer lookups, waits, transfers, callbacks, bots, random and effect nodes");
    }
    let diagnostic =
        Diagnostic::error(rules::UNKNOWN_STUB, source, *span, format!("nothing in the flow asks {}", quoted(name)));
    let keys = symbols.stub_keys();
    match keys.iter().find(|key| key.rsplit_once('/').is_some_and(|(_, id)| id == &**name)) {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(*near),
        None => suggesting(diagnostic, name, keys, "it asks"),
    }
}

/// With the nearest of the known names, or all of them where they are few.
pub(super) fn suggesting(diagnostic: Diagnostic, typed: &str, known: Vec<&str>, are: &str) -> Diagnostic {
    const FEW: usize = 12;
    match closest(typed, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
        None if known.is_empty() || known.len() > FEW => diagnostic,
        None => {
            let known: Vec<String> = known.into_iter().map(quoted).collect();
            diagnostic.help(format!("{are} {}", known.join(", ")))
        }
    }
}

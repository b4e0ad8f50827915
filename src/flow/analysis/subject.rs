//! A flow under analysis, with the facts that the rules share, such as its possible outcomes.

use super::cases::CaseFacts;
use super::linked::Linked;
use crate::flow::expression::{Always, Expression};
use crate::flow::{Collect, Flow, Kind, Node, Opening, Program, Until, Value};

/// A flow under analysis.
pub(super) struct Subject<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// By node, the flow that it calls or jumps to.
    calls: &'a [Option<u32>],
    /// Facts about the other flows.
    pub linked: &'a Linked<'a>,
    /// The flow's index in its program.
    pub index: usize,
    /// By node and outcome, whether the outcome is possible. False is certain.
    pub possible: Vec<Vec<bool>>,
    /// By node, what is known about its cases, if it has any.
    pub case_facts: Vec<Option<CaseFacts>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(program: &'a Program, index: usize, linked: &'a Linked<'a>) -> Self {
        let flow: &Flow = &program.flows[index];
        let calls = program.calls.get(index).map_or(&[][..], Vec::as_slice);
        let case_facts: Vec<Option<CaseFacts>> = flow.nodes.iter().map(CaseFacts::analyse).collect();
        let mut subject = Self { flow, calls, linked, index, possible: Vec::new(), case_facts };
        subject.possible = (0..flow.nodes.len())
            .map(|node| (0..flow.nodes[node].outcomes.len()).map(|outcome| subject.can_come(node, outcome)).collect())
            .collect();
        subject
    }

    /// The nodes with their indices.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &'a Node)> {
        self.flow.nodes.iter().enumerate()
    }

    /// The flow that a node calls or jumps to.
    pub(super) fn callee(&self, node: usize) -> Option<usize> {
        self.calls.get(node).copied().flatten().map(|callee| callee as usize)
    }

    fn can_come(&self, index: usize, outcome: usize) -> bool {
        let node = &self.flow.nodes[index];
        let name = &*node.outcomes[outcome].name;
        if let Some(case_facts) = &self.case_facts[index] {
            return case_facts.possible(outcome, name);
        }
        match (&node.kind, name) {
            // The implied outcome of a global key is named like a key, never like one of these.
            (_, "error") => true,
            (Kind::Decision(condition), _) => match condition.always() {
                Some(Always::Boolean(value)) => name == if value { "true" } else { "false" },
                Some(Always::Mistake(_)) => false,
                None => true,
            },
            (Kind::Hours(hours), _) => {
                let emergency = hours.emergency.as_ref().map(Expression::always);
                match (name, emergency) {
                    ("emergency", None | Some(Some(Always::Boolean(false) | Always::Mistake(_)))) => false,
                    ("emergency", _) => true,
                    (_, Some(Some(Always::Boolean(true) | Always::Mistake(_)))) => false,
                    ("open", _) => hours.schedule.may_be(Opening::Open),
                    ("closed", _) => hours.schedule.may_be(Opening::Closed),
                    ("holiday", _) => hours.schedule.may_be(Opening::Holiday),
                    _ => true,
                }
            }
            (Kind::Collect(Collect { cancel: None, .. }), "cancelled") => false,
            (Kind::Menu(_) | Kind::Collect(_) | Kind::Bot(_), "max_attempts") => !all_failures_wired(node),
            (Kind::Menu(_) | Kind::Collect(_) | Kind::Bot(_), name) if is_failure(&node.kind, name) => {
                !(asks(&node.kind) == Some(1) && is_wired(node, "max_attempts"))
            }
            (Kind::Wait(wait), "event") => matches!(wait.until, Until::Event { .. }),
            (Kind::Loop(rounds), "repeat") => match rounds.times.as_constant() {
                Some(Value::Integer(times)) => *times > 0,
                _ => true,
            },
            (Kind::Subflow(_), name) => match self.callee(index).and_then(|callee| self.linked.returns.get(callee)) {
                Some(returns) => returns.iter().any(|returned| &***returned == name),
                None => true,
            },
            _ => true,
        }
    }
}

/// The number of attempts of an input node.
pub(super) fn asks(kind: &Kind) -> Option<u32> {
    match kind {
        Kind::Menu(menu) => Some(menu.max_attempts),
        Kind::Collect(collect) => Some(collect.max_attempts),
        Kind::Bot(bot) => Some(bot.max_attempts),
        _ => None,
    }
}

/// Whether an outcome of this name is a failed attempt of an input node.
pub(super) fn is_failure(kind: &Kind, name: &str) -> bool {
    matches!(
        (kind, name),
        (Kind::Menu(_), "no_input" | "no_match")
            | (Kind::Collect(_), "no_input" | "invalid")
            | (Kind::Bot(_), "no_input" | "no_intent")
    )
}

/// Whether the outcome of this name has an edge.
pub(super) fn is_wired(node: &Node, name: &str) -> bool {
    node.outcomes.iter().any(|outcome| &*outcome.name == name && outcome.target.is_some())
}

/// If all failed attempts have edges and `max_attempts` has none, the node asks without limit.
fn all_failures_wired(node: &Node) -> bool {
    let mut failures = node.outcomes.iter().filter(|outcome| is_failure(&node.kind, &outcome.name));
    !is_wired(node, "max_attempts") && failures.all(|outcome| outcome.target.is_some())
}

//! Collects the checks of one scenario. Descriptions are formatted only for checks that do not
//! hold.

use std::cell::OnceCell;

use super::secrets::Secrets;
use super::{Check, CheckKind, CheckState};
use crate::flow::Name;
use crate::simulator::Trace;
use crate::suite::{Expectations, Placed};

/// The checks of one scenario so far.
pub(super) struct Checks<'a> {
    /// What is expected.
    pub expect: &'a Expectations,
    /// What happened.
    pub trace: &'a Trace,
    list: Vec<Check>,
    secrets: OnceCell<Secrets<'a>>,
}

/// The two sides of a check that did not hold.
pub(super) struct Mismatch {
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub actual: String,
}

impl<'a> Checks<'a> {
    /// An empty list with room for every check that the expectations can produce.
    pub(super) fn new(expect: &'a Expectations, trace: &'a Trace) -> Self {
        let singles = usize::from(expect.outcome.is_some())
            + usize::from(expect.ends_at.is_some())
            + usize::from(expect.path.is_some())
            + usize::from(expect.efficiency.is_some())
            + usize::from(expect.duration_ms.is_some())
            + usize::from(expect.keypresses.is_some())
            + usize::from(expect.all_input_used.is_some())
            + usize::from(expect.failure.is_some());
        let decisions: usize = expect.decisions.iter().map(|decision| decision.outcomes.iter().flatten().count()).sum();
        let lists = expect.variables.len() + expect.never.len() + expect.prompts.len() + expect.lookups.len();
        Self { expect, trace, list: Vec::with_capacity(singles + decisions + lists), secrets: OnceCell::new() }
    }

    /// Adds a check that held.
    pub(super) fn held(&mut self, kind: CheckKind, subject: Option<Name>) {
        self.list.push(Check { kind, subject, state: CheckState::Held, expected: None, actual: None, place: None });
    }

    /// Adds a check that did not hold, with the place of its expectation.
    pub(super) fn failed<T>(
        &mut self,
        kind: CheckKind,
        subject: Option<Name>,
        state: CheckState,
        at: &Placed<T>,
        mismatch: Mismatch,
    ) {
        let place = Some(Box::new(self.secrets().excerpt(&at.source, at.span)));
        let Mismatch { expected, actual } = mismatch;
        self.list.push(Check { kind, subject, state, expected: Some(expected), actual: Some(actual), place });
    }

    /// Adds a check that held or is broken; `mismatch` is called only in the latter case.
    pub(super) fn add<T>(
        &mut self,
        kind: CheckKind,
        subject: Option<Name>,
        held: bool,
        at: &Placed<T>,
        mismatch: impl FnOnce() -> Mismatch,
    ) {
        if held {
            self.held(kind, subject);
        } else {
            self.failed(kind, subject, CheckState::Broken, at, mismatch());
        }
    }

    /// The secrets of the call.
    pub(super) fn secrets(&self) -> &Secrets<'a> {
        self.secrets.get_or_init(|| Secrets::collect(self.expect, self.trace))
    }

    /// The checks in the order in which they were added.
    pub(super) fn into_list(self) -> Vec<Check> {
        self.list
    }
}

/// The name of a node; its number where the table does not have it.
pub(super) fn node_name(trace: &Trace, node: u32) -> Name {
    trace.table.nodes.get(node as usize).map_or_else(|| format!("node {node}").into(), |names| names.name.clone())
}

/// The name of one of a node's outcomes; its number where the table does not have it.
pub(super) fn outcome_name(trace: &Trace, node: u32, outcome: u16) -> String {
    let names = trace.table.nodes.get(node as usize);
    names
        .and_then(|names| names.outcomes.get(outcome as usize))
        .map_or_else(|| format!("outcome {outcome}"), |name| (**name).to_owned())
}

/// Formats a number with its noun: `1 visit`, `2 visits`.
pub(super) fn pluralize(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

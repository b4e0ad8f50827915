//! The variables of one running flow, and what it counts.

use super::digest::{self, mix};
use super::engine::is_secret;
use crate::flow::{Flow, Name, Program, Value};

/// One flow that the call is in.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Which of the program's flows.
    pub flow: usize,
    /// Its variables by slot; none has no value yet.
    variables: Vec<Option<Value>>,
    /// Variables that are not the flow's own: of flows left by a jump, and the request's.
    pub carried: Vec<Carried>,
    /// Failed attempts and loop rounds by node; only those that are not 0.
    counts: Vec<(usize, u32)>,
    /// Where the flow was called from; none for the first.
    pub called: Option<Called>,
    /// Changes with every change of a variable or a count, and comes back when they all do.
    pub digest: u64,
}

/// A subflow node that waits for its flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called {
    /// Its index in the calling flow.
    pub node: usize,
    /// Its step in the trace.
    pub step: usize,
    /// The digest of the flows that waited before.
    pub outer: u64,
}

/// A variable that no slot of the flow holds.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    pub name: Name,
    pub value: Value,
    pub secret: bool,
}

impl Frame {
    /// A flow at its start, with its initial values.
    pub(super) fn new(index: usize, flow: &Flow, called: Option<Called>) -> Self {
        let mut variables = Vec::with_capacity(flow.slots.len());
        variables.extend(flow.declared.iter().map(|declared| Some(declared.initial.clone())));
        variables.resize(flow.slots.len(), None);
        Self { flow: index, variables, carried: Vec::new(), counts: Vec::new(), called, digest: 0 }
    }

    /// Of a program without flows.
    pub(super) fn nowhere() -> Self {
        Self { flow: 0, variables: Vec::new(), carried: Vec::new(), counts: Vec::new(), called: None, digest: 0 }
    }

    /// The value of a slot.
    pub(super) fn get(&self, slot: usize) -> Option<&Value> {
        self.variables.get(slot)?.as_ref()
    }

    /// Gives a slot a value.
    pub(super) fn set(&mut self, slot: usize, value: Value) {
        let Some(place) = self.variables.get_mut(slot) else { return };
        if place.as_ref() == Some(&value) {
            return;
        }
        let before = place.as_ref().map_or(0, digest::value);
        self.digest ^= mix(slot as u64, before) ^ mix(slot as u64, digest::value(&value));
        *place = Some(value);
    }

    /// The initial value of a slot, before the call begins: it is not a change.
    pub(super) fn preset(&mut self, slot: usize, value: Value) {
        if let Some(place) = self.variables.get_mut(slot) {
            *place = Some(value);
        }
    }

    /// Keeps a variable that no slot holds, in place of an older one of that name.
    pub(super) fn carry(&mut self, name: &Name, value: Value, secret: bool) {
        match self.carried.iter_mut().find(|carried| carried.name == *name) {
            Some(carried) => *carried = Carried { name: name.clone(), value, secret },
            None => self.carried.push(Carried { name: name.clone(), value, secret }),
        }
    }

    /// A digest of the variables that no slot holds.
    pub(super) fn carried_digest(&self) -> u64 {
        self.carried
            .iter()
            .fold(0, |all, carried| all ^ mix(digest::text(&carried.name), digest::value(&carried.value)))
    }

    /// A variable by name, wherever it is kept, and whether it may hold a secret.
    pub(super) fn find(&self, program: &Program, name: &str) -> Option<(&Value, bool)> {
        let slot = program.flows.get(self.flow).and_then(|flow| flow.slots.get(name));
        if let Some(slot) = slot
            && let Some(value) = self.get(slot)
        {
            return Some((value, is_secret(program, self.flow, slot)));
        }
        let carried = self.carried.iter().find(|carried| *carried.name == *name)?;
        Some((&carried.value, carried.secret))
    }

    /// What a node has counted.
    pub(super) fn count(&self, node: usize) -> u32 {
        self.counts.iter().find(|(counted, _)| *counted == node).map_or(0, |&(_, count)| count)
    }

    /// Sets what a node has counted.
    pub(super) fn set_count(&mut self, node: usize, count: u32) {
        let place = self.counts.iter().position(|(counted, _)| *counted == node);
        if count == 0 && place.is_none() {
            return;
        }
        let before = place.and_then(|place| self.counts.get(place)).map_or(0, |&(_, before)| before);
        self.digest ^= count_digest(node, before) ^ count_digest(node, count);
        match place {
            Some(place) if count == 0 => {
                self.counts.swap_remove(place);
            }
            Some(place) => {
                if let Some(counted) = self.counts.get_mut(place) {
                    counted.1 = count;
                }
            }
            None => self.counts.push((node, count)),
        }
    }
}

fn count_digest(node: usize, count: u32) -> u64 {
    if count == 0 { 0 } else { mix(u64::MAX - node as u64, u64::from(count)) }
}

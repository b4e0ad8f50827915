//! A lower bound on the interactions that are left, from the graph alone.
//!
//! Every outcome is taken to be possible. That makes the bound too low where data rule outcomes out, never too high.

use std::collections::VecDeque;

use super::state::State;
use crate::flow::{Flow, Jump, Kind, Node, Program, Unwired};

/// No way leads there.
pub(super) const NEVER: u32 = u32::MAX / 4;

/// What a call may meet beside the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Surroundings {
    /// The caller hangs up at some time.
    pub hang_up: bool,
    /// There are signals.
    pub signals: bool,
}

/// For one end, how many executions of input nodes lie between each node and it.
#[derive(Debug)]
pub(super) struct Bounds {
    /// By node: to the end, without leaving the flow that the node is in by a return.
    down: Vec<u32>,
    /// By node: to a return from the flow that the node is in.
    out: Vec<u32>,
    graph: Vec<Ways>,
}

/// The ways from one node.
#[derive(Debug, Default)]
struct Ways {
    /// 1 for an input node.
    cost: u32,
    /// After its execution.
    next: Vec<u32>,
    /// At any time while the call is at it, or in the flow that it called.
    aside: Vec<u32>,
    /// The start of the flow that it calls; `next` follows that flow's return.
    called: Option<u32>,
    /// A return.
    returns: bool,
}

impl Bounds {
    /// For the end at this node.
    pub(super) fn new(program: &Program, surroundings: Surroundings, ends_at: u32) -> Self {
        let graph: Vec<Ways> = program
            .flows
            .iter()
            .enumerate()
            .flat_map(|(index, flow)| (0..flow.nodes.len()).map(move |node| (index, flow, node)))
            .map(|(index, flow, node)| ways(program, surroundings, index, flow, node))
            .collect();
        let mut bounds = Self { down: vec![NEVER; graph.len()], out: vec![NEVER; graph.len()], graph };
        bounds.relax(ends_at);
        bounds
    }

    /// Lowers the bounds until none can be lowered: a node is looked at again when one that it leads to has changed.
    fn relax(&mut self, ends_at: u32) {
        let before = self.users();
        let mut queue: VecDeque<usize> = (0..self.graph.len()).rev().collect();
        let mut queued = vec![true; self.graph.len()];
        while let Some(index) = queue.pop_front() {
            queued[index] = false;
            let Some(ways) = self.graph.get(index) else { continue };
            let through = ways.called.map_or(0, |start| self.out_of(start));
            let after = ways.cost + through;
            let mut down = ways.called.map_or(NEVER, |start| self.down_of(start));
            let mut out = if ways.returns { 0 } else { NEVER };
            if index == ends_at as usize {
                down = down.min(ways.cost);
            }
            for &to in &ways.next {
                down = down.min(after + self.down_of(to));
                out = out.min(after + self.out_of(to));
            }
            for &to in &ways.aside {
                down = down.min(self.down_of(to));
                out = out.min(self.out_of(to));
            }
            let (down, out) = (down.min(NEVER), out.min(NEVER));
            if (down, out) != (self.down[index], self.out[index]) {
                (self.down[index], self.out[index]) = (down, out);
                for &user in before.get(index).into_iter().flatten() {
                    if !std::mem::replace(&mut queued[user], true) {
                        queue.push_back(user);
                    }
                }
            }
        }
    }

    /// For each node, those whose bounds depend on it.
    fn users(&self) -> Vec<Vec<usize>> {
        let mut users = vec![Vec::new(); self.graph.len()];
        for (index, ways) in self.graph.iter().enumerate() {
            for &to in ways.next.iter().chain(&ways.aside).chain(&ways.called) {
                if let Some(users) = users.get_mut(to as usize) {
                    users.push(index);
                }
            }
        }
        users
    }

    fn down_of(&self, node: u32) -> u32 {
        self.down.get(node as usize).copied().unwrap_or(NEVER)
    }

    fn out_of(&self, node: u32) -> u32 {
        self.out.get(node as usize).copied().unwrap_or(NEVER)
    }

    /// From a node of the entry flow, with no flow waiting.
    pub(super) fn from(&self, node: u32) -> u32 {
        self.down_of(node)
    }

    /// From where a call is, with the flows that wait for it.
    pub(super) fn left(&self, program: &Program, state: &State, here: u32) -> u32 {
        let mut best = self.down_of(here);
        let mut out = self.out_of(here);
        let mut called = state.frame.called;
        for caller in state.callers.iter().rev() {
            let node = called.and_then(|called| Some(program.first_node.get(caller.flow)? + called.node as u32));
            let Some(ways) = node.and_then(|node| self.graph.get(node as usize)) else { return 0 };
            let least = |nodes: &[u32], of: &dyn Fn(u32) -> u32| nodes.iter().map(|&to| of(to)).min().unwrap_or(NEVER);
            let down = |to| self.down_of(to);
            let back = |to| self.out_of(to);
            best = best.min(out + least(&ways.next, &down)).min(least(&ways.aside, &down));
            out = (out + least(&ways.next, &back)).min(least(&ways.aside, &back)).min(NEVER);
            called = caller.called;
        }
        best
    }
}

fn ways(program: &Program, surroundings: Surroundings, index: usize, flow: &Flow, node_index: usize) -> Ways {
    let first = program.first_node.get(index).copied().unwrap_or(0);
    let global = |node: usize| first + node as u32;
    let Some(node) = flow.nodes.get(node_index) else { return Ways::default() };
    let mut ways = Ways { cost: u32::from(node.kind.is_input()), ..Ways::default() };
    ways.next.extend(node.outcomes.iter().filter_map(|outcome| outcome.target).map(global));
    ways.next.extend(events(flow, node).map(global));
    if surroundings.hang_up {
        ways.aside.extend(flow.events.on_hangup.map(global));
    }
    if surroundings.signals {
        ways.aside.extend(flow.events.on_signal.iter().map(|&(_, target)| global(target)));
    }
    let called = program.calls.get(index).and_then(|calls| calls.get(node_index).copied().flatten());
    let start = called.and_then(|called| {
        Some(program.first_node.get(called as usize)? + program.flows.get(called as usize)?.start as u32)
    });
    match &node.kind {
        Kind::Subflow(_) => {
            // A mistake in the flow that it calls, or an answer there, may come to this flow's events at any time.
            ways.aside.extend(flow.events.on_error.map(global));
            ways.aside.extend(flow.events.on_answer.map(global));
            let error = node.outcomes.iter().filter(|outcome| &*outcome.name == "error");
            ways.aside.extend(error.filter_map(|outcome| outcome.target).map(global));
            ways.called = start;
        }
        Kind::Jump(Jump::Node(target)) => ways.next.push(global(*target)),
        Kind::Jump(Jump::Flow(_)) => ways.next.extend(start),
        Kind::Return(_) => ways.returns = true,
        _ => {}
    }
    ways
}

/// The event nodes to which outcomes without an edge lead.
fn events<'f>(flow: &'f Flow, node: &'f Node) -> impl Iterator<Item = usize> + 'f {
    let unwired = node.outcomes.iter().filter(|outcome| outcome.target.is_none());
    unwired.filter_map(move |outcome| match (&*outcome.name, &node.kind) {
        ("error", _) => flow.events.on_error,
        ("answered", Kind::Queue(_)) | ("connected", Kind::Transfer(_)) => flow.events.on_answer,
        _ if flow.unwired == Unwired::Error => flow.events.on_error,
        _ => None,
    })
}

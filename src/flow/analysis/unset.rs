//! `flow/unset-variable`

use std::collections::{HashMap, HashSet, VecDeque};

use super::graph::{graph, reach, roots};
use super::subject::Subject;
use super::uses::{needs, sets};
use crate::source::diagnostics::rules::UNSET_VARIABLE;
use crate::source::diagnostics::{Diagnostics, Location, quoted};

/// A set of the analysed variables, one bit each.
type Bits = Vec<u64>;

/// Reports undeclared variables that are read where no path has set them.
///
/// The reader reports variables that the flow never sets (`flow/unknown-variable`). A flow that
/// others jump to has their variables, so nothing is certain there.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let flow = subject.flow;
    let undeclared = (flow.declared.len()..flow.slots.len()).filter(|&slot| flow.written.get(slot) == Some(&true));
    let bit_of: HashMap<usize, usize> = undeclared.enumerate().map(|(bit, slot)| (slot, bit)).collect();
    if bit_of.is_empty() || subject.linked.jumped_to.get(subject.index) == Some(&true) {
        return;
    }
    let words = bit_of.len().div_ceil(64);
    let bits = |slots: Vec<usize>| {
        let mut set: Bits = vec![0; words];
        slots.iter().filter_map(|slot| bit_of.get(slot)).for_each(|&bit| set[bit / 64] |= 1 << (bit % 64));
        set
    };
    let sets: Vec<Bits> = flow.nodes.iter().map(|node| bits(sets(node))).collect();
    let (before, reached) = may_be_set(subject, &sets, words);
    let mut reported = HashSet::new();
    for (index, node) in subject.nodes().filter(|(index, _)| reached[*index]) {
        for slot in needs(node) {
            let Some(&bit) = bit_of.get(&slot) else { continue };
            // A node that asks again may have set its variable on the first attempt.
            let own = node.kind.is_input() && sets[index][bit / 64] >> (bit % 64) & 1 == 1;
            if own || before[index][bit / 64] >> (bit % 64) & 1 == 1 || !reported.insert((index, slot)) {
                continue;
            }
            let name = quoted(flow.slots.name(slot));
            let message = format!("node {} reads the variable {name} before any path sets it", quoted(&node.id.value));
            let mut diagnostic = UNSET_VARIABLE
                .finding(&flow.source, node.id.span, message)
                .help("declare it under 'variables', or set it on the way here");
            let setter = subject.nodes().find(|(index, _)| sets[*index][bit / 64] >> (bit % 64) & 1 == 1);
            if let Some((_, setter)) = setter {
                let location = Location { source: flow.source.clone(), span: setter.id.span };
                diagnostic = diagnostic.related(location, "set here, which comes later");
            }
            found.push(diagnostic);
        }
    }
}

/// For each node, the variables that some path from a root may have set, and whether there is such
/// a path.
fn may_be_set(subject: &Subject<'_>, sets: &[Bits], words: usize) -> (Vec<Bits>, Vec<bool>) {
    let flow = subject.flow;
    let graph = graph(subject, |_, _| true);
    let reached = reach(&graph, roots(flow));
    let mut before: Vec<Bits> = vec![vec![0; words]; flow.nodes.len()];
    // An event may occur at any time, so every variable that a call can set may be set.
    let mut all: Bits = vec![0; words];
    for set in sets.iter().zip(&reached).filter(|(_, reached)| **reached).map(|(set, _)| set) {
        all.iter_mut().zip(set).for_each(|(all, set)| *all |= set);
    }
    for event in roots(flow).skip(1).filter(|&event| event < flow.nodes.len()) {
        before[event].clone_from(&all);
    }
    let mut queue: VecDeque<usize> = (0..flow.nodes.len()).filter(|&index| reached[index]).collect();
    let mut queued = reached.clone();
    while let Some(index) = queue.pop_front() {
        queued[index] = false;
        let after: Bits = before[index].iter().zip(&sets[index]).map(|(before, set)| before | set).collect();
        for next in graph.neighbors(petgraph::graph::NodeIndex::new(index)) {
            let known = &mut before[next.index()];
            if after.iter().zip(&*known).all(|(after, known)| after & !known == 0) {
                continue;
            }
            known.iter_mut().zip(&after).for_each(|(known, after)| *known |= after);
            if !std::mem::replace(&mut queued[next.index()], true) {
                queue.push_back(next.index());
            }
        }
    }
    (before, reached)
}

//! Merges the hits of all programs by flow: a flow that several entry flows call counts once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::counts::{Bits, HitCounts, ProgramCounts};
use super::layout::{NONE, ProgramLayout};
use super::reachability::Reachability;
use super::result::{
    CoverageCount, CoverageKind, CoverageKinds, EventEntry, FlowCoverage, NodeCoverage, OutcomeCoverage, Then,
};
use crate::flow::analysis::{UnwiredEffect, unwired_effect};
use crate::flow::{Flow, Jump, Kind, Node, Prompt, PromptContent};

/// Maximum number of characters of the text of a node that the record keeps.
const MAX_SAID_CHARS: usize = 100;

/// Identifies a flow: id, version, file, and its size in case one file was read in two versions.
type FlowKey = (String, String, String, usize, usize);

/// The flows of a run by their keys.
#[derive(Debug, Default)]
pub(super) struct Flows {
    list: BTreeMap<FlowKey, FlowCounts>,
}

/// The counts of one flow, by its own numbers.
#[derive(Debug)]
pub(super) struct FlowCounts {
    pub flow: Arc<Flow>,
    /// By node: whether a call can reach it.
    reachable: Vec<bool>,
    /// By slot: whether its node can take it.
    possible: Vec<bool>,
    nodes: Vec<HitCounts>,
    taken: Vec<HitCounts>,
    walked: Vec<HitCounts>,
    /// Pairs that can be walked, pairs that were, and pairs that a call walked whose scenario
    /// passed.
    pairs: [Bits; 3],
    pair_count: usize,
}

/// One outcome, or the edge of a jump.
pub(super) struct Slot<'f> {
    /// Its name; `next` for the edge of a jump.
    pub name: &'f str,
    /// The node of the same flow that it leads to.
    pub target: Option<usize>,
    /// The offset of its edge, or of its node.
    pub start: u32,
    /// Whether it is the edge of a jump.
    pub jump: bool,
    /// Whether it leads anywhere, into another flow included.
    pub wired: bool,
}

impl Flows {
    /// Adds the hits of one program, of which `reach` can be reached.
    pub(super) fn add(&mut self, counts: &ProgramCounts, reach: &Reachability) {
        let program = &counts.program;
        for (index, flow) in program.flows.iter().enumerate() {
            let [nodes, slots, pairs] = counts.layout.flow_ranges(program, index);
            let key = (
                flow.id.value.to_string(),
                flow.version.to_string(),
                flow.source.path().to_owned(),
                nodes.len(),
                slots.len(),
            );
            let sums = self.list.entry(key).or_insert_with(|| FlowCounts {
                flow: flow.clone(),
                reachable: vec![false; nodes.len()],
                possible: vec![false; slots.len()],
                nodes: vec![HitCounts::default(); nodes.len()],
                taken: vec![HitCounts::default(); slots.len()],
                walked: vec![HitCounts::default(); slots.len()],
                pairs: std::array::from_fn(|_| Bits::new(pairs.len())),
                pair_count: pairs.len(),
            });
            let first = [nodes.start, slots.start, pairs.start];
            for (place, node) in nodes.clone().enumerate() {
                sums.reachable[place] |= reach.nodes[node] || counts.nodes[node].all > 0;
                sums.nodes[place].merge(counts.nodes[node]);
            }
            for (place, slot) in slots.enumerate() {
                // Whatever a call did is possible, even where the graph rules it out.
                sums.possible[place] |= reach.slots[slot] || counts.taken[slot].all > 0;
                sums.taken[place].merge(counts.taken[slot]);
                sums.walked[place].merge(counts.walked[slot]);
            }
            let offset = pairs.start;
            for pair in pairs {
                for (into, from) in [(1, 0), (2, 1)] {
                    if counts.pairs[from].has(pair) {
                        sums.pairs[into].set(pair - offset);
                    }
                }
            }
            sums.mark_possible_pairs(&counts.layout, first);
        }
    }

    /// The flows that a call can reach, in order of id, version and file.
    pub(super) fn into_list(self) -> Vec<FlowCounts> {
        self.list.into_values().filter(|counts| counts.reachable.contains(&true)).collect()
    }
}

impl FlowCounts {
    /// Marks the pairs that can be walked, by the layout of a program in which the numbers of the
    /// flow begin at `first`.
    fn mark_possible_pairs(&mut self, layout: &ProgramLayout, [first_node, first_slot, first_pair]: [usize; 3]) {
        for node in 0..self.reachable.len() {
            for into in layout.slots(first_node + node).filter(|_| self.reachable[node]) {
                let to = layout.target[into];
                if to == NONE || layout.rank[into] == NONE || !self.possible[into - first_slot] {
                    continue;
                }
                for out in layout.slots(to as usize) {
                    if layout.target[out] != NONE
                        && self.possible[out - first_slot]
                        && let Some(pair) = layout.pair(into, to as usize, out)
                    {
                        self.pairs[0].set(pair - first_pair);
                    }
                }
            }
        }
    }

    /// Iterates over the nodes with their numbers and slots.
    pub(super) fn nodes_with_slots(&self) -> impl Iterator<Item = (usize, &Node, Vec<(usize, Slot<'_>)>)> {
        let mut next = 0;
        self.flow.nodes.iter().enumerate().map(move |(index, node)| {
            let slots: Vec<(usize, Slot<'_>)> = slots(node).map(|slot| (post_increment(&mut next), slot)).collect();
            (index, node, slots)
        })
    }

    pub(super) fn is_reachable(&self, node: usize) -> bool {
        self.reachable.get(node).copied().unwrap_or(false)
    }

    /// Whether an outcome counts: its node can be reached and can take it, and it is wired or
    /// belongs to a decision and is not `error`.
    pub(super) fn is_counted(&self, index: usize, node: &Node, slot: (usize, &Slot<'_>)) -> bool {
        let (number, slot) = slot;
        let open = node.kind.is_decision() && slot.name != "error";
        self.is_reachable(index) && self.possible.get(number).copied().unwrap_or(false) && (slot.wired || open)
    }

    pub(super) fn visits(&self, node: usize) -> HitCounts {
        self.nodes.get(node).copied().unwrap_or_default()
    }

    pub(super) fn taken(&self, slot: usize) -> HitCounts {
        self.taken.get(slot).copied().unwrap_or_default()
    }

    pub(super) fn walked(&self, slot: usize) -> HitCounts {
        self.walked.get(slot).copied().unwrap_or_default()
    }

    /// Counts what is covered, by kind.
    pub(super) fn kinds(&self) -> CoverageKinds {
        let mut kinds = CoverageKinds::new();
        let mut count = |kind, times: HitCounts| add(&mut kinds, kind, times.all > 0, times.passed > 0);
        for (index, node, slots) in self.nodes_with_slots().filter(|(index, ..)| self.is_reachable(*index)) {
            let visits = self.visits(index);
            count(CoverageKind::Nodes, visits);
            if matches!(node.kind, Kind::End(_) | Kind::Return(_)) {
                count(CoverageKind::Ends, visits);
            }
            for (number, slot) in slots.iter().filter(|(number, slot)| self.is_counted(index, node, (*number, slot))) {
                let taken = self.taken(*number);
                if !slot.jump {
                    count(CoverageKind::Outcomes, taken);
                    if let Some(kind) = kind_of(node) {
                        count(kind, taken);
                    }
                    if self.ends_transferred(node, slot) {
                        count(CoverageKind::Ends, taken);
                    }
                }
                if slot.wired {
                    count(CoverageKind::Edges, self.walked(*number));
                }
            }
        }
        for pair in (0..self.pair_count).filter(|&pair| self.pairs.iter().any(|pairs| pairs.has(pair))) {
            add(&mut kinds, CoverageKind::EdgePairs, self.pairs[1].has(pair), self.pairs[2].has(pair));
        }
        kinds
    }

    /// Builds the record, without the missing items.
    pub(super) fn record(&self) -> FlowCoverage {
        let mut nodes = Vec::with_capacity(self.flow.nodes.len());
        for (index, node, slots) in self.nodes_with_slots() {
            let visits = self.visits(index);
            let reachable = self.is_reachable(index);
            let mut outcomes = Vec::with_capacity(slots.len());
            for (number, slot) in &slots {
                let counts = self.is_counted(index, node, (*number, slot));
                let (taken, walked) = (self.taken(*number), self.walked(*number));
                outcomes.push(OutcomeCoverage {
                    outcome: slot.name.to_owned(),
                    to: slot.target.filter(|&target| target < self.flow.nodes.len()).map(|target| self.id_of(target)),
                    then: after_unwired(&self.flow, node, slot),
                    counts,
                    taken: if slot.jump { visits.all } else { taken.all },
                    passed: if slot.jump { visits.passed } else { taken.passed },
                    walked: walked.all,
                });
            }
            nodes.push(NodeCoverage {
                node: node.id.value.to_string(),
                kind: node.kind.type_name().to_owned(),
                label: node.label.clone(),
                says: spoken_text(&self.flow, &node.kind),
                calls: called_flow(&node.kind),
                line: self.flow.source.position(node.id.span.start).line,
                reachable,
                visits: visits.all,
                passed: visits.passed,
                outcomes,
            });
        }
        FlowCoverage {
            flow: self.flow.id.value.to_string(),
            version: self.flow.version.to_string(),
            name: self.flow.name.clone(),
            file: self.flow.source.path().to_owned(),
            start: self.id_of(self.flow.start),
            events: self.events(),
            kinds: self.kinds(),
            missing: Vec::new(),
            nodes,
        }
    }

    fn id_of(&self, node: usize) -> String {
        self.flow.nodes.get(node).map_or_else(String::new, |node| node.id.value.to_string())
    }

    fn events(&self) -> Vec<EventEntry> {
        let events = &self.flow.events;
        let named = [("on_hangup", events.on_hangup), ("on_answer", events.on_answer), ("on_error", events.on_error)];
        let named = named.into_iter().filter_map(|(name, node)| Some((name.to_owned(), node?)));
        let signals = events.on_signal.iter().map(|(name, node)| (format!("on_signal {name}"), *node));
        let keys = events.keys.iter().map(|(key, node)| (format!("key {key}"), *node));
        named.chain(signals).chain(keys).map(|(event, node)| EventEntry { event, node: self.id_of(node) }).collect()
    }

    /// Whether an unwired outcome ends the call as transferred.
    fn ends_transferred(&self, node: &Node, slot: &Slot<'_>) -> bool {
        let handled = self.flow.events.on_answer.is_some();
        !slot.wired
            && match &node.kind {
                Kind::Queue(_) => slot.name == "answered" && !handled,
                Kind::Transfer(transfer) => slot.name == "connected" && !(handled && transfer.attended),
                _ => false,
            }
    }
}

fn add(kinds: &mut CoverageKinds, kind: CoverageKind, covered: bool, passed: bool) {
    let count = kinds.entry(kind).or_default();
    *count = CoverageCount {
        covered: count.covered + u64::from(covered),
        passed: count.passed + u64::from(passed),
        of: count.of + 1,
    };
}

/// The kind in which a node's outcomes count besides `outcomes`.
fn kind_of(node: &Node) -> Option<CoverageKind> {
    match node.kind {
        Kind::Switch(_) | Kind::QueueCheck(_) => Some(CoverageKind::SwitchCases),
        Kind::Lookup(_) => Some(CoverageKind::LookupOutcomes),
        Kind::Hours(_) => Some(CoverageKind::ClockClasses),
        _ => None,
    }
}

/// The beginning of a node's first text, in the language of the flow where there are several.
fn spoken_text(flow: &Flow, kind: &Kind) -> Option<String> {
    let texts = prompts(kind).iter().find_map(|prompt| match &prompt.content {
        PromptContent::Say(texts) => Some(texts),
        PromptContent::Asset(_) => None,
    })?;
    let own = texts.iter().find(|(language, _)| language.is_some() && *language == flow.language);
    let (_, text) = own.or(texts.first())?;
    let text = text.text().trim();
    Some(match text.char_indices().nth(MAX_SAID_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    })
}

/// What follows an outcome that is not wired.
fn after_unwired(flow: &Flow, node: &Node, slot: &Slot<'_>) -> Option<Then> {
    if slot.wired {
        return None;
    }
    match unwired_effect(flow, node, slot.name) {
        UnwiredEffect::Again => Some(Then::Again),
        UnwiredEffect::Ends => Some(Then::Ends),
        UnwiredEffect::Stuck => Some(Then::Stuck),
        UnwiredEffect::Event(_) => Some(Then::Event),
        UnwiredEffect::Other => None,
    }
}

fn prompts(kind: &Kind) -> &[Prompt] {
    match kind {
        Kind::Play(play) => &play.prompts,
        Kind::Menu(menu) => &menu.prompts,
        Kind::Collect(collect) => &collect.prompts,
        Kind::Bot(bot) => &bot.prompts,
        Kind::Record(record) => &record.prompts,
        Kind::End(end) => &end.prompts,
        Kind::Queue(queue) => &queue.treatment,
        Kind::Wait(wait) => &wait.music,
        _ => &[],
    }
}

fn called_flow(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Subflow(subflow) => Some(subflow.flow.value.to_string()),
        Kind::Jump(Jump::Flow(flow)) => Some(flow.value.to_string()),
        _ => None,
    }
}

fn slots(node: &Node) -> impl Iterator<Item = Slot<'_>> {
    let outcomes = node.outcomes.iter().map(|outcome| Slot {
        name: &outcome.name,
        target: outcome.target,
        start: outcome.span.start,
        jump: false,
        wired: outcome.target.is_some(),
    });
    let target = match &node.kind {
        Kind::Jump(Jump::Node(target)) => Some(Some(*target)),
        Kind::Jump(Jump::Flow(_)) => Some(None),
        _ => None,
    };
    let start = node.id.span.start;
    outcomes.chain(target.map(|target| Slot { name: "next", target, start, jump: true, wired: true }))
}

fn post_increment(next: &mut usize) -> usize {
    *next += 1;
    *next - 1
}

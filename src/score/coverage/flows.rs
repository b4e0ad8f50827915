//! The counts of all programs, put together by flow: a flow that several entries call is one flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::counts::{Bits, Counts, Times};
use super::layout::{Layout, NONE};
use super::reach::Reach;
use super::result::{
    CoverageCount, CoverageKind, CoverageKinds, EventEntry, FlowCoverage, NodeCoverage, OutcomeCoverage, Then,
};
use crate::flow::analysis::{Unled, unled};
use crate::flow::{Flow, Jump, Kind, Node, Prompt, PromptContent};

/// So many characters of what a node says are kept.
const MOST_SAID: usize = 100;

/// What tells one flow from another: id, version, file, and its size, should one file have been read twice.
type Key = (String, String, String, usize, usize);

/// The flows of a run.
#[derive(Debug, Default)]
pub(super) struct Flows {
    list: BTreeMap<Key, FlowCounts>,
}

/// The counts of one flow, by its own numbers.
#[derive(Debug)]
pub(super) struct FlowCounts {
    pub flow: Arc<Flow>,
    /// By node: whether a call can come to it.
    reachable: Vec<bool>,
    /// By slot: whether its node can take it.
    possible: Vec<bool>,
    nodes: Vec<Times>,
    taken: Vec<Times>,
    walked: Vec<Times>,
    /// Pairs that can be walked, those that were, and those that were by a call that passed.
    pairs: [Bits; 3],
    pair_count: usize,
}

/// One outcome, or the way of a jump.
pub(super) struct Slot<'f> {
    /// Its name; `next` for the way of a jump.
    pub name: &'f str,
    /// The node of the same flow that it leads to.
    pub target: Option<usize>,
    /// The place of its edge, or of its node.
    pub start: u32,
    /// Whether it is the way of a jump.
    pub jump: bool,
    /// Whether it leads on at all, into another flow perhaps.
    pub wired: bool,
}

impl Flows {
    /// Adds the counts of one program, of which `reach` can be reached.
    pub(super) fn add(&mut self, counts: &Counts, reach: &Reach) {
        let program = &counts.program;
        for (index, flow) in program.flows.iter().enumerate() {
            let [nodes, slots, pairs] = counts.layout.of_flow(program, index);
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
                nodes: vec![Times::default(); nodes.len()],
                taken: vec![Times::default(); slots.len()],
                walked: vec![Times::default(); slots.len()],
                pairs: std::array::from_fn(|_| Bits::new(pairs.len())),
                pair_count: pairs.len(),
            });
            let first = [nodes.start, slots.start, pairs.start];
            for (place, node) in nodes.clone().enumerate() {
                sums.reachable[place] |= reach.nodes[node] || counts.nodes[node].all > 0;
                sums.nodes[place].merge(counts.nodes[node]);
            }
            for (place, slot) in slots.enumerate() {
                // What a call did is possible, whatever the graph says.
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
            sums.note_pairs(&counts.layout, first);
        }
    }

    /// The flows that a call can come to, in order of id, version and file.
    pub(super) fn into_list(self) -> Vec<FlowCounts> {
        self.list.into_values().filter(|counts| counts.reachable.contains(&true)).collect()
    }
}

impl FlowCounts {
    /// Which pairs can be walked, by the layout of a program in which the flow's numbers begin at `first`.
    fn note_pairs(&mut self, layout: &Layout, [first_node, first_slot, first_pair]: [usize; 3]) {
        for node in 0..self.reachable.len() {
            for into in layout.slots(first_node + node).filter(|_| self.reachable[node]) {
                let to = layout.target[into];
                if to == NONE || layout.place[into] == NONE || !self.possible[into - first_slot] {
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

    /// The nodes with their numbers and slots.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &Node, Vec<(usize, Slot<'_>)>)> {
        let mut next = 0;
        self.flow.nodes.iter().enumerate().map(move |(index, node)| {
            let slots: Vec<(usize, Slot<'_>)> = slots(node).map(|slot| (next_of(&mut next), slot)).collect();
            (index, node, slots)
        })
    }

    pub(super) fn is_reachable(&self, node: usize) -> bool {
        self.reachable.get(node).copied().unwrap_or(false)
    }

    /// Whether an outcome counts: its node can be reached and can take it, and it leads somewhere or is a decision other
    /// than `error`.
    pub(super) fn is_counted(&self, index: usize, node: &Node, slot: (usize, &Slot<'_>)) -> bool {
        let (number, slot) = slot;
        let open = node.kind.is_decision() && slot.name != "error";
        self.is_reachable(index) && self.possible.get(number).copied().unwrap_or(false) && (slot.wired || open)
    }

    pub(super) fn visits(&self, node: usize) -> Times {
        self.nodes.get(node).copied().unwrap_or_default()
    }

    pub(super) fn taken(&self, slot: usize) -> Times {
        self.taken.get(slot).copied().unwrap_or_default()
    }

    pub(super) fn walked(&self, slot: usize) -> Times {
        self.walked.get(slot).copied().unwrap_or_default()
    }

    /// The counts by kind.
    pub(super) fn kinds(&self) -> CoverageKinds {
        let mut kinds = CoverageKinds::new();
        let mut count = |kind, times: Times| add(&mut kinds, kind, times.all > 0, times.passed > 0);
        for (index, node, slots) in self.each().filter(|(index, ..)| self.is_reachable(*index)) {
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
                    if self.hands_over(node, slot) {
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

    /// The counts as a record, without what is missing.
    pub(super) fn record(&self) -> FlowCoverage {
        let mut nodes = Vec::with_capacity(self.flow.nodes.len());
        for (index, node, slots) in self.each() {
            let visits = self.visits(index);
            let reachable = self.is_reachable(index);
            let mut outcomes = Vec::with_capacity(slots.len());
            for (number, slot) in &slots {
                let counts = self.is_counted(index, node, (*number, slot));
                let (taken, walked) = (self.taken(*number), self.walked(*number));
                outcomes.push(OutcomeCoverage {
                    outcome: slot.name.to_owned(),
                    to: slot.target.filter(|&target| target < self.flow.nodes.len()).map(|target| self.id_of(target)),
                    then: then(&self.flow, node, slot),
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
                says: says(&self.flow, &node.kind),
                calls: calls(&node.kind),
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

    /// Whether an outcome without an edge ends the call as transferred.
    fn hands_over(&self, node: &Node, slot: &Slot<'_>) -> bool {
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

/// The kind beside `outcomes` in which a node's outcomes count.
fn kind_of(node: &Node) -> Option<CoverageKind> {
    match node.kind {
        Kind::Switch(_) | Kind::QueueCheck(_) => Some(CoverageKind::SwitchCases),
        Kind::Lookup(_) => Some(CoverageKind::LookupOutcomes),
        Kind::Hours(_) => Some(CoverageKind::ClockClasses),
        _ => None,
    }
}

/// The beginning of what a node says: its first text, in the flow's language where there are several.
fn says(flow: &Flow, kind: &Kind) -> Option<String> {
    let texts = prompts(kind).iter().find_map(|prompt| match &prompt.content {
        PromptContent::Say(texts) => Some(texts),
        PromptContent::Asset(_) => None,
    })?;
    let own = texts.iter().find(|(language, _)| language.is_some() && *language == flow.language);
    let (_, text) = own.or(texts.first())?;
    let text = text.text().trim();
    Some(match text.char_indices().nth(MOST_SAID) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    })
}

/// What comes after an outcome that leads nowhere.
fn then(flow: &Flow, node: &Node, slot: &Slot<'_>) -> Option<Then> {
    if slot.wired {
        return None;
    }
    match unled(flow, node, slot.name) {
        Unled::Again => Some(Then::Again),
        Unled::Ends => Some(Then::Ends),
        Unled::Stuck => Some(Then::Stuck),
        Unled::Event(_) => Some(Then::Event),
        Unled::Other => None,
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

fn calls(kind: &Kind) -> Option<String> {
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

fn next_of(next: &mut usize) -> usize {
    *next += 1;
    *next - 1
}

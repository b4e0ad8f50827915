//! Links flows into a program: checks references between flows and resolves names to indices.

mod secrets;
mod subflows;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::program::{Asked, NodeNames, NodeTable, Program};
use super::read::read;
use super::{Flow, Jump, Kind, Name, Until, Wait};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Location, Source, Spanned, closest, quoted};
use crate::source::yaml::Limits;

/// The dispositions that every call can have, independent of its flow.
const ENDS: [&str; 5] = ["completed", "transferred", "hung_up", "abandoned", "failed"];

/// Links flows, the entry first. `visible` lists for each flow those that it may refer to.
///
/// Appends mistakes to `diagnostics`; returns a program only if there is no error.
pub(super) fn link(flows: Vec<Arc<Flow>>, visible: &[Vec<usize>], diagnostics: &mut Diagnostics) -> Option<Program> {
    let mut found = Diagnostics::new();
    check_ids(&flows, &mut found);
    let calls: Vec<Vec<Option<u32>>> =
        flows.iter().zip(visible).map(|(flow, visible)| calls(&flows, flow, visible, &mut found)).collect();
    let jumps = jump_targets(&flows, &calls);
    subflows::check(&flows, &calls, &jumps, &mut found);
    let broken = found.has_errors();
    diagnostics.extend(found);
    if broken {
        return None;
    }
    let secret = secrets::follow(&flows, &calls, &jumps);
    let mut first_node = Vec::with_capacity(flows.len());
    let mut next = 0;
    for flow in &flows {
        first_node.push(next);
        // A flow has fewer than 2^32 nodes, because a file has at most 2^32 bytes.
        next += flow.nodes.len() as u32;
    }
    let table = Arc::new(table(&flows));
    let dispositions = dispositions(&flows, &jumps);
    let asked = asked(&flows, &table, &first_node);
    Some(Program { flows, first_node, table, calls, secret, dispositions, asked })
}

impl Program {
    /// Links flows in memory, the entry first; each may refer to every other.
    ///
    /// # Errors
    /// Mistakes in the references between flows: a duplicate id, a subflow or jump to an unknown
    /// flow, variables and returns that do not match.
    ///
    /// # Panics
    /// If there is no flow.
    pub fn from_flows(flows: impl IntoIterator<Item = Flow>) -> Result<Arc<Self>, Diagnostics> {
        let flows: Vec<Arc<Flow>> = flows.into_iter().map(Arc::new).collect();
        assert!(!flows.is_empty(), "a program has an entry flow");
        let all: Vec<usize> = (0..flows.len()).collect();
        let visible = vec![all; flows.len()];
        let mut diagnostics = Diagnostics::new();
        link(flows, &visible, &mut diagnostics).map(Arc::new).ok_or(diagnostics)
    }

    /// Reads and links flows given as texts, the entry first; messages name them `flow-1.yaml` and
    /// so on. Files listed under `subflows` are ignored: each flow may refer to every other.
    ///
    /// # Errors
    /// All mistakes, including warnings. Warnings alone are dropped.
    pub fn parse(texts: &[&str]) -> Result<Arc<Self>, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let mut flows = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let source = Source::new(format!("flow-{}.yaml", index + 1), *text);
            flows.extend(read(&source, &Limits::default(), &mut diagnostics));
        }
        if flows.is_empty() || flows.len() != texts.len() {
            return Err(diagnostics);
        }
        Self::from_flows(flows).map_err(|found| {
            diagnostics.extend(found);
            diagnostics
        })
    }
}

fn check_ids(flows: &[Arc<Flow>], diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, &Flow> = HashMap::new();
    for flow in flows {
        let Some(first) = seen.insert(&flow.id.value, flow) else { continue };
        let message = format!("two flows have the id {}", quoted(&flow.id.value));
        let location = Location { source: first.source.clone(), span: first.id.span };
        diagnostics.push(
            Diagnostic::error("flow/duplicate-flow", &flow.source, flow.id.span, message)
                .label("the second flow")
                .related(location, "the first flow")
                .help("give one of them another id"),
        );
    }
}

/// Resolves the target flow of each subflow and jump node of a flow.
fn calls(flows: &[Arc<Flow>], flow: &Flow, visible: &[usize], diagnostics: &mut Diagnostics) -> Vec<Option<u32>> {
    let mut find = |named: &Spanned<Name>| {
        let index = visible.iter().copied().find(|&index| flows[index].id.value == named.value);
        if index.is_none() {
            let unknown = Diagnostic::error(
                "flow/unknown-flow",
                &flow.source,
                named.span,
                format!("unknown flow {}", quoted(&named.value)),
            );
            let near = closest(&named.value, visible.iter().map(|&index| &*flows[index].id.value));
            diagnostics.push(match near {
                Some(near) => unknown.help(format!("did you mean '{near}'?")).replacement(near),
                None => unknown.help("add its file to 'subflows'"),
            });
        }
        // There are fewer flows than nodes.
        index.map(|index| index as u32)
    };
    let called = flow.nodes.iter().map(|node| match &node.kind {
        Kind::Subflow(subflow) => find(&subflow.flow),
        Kind::Jump(Jump::Flow(id)) => find(id),
        _ => None,
    });
    called.collect()
}

/// For each flow, the flows that a call can reach from it by jumps alone, itself first.
fn jump_targets(flows: &[Arc<Flow>], calls: &[Vec<Option<u32>>]) -> Vec<Vec<usize>> {
    let direct = |index: usize| {
        let jumps = flows[index].nodes.iter().zip(&calls[index]);
        jumps.filter_map(|(node, call)| call.filter(|_| matches!(node.kind, Kind::Jump(_))).map(|call| call as usize))
    };
    let reach = |from: usize| {
        let mut reached = vec![from];
        let mut seen = HashSet::from([from]);
        let mut next = 0;
        while let Some(&index) = reached.get(next) {
            reached.extend(direct(index).filter(|&target| seen.insert(target)));
            next += 1;
        }
        reached
    };
    (0..flows.len()).map(reach).collect()
}

fn table(flows: &[Arc<Flow>]) -> NodeTable {
    let mut nodes = Vec::new();
    for (index, flow) in flows.iter().enumerate() {
        // Targets are in the node's own flow.
        let first = nodes.len();
        nodes.extend(flow.nodes.iter().map(|node| NodeNames {
            name: if index == 0 {
                node.id.value.clone()
            } else {
                format!("{}/{}", flow.id.value, node.id.value).into()
            },
            flow: (index > 0).then(|| flow.id.value.clone()),
            label: node.label.as_deref().map(Name::from),
            kind: node.kind.type_name(),
            input: node.kind.is_input(),
            decision: node.kind.is_decision(),
            outcomes: node.outcomes.iter().map(|outcome| outcome.name.clone()).collect(),
            targets: node.outcomes.iter().map(|outcome| Some((first + outcome.target?) as u32)).collect(),
        }));
    }
    NodeTable::new(nodes)
}

fn dispositions(flows: &[Arc<Flow>], jumps: &[Vec<usize>]) -> Vec<Name> {
    let mut names: Vec<Name> = ENDS.iter().map(|&name| name.into()).collect();
    let ends = flows.iter().flat_map(|flow| &flow.nodes).filter_map(|node| match &node.kind {
        Kind::End(end) => Some(end.disposition.clone()),
        _ => None,
    });
    // A `return` ends the call only in a flow that was not called as a subflow.
    let returns = jumps[0].iter().flat_map(|&index| subflows::returns(&flows[index])).cloned();
    let mut seen: HashSet<Name> = names.iter().cloned().collect();
    names.extend(ends.chain(returns).filter(|name| seen.insert(name.clone())));
    names
}

fn asked(flows: &[Arc<Flow>], table: &NodeTable, first_node: &[u32]) -> Asked {
    let mut asked = Asked::default();
    let mut seen = (HashSet::new(), HashSet::new());
    for (flow, &first) in flows.iter().zip(first_node) {
        for (node, names) in flow.nodes.iter().zip(&table.nodes[first as usize..]) {
            match &node.kind {
                Kind::Lookup(lookup) if seen.0.insert(&lookup.service) => asked.services.push(lookup.service.clone()),
                Kind::Wait(Wait { until: Until::Event { name, .. }, .. }) if seen.1.insert(name) => {
                    asked.events.push(name.clone());
                }
                Kind::Wait(Wait { until: Until::Elapsed(_), .. }) => continue,
                Kind::Lookup(_) | Kind::Wait(_) => {}
                Kind::Transfer(_) | Kind::Callback(_) | Kind::Random(_) | Kind::Bot(_) | Kind::Effect(_) => {}
                _ => continue,
            }
            asked.nodes.push(names.name.clone());
        }
    }
    asked
}

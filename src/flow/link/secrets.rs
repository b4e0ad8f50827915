//! Propagates secrets between flows.

use std::sync::Arc;

use crate::flow::read::spread;
use crate::flow::{Flow, Jump, Kind};

/// For each flow, for each slot, whether it may hold a secret.
///
/// A secret passes through `in` into a subflow and through `out` back from it (or from the flow
/// that it jumped to). A jump carries all variables to those of the same name.
pub(super) fn follow(flows: &[Arc<Flow>], calls: &[Vec<Option<u32>>], jumps: &[Vec<usize>]) -> Vec<Vec<bool>> {
    let mut secret: Vec<Vec<bool>> = flows.iter().map(|flow| flow.secret.clone()).collect();
    loop {
        let mut new: Vec<(usize, usize)> = Vec::new();
        for (index, flow) in flows.iter().enumerate() {
            let is_secret = |flow: usize, slot: usize| secret[flow][slot];
            for (node, call) in flow.nodes.iter().zip(&calls[index]) {
                let Some(called) = call.map(|call| call as usize) else { continue };
                match &node.kind {
                    Kind::Subflow(subflow) => {
                        for (name, expression) in &subflow.inputs {
                            let slot = flows[called].slots.get(&name.value);
                            let tainted = expression.reads().iter().any(|&slot| is_secret(index, slot));
                            new.extend(slot.filter(|_| tainted).map(|slot| (called, slot)));
                        }
                        for (ours, name) in &subflow.outputs {
                            let tainted = jumps[called].iter().any(|&flow| {
                                flows[flow].slots.get(&name.value).is_some_and(|slot| is_secret(flow, slot))
                            });
                            new.extend(tainted.then_some((index, *ours)));
                        }
                    }
                    Kind::Jump(Jump::Flow(_)) => {
                        let carried = flow.slots.iter().enumerate().filter(|&(slot, _)| is_secret(index, slot));
                        let there = carried.filter_map(|(_, name)| flows[called].slots.get(name));
                        new.extend(there.map(|slot| (called, slot)));
                    }
                    _ => {}
                }
            }
        }
        new.retain(|&(flow, slot)| !std::mem::replace(&mut secret[flow][slot], true));
        if new.is_empty() {
            return secret;
        }
        for (flow, secret) in flows.iter().zip(&mut secret) {
            spread(secret, &flow.taints);
        }
    }
}

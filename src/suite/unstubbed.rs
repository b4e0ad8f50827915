//! Finds lookups that no scenario stubs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Scenario, Simulation, Suite};
use crate::flow::{Kind, Name, Program};
use crate::simulator::Stubs;
use crate::source::diagnostics::rules::NEVER_STUBBED;
use crate::source::diagnostics::{Diagnostics, Span, quoted};

/// Reports lookups of the suites' flows that none of their scenarios has a stub for: calls that
/// come there cannot be simulated, so no scenario tests what lies behind. A flow that several
/// programs share is answered for by any of them.
pub(crate) fn never_stubbed(suites: &[Suite]) -> Diagnostics {
    let mut programs: Vec<(&Arc<Program>, HashSet<&Name>)> = Vec::new();
    let mut places: HashMap<*const Program, usize> = HashMap::new();
    // Scenarios of one suite mostly share their stubs.
    let mut seen: HashSet<(usize, *const Stubs)> = HashSet::new();
    for suite in suites {
        for Simulation { program, request } in suite.scenarios.iter().filter_map(Scenario::simulation) {
            let place = *places.entry(Arc::as_ptr(program)).or_insert_with(|| {
                programs.push((program, HashSet::new()));
                programs.len() - 1
            });
            let Some((_, known)) = programs.get_mut(place) else { continue };
            if seen.insert((place, Arc::as_ptr(&request.stubs))) {
                known.extend(request.stubs.answers.iter().map(|(name, _)| name));
            }
        }
    }
    let mut unanswered: Vec<(&str, Span, Vec<crate::source::diagnostics::Diagnostic>)> = Vec::new();
    let mut answered: HashSet<(&str, Span)> = HashSet::new();
    let mut known: HashSet<(&str, Span)> = HashSet::new();
    for (program, stubbed) in &programs {
        for (flow, &first) in program.flows.iter().zip(&program.first_node) {
            for (node, names) in flow.nodes.iter().zip(program.table.nodes.iter().skip(first as usize)) {
                let Kind::Lookup(lookup) = &node.kind else { continue };
                let place = (flow.source.path(), node.id.span);
                if stubbed.contains(&lookup.service) || stubbed.contains(&names.name) {
                    answered.insert(place);
                } else if known.insert(place) {
                    let service = quoted(&lookup.service);
                    let message =
                        format!("no scenario has a stub for {service}, which node {} asks", quoted(&node.id.value));
                    let help = format!("add {service} to the 'stubs' of a scenario that comes here");
                    let finding = NEVER_STUBBED.finding(&flow.source, node.id.span, message).help(help);
                    unanswered.push((place.0, place.1, vec![finding]));
                }
            }
        }
    }
    let mut found = Diagnostics::new();
    for (path, span, finding) in unanswered {
        if !answered.contains(&(path, span)) {
            found.extend(finding);
        }
    }
    found
}

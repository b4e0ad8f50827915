//! Everything that is found in programs without their suites.

use std::collections::HashSet;
use std::sync::Arc;

use super::livelocks;
use crate::flow::Program;
use crate::flow::analysis::analyse;
use crate::source::diagnostics::{Diagnostics, Span};

/// The findings of the analysis and of the exploration, program by program, each once: a flow may be part of many
/// programs.
pub(crate) fn lint(programs: &[Arc<Program>]) -> Diagnostics {
    let mut seen = HashSet::new();
    let mut found = Diagnostics::new();
    for program in programs {
        let findings = analyse(program).into_iter().chain(livelocks(program));
        found.extend(findings.filter(|finding| {
            let span = finding.location.as_ref().map_or_else(Span::default, |location| location.span);
            seen.insert((finding.rule, finding.path.clone(), span, finding.message.clone()))
        }));
    }
    found
}

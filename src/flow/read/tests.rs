//! What the reader accepts and how it refuses.

mod broken;
pub(in crate::flow) mod valid;

use super::*;
use crate::source::testing::check_cases;

/// Reads a flow that must be right.
pub(in crate::flow) fn flow(text: &str) -> Flow {
    let source = Source::new("flow.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let flow = read(&source, &Limits::default(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", rendered(&diagnostics));
    flow.expect("a flow without mistakes")
}

/// What is wrong with a text, drawn.
pub(in crate::flow) fn mistakes(text: &str) -> String {
    let source = Source::new("flow.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let flow = read(&source, &Limits::default(), &mut diagnostics);
    assert_eq!(flow.is_none(), diagnostics.has_errors());
    rendered(&diagnostics)
}

#[test]
fn mistakes_are_explained() {
    check_cases("flows", |case| {
        mistakes(&std::fs::read_to_string(case.join("flow.yaml")).expect("the flow of the case"))
    });
}

pub(in crate::flow) fn rendered(diagnostics: &Diagnostics) -> String {
    diagnostics.iter().map(|diagnostic| crate::source::diagnostics::render(diagnostic, Default::default())).collect()
}

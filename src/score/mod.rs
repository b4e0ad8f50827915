//! Scores: what a trace is worth against the scenario's expectations. Each formula stands in one place.

mod result;

pub use result::{
    Accuracy, Aligned, Check, CheckKind, CheckState, Effort, Interactions, PathFit, Place, Score,
};

/// Stands in until the real one is merged.
pub fn score(
    expect: &crate::suite::Expectations,
    trace: &crate::simulator::Trace,
    _fewest: impl FnOnce() -> crate::simulator::Fewest,
) -> Score {
    let mut score = Score::default();
    if let Some(outcome) = &expect.outcome {
        let held = outcome.value == trace.outcome;
        let position = outcome.source.position(outcome.span.start);
        score.checks.push(Check {
            kind: CheckKind::Outcome,
            subject: None,
            state: if held { CheckState::Held } else { CheckState::Broken },
            expected: (!held).then(|| format!("'{}'", outcome.value)),
            actual: (!held).then(|| format!("'{}'", trace.outcome)),
            place: (!held).then(|| Place {
                file: outcome.source.path().to_owned(),
                line: position.line,
                column: position.column,
                length: outcome.source.slice(outcome.span).chars().count() as u32,
                text: Some(outcome.source.line(position.line).to_owned()),
            }),
        });
    }
    score
}

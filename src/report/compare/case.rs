//! A run as far as a comparison needs it.

use std::collections::HashMap;

use crate::record::{CoverageKinds, GateRecord, RunHeader, Scores, StopReason, Totals, Verdict};

/// A run without what its calls said and heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// What was run.
    pub header: RunHeader,
    /// When it began.
    pub started: String,
    /// Why it ended early, where it did.
    pub stopped: Option<StopReason>,
    /// Files that could not be used.
    pub rejected: Vec<String>,
    /// Over all scenarios.
    pub totals: Totals,
    /// The ratios made of them.
    pub scores: Scores,
    /// Coverage over all flows.
    pub coverage: CoverageKinds,
    /// The gates, judged.
    pub gates: Vec<GateRecord>,
    /// The scenarios in order.
    pub cases: Vec<Case>,
    /// Every step that some call took, once: a node, and the outcome that it was left by.
    pub(super) steps: Steps,
    /// The paths of all calls, one after the other, as indices into the steps.
    pub(super) paths: Vec<u32>,
}

/// A scenario without its trace.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// `suite-path::name[cell]`.
    pub id: Box<str>,
    /// Its file, an index into the run's files.
    pub(super) file: u32,
    /// Where it stands in it.
    pub line: u32,
    /// How it ended.
    pub verdict: Verdict,
    /// Why it did not pass.
    pub why: Option<Box<str>>,
    /// Where its path lies in the run's.
    pub(super) path: (u32, u32),
}

/// Texts, each kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    places: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    key: String,
}

impl Steps {
    /// The index of a step.
    pub(super) fn of(&mut self, node: &str, outcome: Option<&str>) -> u32 {
        self.key.clear();
        self.key.push_str(node);
        if let Some(outcome) = outcome {
            // No name holds a line break, so that the two can be told apart again.
            self.key.push('\n');
            self.key.push_str(outcome);
        }
        if let Some(&place) = self.places.get(&*self.key) {
            return place;
        }
        let place = self.texts.len() as u32;
        self.texts.push(self.key.as_str().into());
        self.places.insert(self.key.as_str().into(), place);
        place
    }

    /// Whether the step of this index is this node and outcome.
    pub(super) fn is(&self, place: u32, node: &str, outcome: Option<&str>) -> bool {
        let Some(rest) = self.texts.get(place as usize).and_then(|text| text.strip_prefix(node)) else { return false };
        match outcome {
            None => rest.is_empty(),
            Some(outcome) => rest.strip_prefix('\n') == Some(outcome),
        }
    }

    /// A step's node and outcome.
    pub(super) fn step(&self, place: u32) -> Option<(&str, Option<&str>)> {
        let text = self.texts.get(place as usize)?;
        Some(text.split_once('\n').map_or((text, None), |(node, outcome)| (node, Some(outcome))))
    }

    /// For each step, its index among others; those that are not there get numbers of their own, past all others.
    pub(super) fn among(&self, others: &Self) -> Vec<u32> {
        let own = |index: usize| (others.texts.len() + index) as u32;
        let places = self.texts.iter().enumerate();
        places.map(|(index, text)| others.places.get(text).copied().unwrap_or_else(|| own(index))).collect()
    }
}

impl Run {
    /// The indices of a case's steps.
    pub(super) fn path(&self, case: &Case) -> &[u32] {
        self.paths.get(case.path.0 as usize..case.path.1 as usize).unwrap_or_default()
    }

    /// The file that a case stands in.
    pub(super) fn file(&self, case: &Case) -> &str {
        self.steps.step(case.file).map_or("", |(file, _)| file)
    }
}

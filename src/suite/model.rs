//! The model of an expanded scenario: a simulated call with its expectations and their spans.

use std::sync::Arc;

use super::prompts::PromptWork;
use super::properties::Properties;
use crate::flow::{Name, Program, Value};
use crate::simulator::Request;
use crate::source::diagnostics::{Diagnostic, Source, Span};
use crate::suite::gate::Gate;

/// One suite file that could be used.
#[derive(Debug)]
pub struct Suite {
    /// The file as messages show it.
    pub file: String,
    /// Its path below the suite root, with `/` and without the extension: the first part of its
    /// scenarios' ids.
    pub path: String,
    /// What it calls itself.
    pub name: String,
    /// Its scenarios in order, expanded.
    pub scenarios: Vec<Scenario>,
    /// What they have to reach together, or may cost at most.
    pub gates: Vec<Gate>,
}

/// A file that could not be used; it becomes an error case in the reports.
#[derive(Debug)]
pub struct Rejected {
    /// The file as messages show it.
    pub path: String,
    /// Its path as in a scenario's id.
    pub suite: String,
    /// Why; at least one of them is an error.
    pub diagnostics: Vec<Diagnostic>,
}

/// One scenario, from its file to its record: a plan holds the scenarios that were loaded. There
/// are many of them, so each shares what it has in common with others, holds no room to grow, and
/// nothing twice.
#[derive(Debug)]
pub struct Scenario {
    /// `suite-path::name[cell]`, unique in a run; the name is with the cell's values filled in.
    pub id: Box<str>,
    /// Length in bytes of the cell, which the id ends with; 0 where it has none.
    pub(crate) cell_bytes: u32,
    /// Its suite, an index into the plan's; 0 until there is a plan.
    pub suite: usize,
    /// The suite's tags and its own, each once, in that order.
    pub tags: Arc<[Name]>,
    /// What it is about, for people.
    pub description: Option<Name>,
    /// Free texts by name, for reports: the defaults' and its own. None where there are none.
    pub properties: Option<Arc<Properties>>,
    /// The span of the scenario in its suite's source.
    pub span: Span,
    /// The first line of its entry, from 1.
    pub line: u32,
    /// The last line of its entry, without trailing blank lines and comments.
    pub end_line: u32,
    /// What it simulates and expects.
    pub work: Work,
    /// Its run settings; none if it has no own ones.
    pub handling: Option<Box<ScenarioRunSettings>>,
}

/// The run settings of a scenario: skip, retries and the like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScenarioRunSettings {
    /// Why it is not to be run.
    pub skip: Option<String>,
    /// Wall time for one attempt, in ms; none is the run's.
    pub timeout_ms: Option<u64>,
    /// How often a failed attempt is tried again; none is the run's.
    pub retries: Option<u32>,
}

impl ScenarioRunSettings {
    /// The given settings, or those of the run.
    pub fn or_defaults(said: &Option<Box<Self>>) -> &Self {
        const USUAL: &ScenarioRunSettings = &ScenarioRunSettings { skip: None, timeout_ms: None, retries: None };
        said.as_deref().unwrap_or(USUAL)
    }

    /// Boxes the settings if any is given.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| self.into())
    }
}

/// What a scenario simulates and expects, by the kind of its suite.
#[derive(Debug)]
pub enum Work {
    /// `kind: ivr`: a call.
    Call(Box<CallWork>),
    /// `kind: assist`: prompts for agents.
    Prompts(PromptWork),
}

/// A call and its expectations.
#[derive(Debug)]
pub struct CallWork {
    /// What is simulated.
    pub simulation: Simulation,
    /// Its expectations.
    pub expect: Arc<Expectations>,
}

/// One call for a target: its program and its inputs.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The entry flow with all that it can reach.
    pub program: Arc<Program>,
    /// The call.
    pub request: Request,
}

impl Scenario {
    /// The interpolated name: the part of the id between the path of its suite and the cell.
    pub fn name(&self, suite_path: &str) -> &str {
        let name = self.id.strip_prefix(suite_path).and_then(|rest| rest.strip_prefix("::")).unwrap_or(&self.id);
        let Some(cell) = self.cell() else { return name };
        let bare = name.strip_suffix(']').and_then(|rest| rest.strip_suffix(cell));
        bare.and_then(|rest| rest.strip_suffix('[')).unwrap_or(name)
    }

    /// The cell or example, `tier=gold,language=en-US`.
    pub fn cell(&self) -> Option<&str> {
        let end = self.id.len().checked_sub(1)?;
        let start = end.checked_sub(self.cell_bytes as usize)?;
        self.id.get(start..end).filter(|cell| !cell.is_empty())
    }

    /// The call and its expectations if it is one.
    pub fn call(&self) -> Option<&CallWork> {
        match &self.work {
            Work::Call(call) => Some(call),
            Work::Prompts(_) => None,
        }
    }

    /// The call that is simulated, where it is one.
    pub fn simulation(&self) -> Option<&Simulation> {
        self.call().map(|call| &call.simulation)
    }

    /// The flow that it calls, where it is a call.
    pub fn program(&self) -> Option<&Arc<Program>> {
        self.simulation().map(|simulation| &simulation.program)
    }

    /// Its run settings.
    pub fn handling(&self) -> &ScenarioRunSettings {
        ScenarioRunSettings::or_defaults(&self.handling)
    }
}

/// What a call's scenario expects; an empty list or none is no expectation. Names are resolved:
/// nodes are indices into the program's table.
///
/// Spans may lie in the source of a suite that is extended, so each expectation carries its own
/// source.
#[derive(Debug, Default)]
pub struct Expectations {
    /// The call's outcome.
    pub outcome: Option<Placed<Name>>,
    /// The last node.
    pub ends_at: Option<Placed<u32>>,
    /// The path as a pattern. Shared: many calls of a suite take the same.
    pub path: Option<Placed<Arc<[PathItem]>>>,
    /// By node, in the order written.
    pub decisions: Vec<DecisionExpectation>,
    /// By variable.
    pub variables: Vec<Placed<(Name, Condition)>>,
    /// Nodes that must not be walked.
    pub never: Vec<Placed<u32>>,
    /// Prompts.
    pub prompts: Vec<Placed<PromptExpectation>>,
    /// By service.
    pub lookups: Vec<Placed<LookupExpectation>>,
    /// Efficiency, 0 to 1.
    pub efficiency: Option<Box<Placed<Bound<f64>>>>,
    /// Virtual time in ms.
    pub duration_ms: Option<Box<Placed<Bound<u64>>>>,
    /// Keys pressed.
    pub keypresses: Option<Box<Placed<Bound<u64>>>>,
    /// Keys and items that were never used are forbidden.
    pub all_input_used: Option<Placed<()>>,
    /// A text that the failure's message contains.
    pub failure: Option<Placed<String>>,
}

/// A value with its source and place.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// The file.
    pub source: Arc<Source>,
    /// Where in it.
    pub span: Span,
}

/// One item of an expected path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathItem {
    /// One of these nodes.
    Nodes(Vec<u32>),
    /// Any one node: `?`.
    AnyOne,
    /// Any number of nodes, also none: `...`.
    AnyMany,
}

/// The expected outcomes of one node by visit.
#[derive(Clone, Debug)]
pub struct DecisionExpectation {
    /// The node.
    pub node: u32,
    /// By visit, from the first: the outcome's index; none is not checked (`_`).
    pub outcomes: Vec<Option<Placed<u16>>>,
}

/// What is expected of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// It equals this.
    Equals(Value),
    /// It does not equal this.
    Not(Value),
    /// It is a number (or a text, by code points) of at least this.
    AtLeast(Value),
    /// It is at most this.
    AtMost(Value),
    /// It equals one of these.
    OneOf(Vec<Value>),
    /// As text it matches this pattern.
    Matches(Pattern),
    /// As text it contains this; or it is a list that does.
    Contains(Value),
    /// It is null or not there (`true`), or it is set (`false`).
    IsNull(bool),
    /// All of these.
    All(Vec<Condition>),
}

/// A compiled regular expression; equal when the texts are.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// What is expected of the prompts heard.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptExpectation {
    /// The text.
    pub text: TextMatch,
    /// Only prompts of this node.
    pub node: Option<u32>,
    /// None such was heard.
    pub negated: bool,
}

/// How a text is matched.
#[derive(Clone, Debug, PartialEq)]
pub enum TextMatch {
    /// The whole text.
    Equals(String),
    /// A part of it.
    Contains(String),
    /// A regular expression somewhere in it.
    Matches(Pattern),
}

/// What is expected of the questions to a service.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupExpectation {
    /// The service.
    pub service: Name,
    /// How many there were.
    pub times: Option<Bound<u64>>,
    /// Inputs that one of them had.
    pub with: Vec<(Name, Condition)>,
    /// The outcome that one of them had (the same one as `with`).
    pub outcome: Option<Name>,
}

/// A lower and an upper bound, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound<T> {
    /// At least this.
    pub at_least: Option<T>,
    /// At most this.
    pub at_most: Option<T>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_tells_the_name_and_the_cell(
            suite in "[a-z/:]{0,4}",
            name in "[a-z:é\\[\\]=]{1,6}",
            cell in prop::option::of("[a-z:é\\[\\]=]{1,6}"),
        ) {
            let label = cell.as_ref().map(|cell| format!("[{cell}]")).unwrap_or_default();
            let program = Program::parse(&["flow: f\nstart: a\nnodes: { a: { type: end } }\n"]).unwrap();
            let simulation = Simulation { program, request: Request::default() };
            let scenario = Scenario {
                id: format!("{suite}::{name}{label}").into(),
                cell_bytes: cell.as_ref().map_or(0, |cell| cell.len() as u32),
                suite: 0,
                tags: [].into(),
                description: None,
                properties: None,
                span: Span::default(),
                line: 1,
                end_line: 1,
                work: Work::Call(Box::new(CallWork { simulation, expect: Arc::default() })),
                handling: None,
            };
            prop_assert_eq!((scenario.name(&suite), scenario.cell()), (&*name, cell.as_deref()));
        }
    }
}

//! A scenario after expansion: one simulated call with its expectations, every one with its place.

use std::collections::HashSet;
use std::sync::Arc;

use super::prompts::PromptWork;
use crate::flow::{Name, Program, Value};
use crate::simulator::Request;
use crate::source::diagnostics::{Diagnostic, Source, Span};
use crate::suite::gate::Gate;

/// One suite file that could be used.
#[derive(Debug)]
pub struct Suite {
    /// The file as messages show it.
    pub file: String,
    /// Its path below the suite root, with `/`, without the extension: the first part of its scenarios' ids.
    pub path: String,
    /// What it calls itself.
    pub name: String,
    /// Its scenarios in order, expanded.
    pub scenarios: Vec<Scenario>,
    /// What they have to reach together, or may cost at most.
    pub gates: Vec<Gate>,
    /// What the calls that were [dropped](Work::Later) have stubs for.
    pub stubbed: Stubbed,
}

/// Names of services and nodes that there are stubs for, by program; one may be there several times.
pub(crate) type Stubbed = Vec<(Arc<Program>, HashSet<Name>)>;

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

/// One scenario. There are many of them: it holds no room to grow, and nothing twice.
#[derive(Debug)]
pub struct Scenario {
    /// `suite-path::name[cell]`, unique in a run; the name is with the cell's values filled in.
    pub id: Box<str>,
    /// The cell or example, `tier=gold,language=en-US`.
    pub cell: Option<Box<str>>,
    /// The suite's tags and its own, each once, in that order.
    pub tags: Arc<[Name]>,
    /// Where the scenario stands in its suite's source.
    pub span: Span,
    /// The first line of its entry, from 1.
    pub line: u32,
    /// The last line of its entry; blank lines and comments behind it are not part of it.
    pub end_line: u32,
    /// What it simulates and expects.
    pub work: Work,
    /// What it says about how it is run; none where that is nothing.
    pub handling: Option<Box<Handling>>,
}

/// What a scenario says about how it is run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// Why it is not to be run.
    pub skip: Option<String>,
    /// Wall time for one attempt, in ms; none is the run's.
    pub timeout_ms: Option<u64>,
    /// How often a failed attempt is tried again; none is the run's.
    pub retries: Option<u32>,
}

impl Handling {
    /// What was said; all as in the run where that is nothing.
    pub fn of(said: &Option<Box<Self>>) -> &Self {
        const USUAL: &Handling = &Handling { skip: None, timeout_ms: None, retries: None };
        said.as_deref().unwrap_or(USUAL)
    }

    /// The same in a box, where it says anything.
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
    /// It was dropped, because there are too many scenarios to keep what all of them do: [`Again`](super::Again) reads
    /// it again. The flow that a call calls is known.
    Later(Option<Arc<Program>>),
}

/// A call and what is expected of it.
#[derive(Debug)]
pub struct CallWork {
    /// The flow it calls.
    pub program: Arc<Program>,
    /// What the call is given.
    pub request: Request,
    /// What is expected of it.
    pub expect: Arc<Expectations>,
}

impl Scenario {
    /// The call, where it is one.
    pub fn call(&self) -> Option<&CallWork> {
        match &self.work {
            Work::Call(call) => Some(call),
            Work::Prompts(_) | Work::Later(_) => None,
        }
    }

    /// The flow that it calls, where it is a call.
    pub fn program(&self) -> Option<&Arc<Program>> {
        match &self.work {
            Work::Call(call) => Some(&call.program),
            Work::Prompts(_) => None,
            Work::Later(program) => program.as_ref(),
        }
    }
}

/// What a call's scenario expects; an empty list or none is no expectation. Names are resolved: nodes are indices into the program's table.
///
/// Spans may lie in the source of a suite that is extended, so each expectation carries its own source.
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

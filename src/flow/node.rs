//! A node of a flow as its file says it: what it does, by kind, and where its outcomes lead. `docs/flows.md` is the reference.

use std::sync::Arc;

use super::Name;
use super::expression::{Expression, Template};
use super::schedule::Schedule;
use crate::source::diagnostics::{Span, Spanned};

/// One step of a flow.
#[derive(Debug)]
pub struct Node {
    /// Its id and where it stands.
    pub id: Spanned<Name>,
    /// What it does.
    pub kind: Kind,
    /// Its closed set of outcomes, in the order of the type's definition: named ones (choices, cases, intents) first.
    /// An input node of a flow with global keys has one more outcome for each key that it does not use itself, named
    /// like the key, already wired to the key's node.
    pub outcomes: Vec<Outcome>,
    /// What people call it.
    pub label: Option<String>,
}

/// One outcome of a node.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name.
    pub name: Name,
    /// The node it leads to, an index into the flow's nodes; none is an unwired outcome.
    pub target: Option<usize>,
    /// Where the edge (or, unwired, the node) stands.
    pub span: Span,
}

/// What a node does. Every variant's name in kebab-free lower case is its `type`.
#[derive(Debug)]
pub enum Kind {
    /// The conventional first node; does nothing.
    Start,
    Play(Play),
    Menu(Menu),
    Collect(Collect),
    Bot(Bot),
    /// A boolean expression.
    Decision(Expression),
    Switch(Switch),
    /// Assignments in order: slot and expression.
    Set(Vec<(usize, Expression)>),
    Lookup(Lookup),
    Hours(Hours),
    /// A draw: the weight of each outcome, in their order.
    Random(Vec<u32>),
    Loop(Loop),
    Subflow(Subflow),
    Jump(Jump),
    QueueCheck(QueueCheck),
    Queue(Queue),
    Transfer(Transfer),
    Record(Record),
    Callback(Callback),
    Wait(Wait),
    Effect(Effect),
    End(End),
    /// Back to the calling subflow node, by this name.
    Return(Name),
}

/// Plays prompts.
#[derive(Debug)]
pub struct Play {
    /// What is played, in order.
    pub prompts: Vec<Prompt>,
    /// A key cuts the prompts short.
    pub barge_in: bool,
    /// Listens for keys while it plays.
    pub detect: bool,
    /// Drops keys that were keyed before.
    pub clear_buffer: bool,
}

/// Something that is said or played.
#[derive(Debug)]
pub struct Prompt {
    /// What.
    pub content: PromptContent,
    /// A stated length in ms; else that of the content.
    pub duration_ms: Option<u64>,
}

/// The content of a prompt.
#[derive(Debug)]
pub enum PromptContent {
    /// Speech, by language; a single text has the language `None`.
    Say(Vec<(Option<Name>, Template)>),
    /// A recording by its id.
    Asset(Name),
}

/// Waits for one of several choices.
#[derive(Debug)]
pub struct Menu {
    /// What the caller hears.
    pub prompts: Vec<Prompt>,
    /// The keys of each choice; choice k is outcome k.
    pub choices: Vec<Name>,
    /// How long it waits for the first key after the prompts, in ms.
    pub no_input_ms: u64,
    /// How long it waits for each further key, in ms.
    pub interdigit_ms: u64,
    /// The key that ends the keying early.
    pub terminator: Option<char>,
    /// How often it asks at most, at least 1.
    pub max_attempts: u32,
    /// A key cuts the prompts short.
    pub barge_in: bool,
    /// Takes keys that were keyed before.
    pub type_ahead: bool,
    /// Drops keys that were keyed before.
    pub clear_buffer: bool,
    /// The slot that keeps the keys of the choice.
    pub variable: Option<usize>,
}

/// Collects digits.
#[derive(Debug)]
pub struct Collect {
    /// What the caller hears.
    pub prompts: Vec<Prompt>,
    /// The slot for the digits.
    pub variable: Option<usize>,
    /// Fewer keys are invalid.
    pub min: u32,
    /// So many keys complete the entry; at least 1 and at least `min`.
    pub max: u32,
    /// The key that completes the entry.
    pub terminator: Option<char>,
    /// The key that gives up; another than the terminator.
    pub cancel: Option<char>,
    /// How long it waits for the first key after the prompts, in ms.
    pub no_input_ms: u64,
    /// How long it waits for each further key, in ms.
    pub interdigit_ms: u64,
    /// How often it asks at most, at least 1.
    pub max_attempts: u32,
    /// A key cuts the prompts short.
    pub barge_in: bool,
    /// Takes keys that were keyed before.
    pub type_ahead: bool,
    /// Drops keys that were keyed before.
    pub clear_buffer: bool,
    /// What the digits must satisfy.
    pub validate: Option<Validation>,
    /// The digits must not be shown anywhere.
    pub secret: bool,
}

/// What collected digits must satisfy.
#[derive(Debug)]
pub enum Validation {
    /// The whole entry matches.
    Regex(regex::Regex),
    /// The check digit of card numbers (ISO/IEC 7812-1, annex B).
    Luhn,
    /// A date that exists, written in this order of `DD`, `MM`, `YY` or `YYYY`.
    Date(String),
}

/// Understands an utterance.
#[derive(Debug)]
pub struct Bot {
    /// What the caller hears.
    pub prompts: Vec<Prompt>,
    /// Intent k is outcome k: its name and the phrases that mean it, normalised.
    pub intents: Vec<(Name, Vec<String>)>,
    /// How long it waits for the caller to speak, in ms.
    pub no_input_ms: u64,
    /// How often it asks at most, at least 1.
    pub max_attempts: u32,
    /// Speaking cuts the prompts short.
    pub barge_in: bool,
    /// The slot that keeps the utterance.
    pub variable: Option<usize>,
}

/// Chooses by value or by conditions.
#[derive(Debug)]
pub struct Switch {
    /// The value to be compared; none where every case has a condition of its own.
    pub on_value: Option<Expression>,
    /// Case k is outcome k.
    pub cases: Vec<Case>,
}

/// One case of a switch or a queue check.
#[derive(Debug)]
pub enum Case {
    /// The switch's value as text equals the outcome's name.
    Equals(Name),
    /// This condition holds.
    When(Expression),
}

/// Asks another system.
#[derive(Debug)]
pub struct Lookup {
    /// The name that stubs answer for.
    pub service: Name,
    /// What the service is given, by name.
    pub inputs: Vec<(Name, Expression)>,
    /// Slot and the field of the answer that it takes.
    pub outputs: Vec<(usize, Name)>,
    /// How long it waits for an answer, in ms.
    pub timeout_ms: u64,
}

/// Looks at the clock.
#[derive(Debug)]
pub struct Hours {
    /// When it is open.
    pub schedule: Arc<Schedule>,
    /// A condition that closes it whatever the schedule says.
    pub emergency: Option<Expression>,
}

/// Counts its entries.
#[derive(Debug)]
pub struct Loop {
    /// How often it repeats, asked anew at each entry.
    pub times: Expression,
    /// The slot of the counter.
    pub counter: Option<usize>,
}

/// Calls another flow.
#[derive(Debug)]
pub struct Subflow {
    /// Its id.
    pub flow: Spanned<Name>,
    /// Its variable, by name, and our expression.
    pub inputs: Vec<(Spanned<Name>, Expression)>,
    /// Our slot and its variable, by name.
    pub outputs: Vec<(usize, Spanned<Name>)>,
}

/// Moves on without coming back.
#[derive(Debug)]
pub enum Jump {
    /// To a node of the same flow.
    Node(usize),
    /// To another flow's start.
    Flow(Spanned<Name>),
}

/// Asks how a queue stands.
#[derive(Debug)]
pub struct QueueCheck {
    /// The name of the queue.
    pub queue: Name,
    /// What is asked for.
    pub metric: Metric,
    /// The slot of the reserved variable `metric`, which the cases' conditions read.
    pub metric_slot: usize,
    /// Case k is outcome k; every one is [`Case::When`].
    pub cases: Vec<Case>,
}

/// What a queue check asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The wait to be expected, in whole seconds; null where nobody ever answers.
    EstimatedWait,
    /// Calls that wait.
    Waiting,
    /// Agents at work.
    Agents,
    /// Whether it takes calls.
    Open,
}

/// Waits for an agent.
#[derive(Debug)]
pub struct Queue {
    /// Its name.
    pub queue: Name,
    /// What the agent must be able to do; kept for the trace.
    pub skill: Option<Name>,
    /// Its place among the waiting; kept for the trace.
    pub priority: i64,
    /// What is played while waiting, one after the other, again and again.
    pub treatment: Vec<Prompt>,
    /// From one start of the treatment to the next, in ms, at least 1,000.
    pub treatment_every_ms: u64,
    /// After so long it gives up, in ms.
    pub max_wait_ms: u64,
}

/// Hands the call to a number.
#[derive(Debug)]
pub struct Transfer {
    /// Where to.
    pub number: Template,
    /// Whether the flow stays on the line until it is answered.
    pub attended: bool,
    /// How long it rings at most, in ms.
    pub timeout_ms: u64,
}

/// Records the caller.
#[derive(Debug)]
pub struct Record {
    /// What the caller hears.
    pub prompts: Vec<Prompt>,
    /// The longest recording, in ms.
    pub max_ms: u64,
    /// A silence of this length ends it, in ms.
    pub silence_ms: u64,
    /// The key that ends it.
    pub terminator: Option<char>,
    /// The slot that keeps the length in ms.
    pub variable: Option<usize>,
}

/// Promises a call back.
#[derive(Debug)]
pub struct Callback {
    /// Whom to call.
    pub number: Template,
    /// When to call, as the flow says it.
    pub when: Option<Template>,
}

/// Lets time pass.
#[derive(Debug)]
pub struct Wait {
    /// What for.
    pub until: Until,
    /// What the caller hears meanwhile.
    pub music: Vec<Prompt>,
    /// Listens for keys meanwhile.
    pub detect: bool,
}

/// What a wait waits for.
#[derive(Debug)]
pub enum Until {
    /// A length of time in ms.
    Elapsed(u64),
    /// An event by name, at most `timeout_ms`.
    Event {
        /// The event's name.
        name: Name,
        /// At most this long, in ms.
        timeout_ms: u64,
    },
}

/// Any side setting of the platform.
#[derive(Debug)]
pub struct Effect {
    /// Of which kind, for example `recording`, `whisper`, `voice`.
    pub kind: Name,
    /// Its settings by name.
    pub settings: Vec<(Name, Template)>,
}

/// Ends the call.
#[derive(Debug)]
pub struct End {
    /// What the caller hears last.
    pub prompts: Vec<Prompt>,
    /// The call's outcome.
    pub disposition: Name,
}

impl Kind {
    /// The word for it in flow files, traces and reports.
    pub fn type_name(&self) -> &'static str {
        match self {
            Kind::Start => "start",
            Kind::Play(_) => "play",
            Kind::Menu(_) => "menu",
            Kind::Collect(_) => "collect",
            Kind::Bot(_) => "bot",
            Kind::Decision(_) => "decision",
            Kind::Switch(_) => "switch",
            Kind::Set(_) => "set",
            Kind::Lookup(_) => "lookup",
            Kind::Hours(_) => "hours",
            Kind::Random(_) => "random",
            Kind::Loop(_) => "loop",
            Kind::Subflow(_) => "subflow",
            Kind::Jump(_) => "jump",
            Kind::QueueCheck(_) => "queue_check",
            Kind::Queue(_) => "queue",
            Kind::Transfer(_) => "transfer",
            Kind::Record(_) => "record",
            Kind::Callback(_) => "callback",
            Kind::Wait(_) => "wait",
            Kind::Effect(_) => "effect",
            Kind::End(_) => "end",
            Kind::Return(_) => "return",
        }
    }

    /// Whether it takes an item of the scenario's keys.
    pub fn is_input(&self) -> bool {
        match self {
            Kind::Menu(_) | Kind::Collect(_) | Kind::Bot(_) | Kind::Record(_) => true,
            Kind::Play(play) => play.detect,
            Kind::Wait(wait) => wait.detect,
            _ => false,
        }
    }

    /// Whether its outcome is a decision: it has more than one besides `error`.
    pub fn is_decision(&self) -> bool {
        !matches!(self, Kind::Start | Kind::Set(_) | Kind::Jump(_) | Kind::Effect(_) | Kind::End(_) | Kind::Return(_))
            && !matches!(self, Kind::Play(play) if !play.detect)
    }
}

//! Executes a program: one node after the other, until the call ends.

use super::caller::Caller;
use super::digest::mix;
use super::event::{EventDetail, TraceEvent};
use super::guard;
use super::limit::{LimitChecker, WallLimit};
use super::log::Log;
use super::names;
use super::prompts::Ready;
use super::scope::View;
use super::state::{Arrival, CallerState, End, Interrupt, NodeError, State, StepResult};
use super::systems::SECRET;
use super::timers::{INTERRUPTING, INTERRUPTING_WITHOUT_CALLER, Timer};
use super::trace::Fault;
use super::{Request, Step, Trace};
use crate::flow::expression::Template;
use crate::flow::{Flow, Kind, Name, Node, Program, Value};

/// Simulates one call from the entry flow's start to its end.
///
/// The same program and request give the same trace, on any machine. Memory is bounded by the request's guards.
pub fn simulate(program: &Program, request: &Request) -> Trace {
    run(program, request, WallLimit::default()).into_trace()
}

/// Simulates one call like [`simulate`]; none when the limit was exceeded, since half a trace would depend on the machine.
pub(crate) fn simulate_within(program: &Program, request: &Request, limit: WallLimit<'_>) -> Option<Trace> {
    let engine = run(program, request, limit);
    (!engine.limit.is_exceeded()).then(|| engine.into_trace())
}

fn run<'a>(program: &'a Program, request: &'a Request, limit: WallLimit<'a>) -> Engine<'a> {
    let mut engine = Engine::new(program, request, Log::full());
    engine.limit = LimitChecker::new(limit);
    while engine.arrive() {
        engine.execute();
    }
    engine
}

/// One call that is being simulated.
///
/// Between two nodes, all that its further course depends on is `state`; everything else is the node's own scratch.
pub(super) struct Engine<'a> {
    pub program: &'a Program,
    pub request: &'a Request,
    pub caller: &'a dyn Caller,
    pub state: State,
    pub log: Log,
    /// Beyond the call: how long its simulation may take.
    pub limit: LimitChecker<'a>,
    /// Which visit of the current node this is; see [`Log::visit`].
    pub visit: u32,
    /// The keys (or the utterance) of the entry that is going on.
    pub keys: String,
    /// The prompts that are about to be played.
    pub ready: Vec<Ready>,
    /// The input of the step that is being executed.
    pub input: Option<Box<str>>,
    /// The message of the step that is being executed.
    pub message: Option<Box<str>>,
}

impl<'a> Engine<'a> {
    /// A call at its start.
    pub(super) fn new(program: &'a Program, request: &'a Request, log: Log) -> Self {
        let state = State::new(program, request);
        let limit = LimitChecker::new(WallLimit::default());
        Self {
            program,
            request,
            caller: &request.keypad,
            state,
            log,
            limit,
            visit: 1,
            keys: String::new(),
            ready: Vec::new(),
            input: None,
            message: None,
        }
    }

    /// What comes before a node: hang-ups, signals and guards. False once the call has ended.
    pub(super) fn arrive(&mut self) -> bool {
        if self.state.end.is_none() {
            self.fire_timers();
        }
        if self.state.end.is_some() {
            return false;
        }
        if self.limit.count() {
            self.finish(self.failure("the simulation was given up".to_owned()));
            return false;
        }
        let here = self.here();
        let guards = &self.request.guards;
        let last = self.state.last;
        let depth = self.state.callers.len();
        // A flow that calls itself is a matter of depth.
        let times = if (last.node, last.depth) == (here, depth) { last.times + 1 } else { 1 };
        self.state.last = Arrival { node: here, depth, times };
        let digest = mix(self.state.frame.digest, self.state.callers_digest);
        let text = if self.state.steps >= guards.steps {
            guard::steps(guards)
        } else if times > guards.repeats {
            guard::repeats(guards, self.name())
        } else if !self.state.window.note(here, digest) {
            guard::livelock(self.name())
        } else {
            return true;
        };
        self.finish(self.failure(text));
        false
    }

    /// Fires the timers that are due between two nodes.
    fn fire_timers(&mut self) {
        if self.state.timers.is_due(Timer::HangUp, self.state.now) {
            self.hang_up(None, CallerState::HungUp);
        }
        while !self.state.caller.is_gone() && self.state.timers.is_due(Timer::Signal, self.state.now) {
            if self.take_signal() {
                self.progress();
                return;
            }
        }
    }

    /// A signal takes the call to its node; false where no flow listens to it. The timer is set for the next one.
    fn take_signal(&mut self) -> bool {
        let signals = &self.request.call.signals;
        let signal = signals.get(self.state.signals);
        self.state.signals += 1;
        self.state.timers.set(Timer::Signal, signals.get(self.state.signals).map(|&(at_ms, _)| at_ms));
        let Some((_, name)) = signal else { return false };
        self.enter(|flow| flow.events.on_signal.iter().find(|(signal, _)| signal == name).map(|&(_, node)| node))
    }

    /// Executes the current node and follows its outcome.
    pub(super) fn execute(&mut self) {
        let Some((flow, node)) = self.current() else {
            return self.finish(self.failure("the call was led to a node that does not exist".to_owned()));
        };
        let here = self.here();
        let at_ms = self.state.now;
        self.state.steps += 1;
        self.state.executed = Some(here);
        self.visit = self.log.visit(here);
        let step = self.log.current() as u32;
        self.log.event(at_ms, EventDetail::Entered { step, visit: self.visit });
        let result = self.perform(flow, node).unwrap_or_else(|error| self.settle(node, error));
        let outcome = match &result {
            StepResult::Outcome(outcome) | StepResult::Again(outcome) => Some(*outcome),
            StepResult::HungUp(outcome) => *outcome,
            StepResult::Moved | StepResult::Returned(..) | StepResult::Mistaken(_) | StepResult::End(_) => None,
        };
        // Only an unwired error needs its message once more.
        let message = match &result {
            StepResult::Outcome(_) => self.message.as_deref().map(str::to_owned),
            _ => None,
        };
        let outcome = outcome.filter(|&outcome| usize::from(outcome) < node.outcomes.len());
        if outcome.is_some() {
            self.log.event(self.state.now, EventDetail::Outcome { step });
        }
        self.log.step(Step {
            node: here,
            outcome,
            at_ms,
            duration_ms: self.state.now - at_ms,
            input: self.input.take(),
            message: self.message.take(),
        });
        match result {
            StepResult::Outcome(outcome) => self.follow(outcome, message),
            StepResult::Again(_) | StepResult::Moved => {}
            StepResult::Returned(outcome, message) => self.follow(outcome.unwrap_or(u16::MAX), message),
            StepResult::Mistaken(message) => self.unwired_error(Some(message)),
            StepResult::HungUp(outcome) => {
                let gone =
                    if matches!(node.kind, Kind::Queue(_)) { CallerState::Abandoned } else { CallerState::HungUp };
                self.hang_up(outcome, gone);
            }
            StepResult::End(end) => self.finish(end),
        }
    }

    /// What the node does.
    fn perform(&mut self, flow: &'a Flow, node: &'a Node) -> Result<StepResult, NodeError> {
        if self.state.caller.is_gone() && node.kind.is_input() {
            return Err(NodeError::Mistake("the caller has hung up".to_owned()));
        }
        match &node.kind {
            Kind::Start => Ok(StepResult::Outcome(self.outcome(node, 0, "next"))),
            Kind::Play(play) => self.play_node(flow, node, play),
            Kind::Menu(menu) => self.menu(flow, node, menu),
            Kind::Collect(collect) => self.collect(flow, node, collect),
            Kind::Bot(bot) => self.bot(flow, node, bot),
            Kind::Decision(condition) => self.decision(node, condition),
            Kind::Switch(switch) => self.switch(node, switch),
            Kind::Set(assignments) => self.assign(node, assignments),
            Kind::Lookup(lookup) => self.lookup(node, lookup),
            Kind::Hours(hours) => self.hours(node, hours),
            Kind::Random(weights) => self.random(node, weights),
            Kind::Loop(rounds) => self.loop_node(node, rounds),
            Kind::Subflow(subflow) => self.subflow(subflow),
            Kind::Jump(jump) => self.jump(flow, jump),
            Kind::QueueCheck(check) => self.queue_check(flow, node, check),
            Kind::Queue(queue) => self.queue(flow, node, queue),
            Kind::Transfer(transfer) => self.transfer(node, transfer),
            Kind::Record(record) => self.record(flow, node, record),
            Kind::Callback(callback) => self.callback(node, callback),
            Kind::Wait(wait) => self.wait(flow, node, wait),
            Kind::Effect(effect) => self.effect(node, effect),
            Kind::End(end) => {
                self.prepare(flow, &end.prompts)?;
                self.play(None, true)?;
                Ok(StepResult::End(End::with(end.disposition.clone())))
            }
            Kind::Return(name) => Ok(self.return_node(name)),
        }
    }

    /// What becomes of a node that could not come to an outcome of its own.
    fn settle(&mut self, node: &Node, error: NodeError) -> StepResult {
        let fault = match error {
            NodeError::Interrupt(Interrupt::HungUp) => return StepResult::HungUp(None),
            // The signal's node is entered next.
            NodeError::Interrupt(Interrupt::Signalled) => return StepResult::Moved,
            NodeError::Interrupt(Interrupt::Answered) => {
                return StepResult::End(self.failure("an agent answered a call that waits in no queue".to_owned()));
            }
            NodeError::Interrupt(Interrupt::TooLong) => {
                return StepResult::End(self.failure(guard::duration(&self.request.guards)));
            }
            NodeError::Mistake(message) => {
                self.message = Some(message.as_str().into());
                return match self.error_outcome(node) {
                    Some(outcome) => StepResult::Outcome(outcome),
                    None => StepResult::Mistaken(message),
                };
            }
            NodeError::NoClock => Fault::NoClock { node: self.name().clone() },
            NodeError::Fault(fault) => *fault,
        };
        let text = fault.to_string();
        self.message = Some(text.as_str().into());
        StepResult::End(Box::new(End { outcome: names::FAILED.clone(), failure: Some(text), fault: Some(fault) }))
    }

    /// Ends the call. Whatever happens after a hang-up, the call was hung up; only a failure is still one.
    pub(super) fn finish(&mut self, mut end: Box<End>) {
        if end.failure.is_none() {
            match self.state.caller {
                CallerState::HungUp => end.outcome = names::HUNG_UP.clone(),
                CallerState::Abandoned => end.outcome = names::ABANDONED.clone(),
                CallerState::Present => {}
            }
        }
        self.state.end = Some(end);
    }

    /// The end of a call that failed.
    pub(super) fn failure(&self, message: String) -> Box<End> {
        Box::new(End { outcome: names::FAILED.clone(), failure: Some(message), fault: None })
    }

    /// Lets time pass until a moment, unless a timer interrupts the node before.
    pub(super) fn pass_until(&mut self, moment: u64) -> Result<(), Interrupt> {
        self.pass(moment, INTERRUPTING)
    }

    /// Lets time pass that a hang-up does not cut short.
    pub(super) fn pass_regardless(&mut self, ms: u64) -> Result<(), Interrupt> {
        self.pass(self.state.now.saturating_add(ms), INTERRUPTING_WITHOUT_CALLER)
    }

    fn pass(&mut self, moment: u64, interrupting: &[Timer]) -> Result<(), Interrupt> {
        let fired = self.state.timers.first_until(moment, interrupting);
        let until = fired.map_or(moment, |(_, at_ms)| at_ms);
        if until > self.state.now {
            self.state.now = until;
            self.progress();
        }
        match fired {
            None => Ok(()),
            Some((Timer::Signal, _)) => Err(Interrupt::Signalled),
            Some((Timer::HangUp | Timer::Patience, _)) => Err(Interrupt::HungUp),
            Some((Timer::Answer, _)) => Err(Interrupt::Answered),
            Some((Timer::Deadline, _)) => Err(Interrupt::TooLong),
        }
    }

    /// Something happened that makes the state a new one: see the guard on livelock.
    pub(super) fn progress(&mut self) {
        self.state.window.clear();
    }

    /// The current flow and node.
    pub(super) fn current(&self) -> Option<(&'a Flow, &'a Node)> {
        let flow = self.program.flows.get(self.state.frame.flow)?;
        Some((flow, flow.nodes.get(self.state.node)?))
    }

    /// The program-wide index of the current node.
    pub(super) fn here(&self) -> u32 {
        self.index_of(self.state.node)
    }

    /// The program-wide index of a node of the current flow.
    pub(super) fn index_of(&self, node: usize) -> u32 {
        self.program.first_node.get(self.state.frame.flow).map_or(0, |first| first + node as u32)
    }

    /// The current node's name, as suites call it.
    pub(super) fn name(&self) -> &'a Name {
        static NONE: std::sync::LazyLock<Name> = std::sync::LazyLock::new(|| "?".into());
        self.program.table.nodes.get(self.here() as usize).map_or(&NONE, |names| &names.name)
    }

    /// The index of a node's outcome: `place`, if it is called so there, else wherever it is. One that the node does not
    /// have is no index of it.
    pub(super) fn outcome(&self, node: &Node, place: usize, name: &str) -> u16 {
        if node.outcomes.get(place).is_some_and(|outcome| *outcome.name == *name) {
            return place as u16;
        }
        node.outcomes.iter().rposition(|outcome| *outcome.name == *name).map_or(u16::MAX, |place| place as u16)
    }

    /// The index of a node's outcome `error`.
    pub(super) fn error_outcome(&self, node: &Node) -> Option<u16> {
        node.outcomes.iter().rposition(|outcome| &*outcome.name == "error").map(|place| place as u16)
    }

    /// What expressions see now.
    pub(super) fn view(&self) -> View<'_> {
        View { frame: &self.state.frame, request: self.request, now: self.state.now }
    }

    /// Gives a variable of the current flow a value.
    pub(super) fn set(&mut self, slot: usize, value: Value) {
        if self.log.on && self.state.frame.get(slot) != Some(&value) {
            self.log_change(slot, &value);
        }
        self.state.frame.set(slot, value);
    }

    fn log_change(&mut self, slot: usize, new: &Value) {
        let index = self.state.frame.flow;
        let Some(flow) = self.program.flows.get(index) else { return };
        let old = self.state.frame.get(slot);
        let shown = |value: &Value| if self.is_secret(slot) { Value::from(SECRET) } else { value.clone() };
        let event = TraceEvent::VariableChanged {
            at_ms: self.state.now,
            name: flow.slots.name(slot).clone(),
            flow: (index > 0).then(|| flow.id.value.clone()),
            old: old.map_or(Value::Null, shown),
            new: shown(new),
        };
        self.log.full_event(|| event);
    }

    /// Whether a slot of the current flow may hold a secret.
    pub(super) fn is_secret(&self, slot: usize) -> bool {
        is_secret(self.program, self.state.frame.flow, slot)
    }

    /// Whether one of these slots may hold a secret.
    pub(super) fn any_secret(&self, slots: &[usize]) -> bool {
        slots.iter().any(|&slot| self.is_secret(slot))
    }

    /// A template's text as a trace may show it.
    pub(super) fn render(&self, template: &Template) -> Result<String, NodeError> {
        Ok(template.render(&self.view(), &|slot| self.is_secret(slot))?)
    }

    /// A template's text as it is, for nobody's eyes.
    pub(super) fn render_plain(&self, template: &Template) -> Result<String, NodeError> {
        Ok(template.render(&self.view(), &|_| false)?)
    }
}

/// Whether a slot of a flow may hold a secret.
pub(super) fn is_secret(program: &Program, flow: usize, slot: usize) -> bool {
    program.secret.get(flow).and_then(|secret| secret.get(slot)).copied().unwrap_or(false)
}

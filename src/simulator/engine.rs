//! Executes a program: one node after the other, until the call ends.

use super::digest::mix;
use super::frame::Frame;
use super::guard;
use super::limit::{LimitChecker, WallLimit};
use super::log::Log;
use super::names;
use super::prompts::Ready;
use super::scope::View;
use super::state::{Arrival, End, Gone, Halt, State, Trouble, Turn};
use super::trace::{Fault, Variable};
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
    pub state: State<'a>,
    pub log: Log,
    /// Beyond the call: how long its simulation may take.
    pub limit: LimitChecker<'a>,
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
        Self { program, request, state, log, limit, keys: String::new(), ready: Vec::new(), input: None, message: None }
    }

    /// What comes before a node: hang-ups, signals and guards. False once the call has ended.
    pub(super) fn arrive(&mut self) -> bool {
        if self.state.end.is_none()
            && self.state.gone.is_none()
            && self.state.hang_up_at.is_some_and(|at| at <= self.state.now)
        {
            self.hang_up(None, Gone::HungUp);
        }
        if self.state.end.is_some() {
            return false;
        }
        if self.limit.count() {
            self.finish(self.failure("the simulation was given up".to_owned()));
            return false;
        }
        if self.state.gone.is_none() {
            self.take_signal();
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
        } else if self.state.now > guards.duration_ms {
            guard::duration(guards)
        } else if !self.state.window.note(here, digest) {
            guard::livelock(self.name())
        } else {
            return true;
        };
        self.finish(self.failure(text));
        false
    }

    /// A signal whose time has come takes the call to its node.
    fn take_signal(&mut self) {
        while let Some((at, name)) = self.request.call.signals.get(self.state.signal)
            && *at <= self.state.now
        {
            self.state.signal += 1;
            let node = |flow: &Flow| flow.events.on_signal.iter().find(|(signal, _)| signal == name).map(|&(_, to)| to);
            if self.enter(node) {
                self.progress();
                return;
            }
        }
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
        let turn = self.perform(flow, node).unwrap_or_else(|trouble| self.settle(node, trouble));
        let outcome = match &turn {
            Turn::Outcome(outcome) | Turn::Again(outcome) => Some(*outcome),
            Turn::HungUp(outcome) => *outcome,
            Turn::Moved | Turn::Returned(..) | Turn::Mistaken(_) | Turn::End(_) => None,
        };
        // Only an unwired error needs its message once more.
        let message = match &turn {
            Turn::Outcome(_) => self.message.as_deref().map(str::to_owned),
            _ => None,
        };
        self.log.step(Step {
            node: here,
            outcome: outcome.filter(|&outcome| usize::from(outcome) < node.outcomes.len()),
            at_ms,
            duration_ms: self.state.now - at_ms,
            input: self.input.take(),
            message: self.message.take(),
        });
        match turn {
            Turn::Outcome(outcome) => self.follow(outcome, message),
            Turn::Again(_) | Turn::Moved => {}
            Turn::Returned(outcome, message) => self.follow(outcome.unwrap_or(u16::MAX), message),
            Turn::Mistaken(message) => self.unwired_error(Some(message)),
            Turn::HungUp(outcome) => {
                let gone = if matches!(node.kind, Kind::Queue(_)) { Gone::Abandoned } else { Gone::HungUp };
                self.hang_up(outcome, gone);
            }
            Turn::End(end) => self.finish(end),
        }
    }

    /// What the node does.
    fn perform(&mut self, flow: &'a Flow, node: &'a Node) -> Result<Turn, Trouble> {
        if self.state.gone.is_some() && node.kind.is_input() {
            return Err(Trouble::Mistake("the caller has hung up".to_owned()));
        }
        match &node.kind {
            Kind::Start => Ok(Turn::Outcome(self.outcome(node, 0, "next"))),
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
                Ok(Turn::End(End::with(end.disposition.clone())))
            }
            Kind::Return(name) => Ok(self.return_node(name)),
        }
    }

    /// What becomes of a node that could not come to an outcome of its own.
    fn settle(&mut self, node: &Node, trouble: Trouble) -> Turn {
        let fault = match trouble {
            Trouble::Halt(Halt::HungUp) => return Turn::HungUp(None),
            Trouble::Halt(Halt::TooLong) => return Turn::End(self.failure(guard::duration(&self.request.guards))),
            Trouble::Mistake(message) => {
                self.message = Some(message.as_str().into());
                return match self.error_outcome(node) {
                    Some(outcome) => Turn::Outcome(outcome),
                    None => Turn::Mistaken(message),
                };
            }
            Trouble::NoClock => Fault::NoClock { node: self.name().clone() },
            Trouble::Fault(fault) => *fault,
        };
        let text = fault.to_string();
        self.message = Some(text.as_str().into());
        Turn::End(Box::new(End { outcome: names::FAILED.clone(), failure: Some(text), fault: Some(fault) }))
    }

    /// Ends the call. Whatever happens after a hang-up, the call was hung up; only a failure is still one.
    pub(super) fn finish(&mut self, mut end: Box<End>) {
        if end.failure.is_none() {
            match self.state.gone {
                Some(Gone::HungUp) => end.outcome = names::HUNG_UP.clone(),
                Some(Gone::Abandoned) => end.outcome = names::ABANDONED.clone(),
                None => {}
            }
        }
        self.state.end = Some(end);
    }

    /// The end of a call that failed.
    pub(super) fn failure(&self, message: String) -> Box<End> {
        Box::new(End { outcome: names::FAILED.clone(), failure: Some(message), fault: None })
    }

    /// Lets time pass until a moment, unless the caller hangs up or the guard on time strikes before.
    pub(super) fn pass_until(&mut self, moment: u64) -> Result<(), Halt> {
        let mut until = moment;
        let mut halt = Ok(());
        if self.state.gone.is_none()
            && let Some(hang_up_at) = self.state.hang_up_at
            && hang_up_at < until
        {
            until = hang_up_at;
            halt = Err(Halt::HungUp);
        }
        let limit = self.request.guards.duration_ms;
        if limit < until {
            until = limit;
            halt = Err(Halt::TooLong);
        }
        if until > self.state.now {
            self.state.now = until;
            self.progress();
        }
        halt
    }

    /// Lets time pass that a hang-up does not cut short.
    pub(super) fn pass_regardless(&mut self, ms: u64) -> Result<(), Halt> {
        let hang_up_at = self.state.hang_up_at.take();
        let result = self.pass_until(self.state.now.saturating_add(ms));
        self.state.hang_up_at = hang_up_at;
        result
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
        self.state.frame.set(slot, value);
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
    pub(super) fn render(&self, template: &Template) -> Result<String, Trouble> {
        Ok(template.render(&self.view(), &|slot| self.is_secret(slot))?)
    }

    /// A template's text as it is, for nobody's eyes.
    pub(super) fn render_plain(&self, template: &Template) -> Result<String, Trouble> {
        Ok(template.render(&self.view(), &|_| false)?)
    }

    /// The trace of the call, which has ended.
    pub(super) fn into_trace(mut self) -> Trace {
        let end = match self.state.end.take() {
            Some(end) => end,
            None => self.failure("the call did not end".to_owned()),
        };
        self.log.unused(self.state.buffer.len());
        Trace {
            table: self.program.table.clone(),
            variables: self.final_variables(),
            steps: self.log.steps,
            outcome: end.outcome,
            duration_ms: self.state.now,
            failure: end.failure,
            fault: end.fault,
            lookups: self.log.lookups,
            prompts: self.log.prompts,
            keypresses: self.log.keypresses,
            prompt_ms: self.log.prompt_ms,
            unused_items: u32::try_from(self.state.items.len()).unwrap_or(u32::MAX),
            unused_keys: self.log.unused_keys,
        }
    }

    /// The variables of the first flow, then those that came beside them.
    fn final_variables(&self) -> Vec<Variable> {
        let frame: &Frame = self.state.callers.first().unwrap_or(&self.state.frame);
        let Some(flow) = self.program.flows.get(frame.flow) else { return Vec::new() };
        let mut variables = Vec::with_capacity(flow.slots.len() + frame.carried.len());
        let mut add = |name: &Name, value: &Value, secret| {
            variables.push(Variable { name: name.clone(), value: value.clone(), secret });
        };
        if frame.flow == 0 {
            for (slot, name) in flow.slots.iter().enumerate() {
                if let Some(value) = frame.get(slot) {
                    add(name, value, is_secret(self.program, frame.flow, slot));
                }
            }
            for carried in frame.carried.iter().filter(|carried| flow.slots.get(&carried.name).is_none()) {
                add(&carried.name, &carried.value, carried.secret);
            }
            return variables;
        }
        // The call has left the first flow by a jump: its variables live on by name.
        let first = self.program.flows.first().map(|flow| &flow.slots);
        let names = first.into_iter().flatten().chain(flow.slots.iter());
        let mut seen: Vec<&Name> = Vec::new();
        for name in names.chain(frame.carried.iter().map(|carried| &carried.name)) {
            if let Some((value, secret)) = frame.find(self.program, name)
                && !seen.contains(&name)
            {
                seen.push(name);
                add(name, value, secret);
            }
        }
        variables
    }
}

/// Whether a slot of a flow may hold a secret.
pub(super) fn is_secret(program: &Program, flow: usize, slot: usize) -> bool {
    program.secret.get(flow).and_then(|secret| secret.get(slot)).copied().unwrap_or(false)
}

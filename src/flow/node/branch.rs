//! Settings of the nodes that branch or call external systems.

use std::sync::Arc;

use crate::flow::Name;
use crate::flow::expression::{Expression, Template};
use crate::flow::schedule::Schedule;

/// Branches by value or by conditions.
#[derive(Debug)]
pub struct Switch {
    /// The value to compare; none if every case has its own condition.
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

/// Calls an external service.
#[derive(Debug)]
pub struct Lookup {
    /// The name that stubs answer.
    pub service: Name,
    /// The inputs of the service, by name.
    pub inputs: Vec<(Name, Expression)>,
    /// The slot and the field of the answer that it stores.
    pub outputs: Vec<(usize, Name)>,
    /// Timeout for the answer, in ms.
    pub timeout_ms: u64,
}

/// Branches by opening hours.
#[derive(Debug)]
pub struct Hours {
    /// When it is open.
    pub schedule: Arc<Schedule>,
    /// A condition that overrides the schedule with the outcome `emergency`.
    pub emergency: Option<Expression>,
}

/// Counts its entries.
#[derive(Debug)]
pub struct Loop {
    /// The number of repetitions, evaluated at each entry.
    pub times: Expression,
    /// The slot of the counter.
    pub counter: Option<usize>,
}

/// A platform setting without effect on the path of the call.
#[derive(Debug)]
pub struct Effect {
    /// Its kind, for example `recording`, `whisper`, `voice`.
    pub kind: Name,
    /// Its settings by name.
    pub settings: Vec<(Name, Template)>,
}

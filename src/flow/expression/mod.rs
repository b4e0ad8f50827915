//! Expressions: typed, bounded, compiled once.
#![allow(missing_docs)]
use std::sync::Arc;
use super::{Name, Value};
use crate::diagnose::{Diagnostic, Source, Spanned};
#[derive(Debug, Default, Clone)]
pub struct Slots {}
impl Slots {
    pub fn intern(&mut self, _name: &str) -> usize { todo!() }
    pub fn get(&self, _name: &str) -> Option<usize> { todo!() }
    pub fn name(&self, _slot: usize) -> &Name { todo!() }
    pub fn len(&self) -> usize { todo!() }
    pub fn is_empty(&self) -> bool { todo!() }
    pub fn iter(&self) -> std::slice::Iter<'_, Name> { todo!() }
}
#[derive(Debug, Clone)]
pub struct Expression {}
#[derive(Debug, Clone, thiserror::Error)]
#[error("todo")]
pub struct EvaluationError {}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System { CallAni, CallDnis, ClockDate, ClockTime, ClockHour, ClockMinute, ClockWeekday }
pub trait Scope {
    fn variable(&self, slot: usize) -> Option<&Value>;
    fn system(&self, name: System) -> Result<Value, EvaluationError>;
}
impl Expression {
    pub fn parse(_source: &Arc<Source>, _text: &Spanned<String>, _slots: &mut Slots) -> Result<Self, Diagnostic> { todo!() }
    pub fn constant(_value: Value) -> Self { todo!() }
    pub fn evaluate(&self, _scope: &dyn Scope) -> Result<Value, EvaluationError> { todo!() }
    pub fn evaluate_boolean(&self, _scope: &dyn Scope) -> Result<bool, EvaluationError> { todo!() }
    pub fn reads(&self) -> &[usize] { todo!() }
    pub fn reads_clock(&self) -> bool { todo!() }
    pub fn text(&self) -> &str { todo!() }
}
#[derive(Debug, Clone)]
pub struct Template {}
impl Template {
    pub fn parse(_source: &Arc<Source>, _text: &Spanned<String>, _slots: &mut Slots) -> Result<Self, Diagnostic> { todo!() }
    pub fn as_static(&self) -> Option<&Name> { todo!() }
    pub fn render(&self, _scope: &dyn Scope, _is_secret: &dyn Fn(usize) -> bool) -> Result<String, EvaluationError> { todo!() }
    pub fn reads(&self) -> &[usize] { todo!() }
    pub fn text(&self) -> &str { todo!() }
}

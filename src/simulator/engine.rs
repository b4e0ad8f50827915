//! Executes a program.

use super::{Request, Trace};
use crate::flow::Program;

/// Simulates one call from the entry flow's start to its end.
pub fn simulate(_program: &Program, _request: &Request) -> Trace {
    todo!()
}

//! Scores: what a trace is worth against the scenario's expectations. Each formula stands in one place.

mod result;

pub use result::{
    Accuracy, Aligned, Check, CheckKind, CheckState, Effort, Interactions, PathFit, Place, Score,
};

//! A comparison of two runs for people.

mod against;
mod markdown;
mod text;
pub(super) mod words;

pub(super) use against::Against;
pub(crate) use against::{Baseline, ComparisonReport};
pub(super) use markdown::body as comparison_body;
pub(crate) use markdown::comparison_markdown;
pub(crate) use text::comparison_text;

//! A comparison of two runs for people.

mod against;
mod markdown;
mod text;
pub(super) mod words;

pub(super) use against::Against;
pub use against::{Baseline, ComparisonReport};
pub(super) use markdown::body as comparison_body;
pub use markdown::comparison_markdown;
pub use text::comparison_text;

//! A comparison of two runs for people.

mod markdown;
mod text;
pub(super) mod words;

pub use markdown::comparison_markdown;
pub use text::comparison_text;

//! Diagnostics as people read them.

use super::Diagnostic;

/// How a diagnostic is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// Columns of the terminal; long source lines are trimmed around the caret.
    pub width: usize,
}

/// Draws one diagnostic; ends with a line break.
pub fn render(_diagnostic: &Diagnostic, _style: Style) -> String {
    todo!()
}

/// The same text with every control character (other than a line break or a tab) shown as its Unicode control picture,
/// so that no name or value can steer the reader's terminal.
pub fn safe_text(_text: &str) -> std::borrow::Cow<'_, str> {
    todo!()
}

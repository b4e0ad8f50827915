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


//! Colours of the terminal report.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

use crate::record::Verdict;

/// Paints, or does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    /// Whether ANSI escapes are written.
    pub(super) color: bool,
}

impl Paint {
    /// A text in a style.
    pub(super) fn style(self, style: Style, text: impl Display) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// Of less interest.
    pub(super) fn dim(self, text: impl Display) -> String {
        self.style(Style::new().dimmed(), text)
    }

    /// A heading.
    pub(super) fn bold(self, text: impl Display) -> String {
        self.style(Style::new().bold(), text)
    }

    /// Something bad.
    pub(super) fn red(self, text: impl Display) -> String {
        self.style(AnsiColor::Red.on_default().bold(), text)
    }

    /// Something good.
    pub(super) fn green(self, text: impl Display) -> String {
        self.style(AnsiColor::Green.on_default(), text)
    }

    /// A text in the colour of a verdict.
    pub(super) fn verdict(self, verdict: Verdict, text: impl Display) -> String {
        let style = match verdict {
            Verdict::Passed => AnsiColor::Green.on_default(),
            Verdict::Failed | Verdict::Error => AnsiColor::Red.on_default().bold(),
            Verdict::Flaky => AnsiColor::Yellow.on_default().bold(),
            Verdict::Skipped => AnsiColor::Cyan.on_default(),
        };
        self.style(style, text)
    }
}

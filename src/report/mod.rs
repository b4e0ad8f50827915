//! Reports: each is made of a run's events.

mod broken;
mod caret;
mod cobertura;
mod comparison;
mod diff;
mod file;
mod flow_graph;
mod gate;
mod history;
mod html;
mod journal;
mod json;
mod junit;
mod numbers;
mod paint;
mod progress;
mod table;
mod terminal;
mod xml;

pub use broken::broken_text;
pub use cobertura::Cobertura;
pub use comparison::{comparison_markdown, comparison_text};
pub use diff::{DiffLine, DiffMark, path_diff};
pub use file::ReportFile;
pub use flow_graph::flow_graph;
pub use history::{HistoryReport, history_text};
pub use html::{HtmlReport, Sources, html_page};
pub use journal::Journal;
pub use json::JsonReport;
pub use junit::{Dialect, JUnit};
pub use progress::Progress;
pub use terminal::{Terminal, TerminalOptions};
pub use xml::{XmlPlace, xml_safe};

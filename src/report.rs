//! Reports: each is made of a run's events.

pub(crate) mod audit;
mod broken;
mod caret;
mod cobertura;
pub(crate) mod compare;
mod comparison;
mod diff;
pub(crate) mod drawing;
mod file;
mod flow_graph;
mod gate;
mod github;
mod history;
mod html;
mod journal;
mod json;
mod junit;
mod markdown;
mod metrics;
mod numbers;
mod paint;
mod progress;
mod table;
#[cfg(feature = "otel")]
pub(crate) mod telemetry;
mod terminal;
mod xml;

pub(crate) use cobertura::Cobertura;
pub(crate) use comparison::{Baseline, ComparisonReport, comparison_markdown, comparison_text};
pub(crate) use file::{ReportFile, ReportPath, STDOUT};
pub(crate) use flow_graph::flow_graph;
pub(crate) use github::Annotations;
pub(crate) use history::{HistoryReport, history_text};
pub(crate) use html::{HtmlReport, Sources};
pub(crate) use journal::Journal;
pub(crate) use json::JsonReport;
pub(crate) use junit::{Dialect, JUnit};
pub(crate) use markdown::Markdown;
pub(crate) use metrics::Metrics;
pub(crate) use progress::Progress;
pub(crate) use terminal::{Terminal, TerminalOptions};
#[cfg(test)]
pub(crate) use xml::{XmlPlace, xml_safe};

//! `coverage.xml`: coverage in the format of Cobertura, which the coverage views of CI servers read.
//!
//! A package is a folder of flow files, a class is a flow file, a line is the line on which a node stands, and its
//! branches are the node's outcomes. `docs/coverage.md` is the reference.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event as XmlEvent};
use quick_xml::name::QName;

use super::xml::{XmlPlace, xml_safe};
use super::{ReportFile, ReportPath};
use crate::record::{CoverageRecord, Event, EventKind, FlowCoverage, RunHeader};
use crate::runner::{Json, Order, ReportError, Reporter};

/// The document type that the format's readers know.
const DOCTYPE: &str = "coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\"";

/// Writes `coverage.xml`. A run whose coverage is not known leaves no file.
pub(crate) struct Cobertura {
    path: ReportPath,
    header: RunHeader,
    /// When the run began, in ms since 1970.
    started_ms: i64,
    file: Option<ReportFile>,
}

impl Cobertura {
    /// A report in this file.
    pub(crate) fn new(path: impl Into<ReportPath>) -> Self {
        Self { path: path.into(), header: RunHeader::default(), started_ms: 0, file: None }
    }
}

impl Reporter for Cobertura {
    fn name(&self) -> &str {
        self.path.name()
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { header, started, .. } => {
                self.header = RunHeader::clone(header);
                self.started_ms = started.parse().map_or(0, jiff::Timestamp::as_millisecond);
            }
            EventKind::RunFinished { summary } => {
                if let Some(coverage) = &summary.coverage {
                    let mut file = ReportFile::create(&self.path)?;
                    file.write(&document(coverage, &self.header.callpath, self.started_ms))?;
                    self.file = Some(file);
                } else {
                    // That of an earlier run would be taken for this one's. Where there is none there is nothing to do.
                    let _ = std::fs::remove_file(self.path.path());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.file.take().map_or(Ok(()), ReportFile::complete)
    }
}

/// What a part of the document adds up to.
#[derive(Clone, Copy, Default)]
struct Sums {
    lines: u64,
    lines_covered: u64,
    branches: u64,
    branches_covered: u64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.lines_covered += other.lines_covered;
        self.branches += other.branches;
        self.branches_covered += other.branches_covered;
    }

    /// The rates of lines and of branches; 1 where there is nothing to cover, as Cobertura itself writes it.
    fn rates(&self) -> [String; 2] {
        let rate = |covered: u64, of: u64| if of == 0 { 1.0 } else { covered as f64 / of as f64 };
        [rate(self.lines_covered, self.lines), rate(self.branches_covered, self.branches)]
            .map(|rate| format!("{rate:.4}"))
    }
}

/// One line of a file.
#[derive(Clone, Copy, Default)]
struct Line {
    hits: u64,
    branches: u64,
    branches_covered: u64,
}

/// The lines of a flow's file. Nodes that share a line are one; a line counts as hit when each of its nodes was visited,
/// so that a flow on one line is not covered by its first node.
fn lines(flow: &FlowCoverage) -> BTreeMap<u32, Line> {
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    for node in flow.nodes.iter().filter(|node| node.reachable) {
        let first = !lines.contains_key(&node.line);
        let line = lines.entry(node.line).or_default();
        line.hits = if first { node.visits } else { line.hits.min(node.visits) };
        let outcomes = node.outcomes.iter().filter(|outcome| outcome.counts);
        let counted: Vec<u64> = outcomes.map(|outcome| outcome.taken).collect();
        // One way on is no branch.
        if counted.len() > 1 {
            line.branches += counted.len() as u64;
            line.branches_covered += counted.iter().filter(|&&taken| taken > 0).count() as u64;
        }
    }
    lines
}

fn sums(lines: &BTreeMap<u32, Line>) -> Sums {
    let mut sums = Sums::default();
    for line in lines.values() {
        sums.add(Sums {
            lines: 1,
            lines_covered: u64::from(line.hits > 0),
            branches: line.branches,
            branches_covered: line.branches_covered,
        });
    }
    sums
}

/// A class and its lines.
struct Class<'r> {
    flow: &'r FlowCoverage,
    lines: BTreeMap<u32, Line>,
    sums: Sums,
}

fn document(coverage: &CoverageRecord, version: &str, started_ms: i64) -> Vec<u8> {
    let mut packages: BTreeMap<&str, Vec<Class<'_>>> = BTreeMap::new();
    let mut all = Sums::default();
    for flow in &coverage.flows {
        let folder = flow.file.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let lines = lines(flow);
        let sums = sums(&lines);
        all.add(sums);
        packages.entry(folder).or_default().push(Class { flow, lines, sums });
    }
    let mut bytes = Vec::new();
    let mut xml = Xml(Writer::new_with_indent(&mut bytes, b' ', 1));
    xml.write(XmlEvent::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    xml.write(XmlEvent::DocType(BytesText::from_escaped(DOCTYPE)));
    let [line_rate, branch_rate] = all.rates();
    let number = |number: u64| number.to_string();
    let (lines_valid, lines_covered) = (number(all.lines), number(all.lines_covered));
    let (branches_valid, branches_covered) = (number(all.branches), number(all.branches_covered));
    xml.open(
        "coverage",
        &[
            ("line-rate", &line_rate),
            ("branch-rate", &branch_rate),
            ("lines-covered", &lines_covered),
            ("lines-valid", &lines_valid),
            ("branches-covered", &branches_covered),
            ("branches-valid", &branches_valid),
            ("complexity", "0"),
            ("version", version),
            ("timestamp", &started_ms.to_string()),
        ],
    );
    xml.open("sources", &[]);
    xml.open("source", &[]);
    xml.write(XmlEvent::Text(BytesText::from_escaped(".")));
    xml.close("source");
    xml.close("sources");
    xml.open("packages", &[]);
    for (folder, classes) in &packages {
        let mut sums = Sums::default();
        classes.iter().for_each(|class| sums.add(class.sums));
        let [line_rate, branch_rate] = sums.rates();
        let name = folder.replace('/', ".");
        let attributes =
            [("name", &*name), ("line-rate", &line_rate), ("branch-rate", &branch_rate), ("complexity", "0")];
        xml.open("package", &attributes);
        xml.open("classes", &[]);
        classes.iter().for_each(|class| xml.class(class));
        xml.close("classes");
        xml.close("package");
    }
    xml.close("packages");
    xml.close("coverage");
    bytes.push(b'\n');
    bytes
}

/// A writer into memory, so that writing cannot fail.
struct Xml<'b>(Writer<&'b mut Vec<u8>>);

impl Xml<'_> {
    fn write(&mut self, event: XmlEvent<'_>) {
        // A vector takes everything.
        let _ = self.0.write_event(event);
    }

    fn start<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes {
            // Escaped here and taken over as it is.
            start.push_attribute(Attribute { key: QName(key), value: xml_safe(value, XmlPlace::Attribute) });
        }
        start
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(XmlEvent::Start(Self::start(name, attributes)));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(XmlEvent::Empty(Self::start(name, attributes)));
    }

    fn close(&mut self, name: &str) {
        self.write(XmlEvent::End(BytesEnd::new(name)));
    }

    fn class(&mut self, class: &Class<'_>) {
        let [line_rate, branch_rate] = class.sums.rates();
        let attributes = [
            ("name", &*class.flow.flow),
            ("filename", &class.flow.file),
            ("line-rate", &line_rate),
            ("branch-rate", &branch_rate),
            ("complexity", "0"),
        ];
        self.open("class", &attributes);
        self.empty("methods", &[]);
        self.open("lines", &[]);
        for (number, line) in &class.lines {
            self.line(*number, *line);
        }
        self.close("lines");
        self.close("class");
    }

    fn line(&mut self, number: u32, line: Line) {
        let (number, hits) = (number.to_string(), line.hits.to_string());
        if line.branches == 0 {
            return self.empty("line", &[("number", &number), ("hits", &hits), ("branch", "false")]);
        }
        let percent = line.branches_covered * 100 / line.branches;
        let percent = format!("{percent}%");
        let coverage = format!("{percent} ({}/{})", line.branches_covered, line.branches);
        let attributes = [("number", &*number), ("hits", &hits), ("branch", "true"), ("condition-coverage", &coverage)];
        self.open("line", &attributes);
        self.open("conditions", &[]);
        self.empty("condition", &[("number", "0"), ("type", "jump"), ("coverage", &percent)]);
        self.close("conditions");
        self.close("line");
    }
}

#[cfg(test)]
mod tests;

use std::sync::Arc;

use roxmltree::{Document, Node, ParsingOptions};

use super::*;
use crate::flow::Program;
use crate::score::{Coverage, PlannedCall};
use crate::simulator::{Input, Request, simulate};

const FLOW: &str = "flow: tea
start: menu
nodes:
  menu: { type: menu, prompts: [x], choices: { \"1\": kind, \"2\": bye } }
  kind: { type: menu, prompts: [x], choices: { \"7\": bye } }
  one: { type: play, prompts: [x], next: bye }
  bye: { type: end }
";

fn record() -> CoverageRecord {
    let program: Arc<Program> = Program::parse(&[FLOW, "flow: b\nstart: x\nnodes:\n  x: { type: end }\n"]).unwrap();
    let keys = |keys: &str| Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None };
    let request = Request { keypad: vec![keys("1"), keys("7")], ..Request::default() };
    let mut coverage = Coverage::new();
    coverage.add(0, &program, &simulate(&program, &request), true, &[]);
    let call = PlannedCall { suite: 0, id: "s::c", program: &program, request: &request };
    let mut record = coverage.finish(std::iter::once(call)).coverage;
    // A second flow in another folder, and the same file's folder once more.
    let first = record.flows[0].clone();
    record.flows[0].file = "flows/a/tea.yaml".to_owned();
    // As a server might call it.
    record.flows[0].flow = "tea <&> \u{1b}".to_owned();
    record.flows.push(FlowCoverage { file: "flows/a/more.yaml".to_owned(), ..first.clone() });
    record.flows.push(FlowCoverage { file: "top.yaml".to_owned(), ..first });
    record
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {node:?}"))
}

/// Elements, the children that they may have in this order, and the attributes that they must have: coverage-04.dtd.
const RULES: [(&str, &[&str], &[&str]); 12] = [
    (
        "coverage",
        &["sources", "packages"],
        &[
            "line-rate",
            "branch-rate",
            "lines-covered",
            "lines-valid",
            "branches-covered",
            "branches-valid",
            "complexity",
            "version",
            "timestamp",
        ],
    ),
    ("sources", &["source"], &[]),
    ("source", &[], &[]),
    ("packages", &["package"], &[]),
    ("package", &["classes"], &["name", "line-rate", "branch-rate", "complexity"]),
    ("classes", &["class"], &[]),
    ("class", &["methods", "lines"], &["name", "filename", "line-rate", "branch-rate", "complexity"]),
    ("methods", &["method"], &[]),
    ("lines", &["line"], &[]),
    ("line", &["conditions"], &["number", "hits"]),
    ("conditions", &["condition"], &[]),
    ("condition", &[], &["number", "type", "coverage"]),
];

/// Lines, lines hit, branches and branches taken of the lines below a node.
fn counted(node: Node) -> [u64; 4] {
    let mut sums = [0; 4];
    for line in node.descendants().filter(|node| node.has_tag_name("line")) {
        sums[0] += 1;
        sums[1] += u64::from(number(line, "hits") > 0.0);
        let Some(conditions) = line.attribute("condition-coverage") else { continue };
        assert_eq!(line.attribute("branch"), Some("true"));
        let (taken, of) = conditions.split_once('(').unwrap().1.trim_end_matches(')').split_once('/').unwrap();
        sums[2] += of.parse::<u64>().unwrap();
        sums[3] += taken.parse::<u64>().unwrap();
    }
    sums
}

#[test]
fn the_document_is_as_the_format_wants_it_and_adds_up() {
    let text = String::from_utf8(document(&record(), "1.2.3", 1_700_000_000_000)).unwrap();
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).unwrap();
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let (_, children, attributes) =
            RULES.iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("{name}"));
        let places: Vec<_> = node
            .children()
            .filter(Node::is_element)
            .map(|child| children.iter().position(|known| child.has_tag_name(*known)).expect("a child that is allowed"))
            .collect();
        assert!(places.is_sorted(), "{name}");
        for attribute in *attributes {
            assert!(node.attribute(*attribute).is_some(), "{attribute} in {name}");
        }
        if let Some(rate) = node.attribute("line-rate") {
            let [lines, hit, branches, taken] = counted(node);
            let ratio = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
            assert!((rate.parse::<f64>().unwrap() - ratio(hit, lines)).abs() < 1e-4);
            assert!((number(node, "branch-rate") - ratio(taken, branches)).abs() < 1e-4);
        }
    }
    let root = document.root_element();
    let [lines, hit, branches, taken] = counted(root);
    // Three of three nodes a call can come to; menu has 5 outcomes that count, kind 4; each time three of the flow.
    assert_eq!([lines, hit, branches, taken], [9, 9, 27, 6]);
    let sums =
        ["lines-valid", "lines-covered", "branches-valid", "branches-covered"].map(|name| number(root, name) as u64);
    assert_eq!(sums, [lines, hit, branches, taken]);
    let packages: Vec<_> = root
        .descendants()
        .filter(|node| node.has_tag_name("package"))
        .map(|node| node.attribute("name").unwrap())
        .collect();
    assert_eq!(packages, [".", "flows.a"]);
    let class = root.descendants().find(|node| node.attribute("filename") == Some("flows/a/tea.yaml")).unwrap();
    assert_eq!(class.attribute("name"), Some("tea <&> ␛"));
}

#[test]
fn nodes_on_one_line_are_one_line() {
    let mut flow = record().flows.remove(0);
    flow.nodes.iter_mut().for_each(|node| node.line = 1);
    flow.nodes[0].visits = 7;
    let lines = lines(&flow);
    // menu, kind and bye; the play node cannot be reached.
    assert_eq!((lines.len(), lines[&1].hits, lines[&1].branches, lines[&1].branches_covered), (1, 1, 9, 2));
    flow.nodes[1].visits = 0;
    assert_eq!(super::lines(&flow)[&1].hits, 0);
}

#[test]
fn a_run_without_coverage_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.xml");
    let event = |summary| Event {
        at_us: 0,
        totals: Default::default(),
        kind: EventKind::RunFinished { summary: Box::new(summary) },
    };
    let mut report = Cobertura::new(&path);
    report.event(&event(crate::record::RunRecord::default()), None).unwrap();
    report.finish().unwrap();
    assert!(!path.exists());
    let summary = crate::record::RunRecord { coverage: Some(record()), ..Default::default() };
    let mut report = Cobertura::new(&path);
    report.event(&event(summary), None).unwrap();
    report.finish().unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
}

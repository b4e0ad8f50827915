use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::record::{FlowRecord, SuiteRecord};
use crate::runner::testing::*;
use crate::runner::{RunOptions, Stop, run};

/// A sample: its name, its labels and its value.
type Sample = (String, BTreeMap<String, String>, f64);

/// Reads the text format 0.0.4 as its reference has it: one HELP and one TYPE before the samples of each family, no family
/// twice, no sample twice, label values with `\\`, `\"` and `\n`.
fn read(text: &str) -> Vec<Sample> {
    let name = regex::Regex::new(r"^[a-zA-Z_:][a-zA-Z0-9_:]*$").unwrap();
    let (mut families, mut samples): (Vec<String>, Vec<Sample>) = (Vec::new(), Vec::new());
    assert!(text.ends_with('\n'), "the last line is ended");
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (family, help) = help.split_once(' ').expect("a help text");
            assert!(name.is_match(family) && !help.is_empty() && !families.contains(&family.to_owned()), "{line}");
            assert_eq!(lines.next(), Some(&*format!("# TYPE {family} gauge")));
            families.push(family.to_owned());
            continue;
        }
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (family, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert_eq!(Some(family), families.last().map(|family| &**family), "{line} stands in its family");
        let sample = (family.to_owned(), read_labels(labels), value.parse().expect("a number"));
        assert!(!samples.iter().any(|other| other.0 == sample.0 && other.1 == sample.1), "{line} stands there twice");
        samples.push(sample);
    }
    samples
}

fn read_labels(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while rest != "}" {
        let (key, after) = rest.split_once("=\"").expect("a label");
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next().expect("the value is ended") {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next().expect("an escape").1 {
                    'n' => '\n',
                    c @ ('\\' | '"') => c,
                    c => panic!("\\{c} is no escape"),
                }),
                (_, c) => value.push(c),
            }
        };
        assert!(labels.insert(key.to_owned(), value).is_none(), "{key} stands there twice");
        rest = after[end + 1..].trim_start_matches(',');
    }
    labels
}

fn value(samples: &[Sample], name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let same = |found: &BTreeMap<String, String>| {
        found.len() == labels.len()
            && labels.iter().all(|(key, value)| found.get(*key).is_some_and(|found| found == value))
    };
    samples.iter().find(|(found, given, _)| found == name && same(given)).map(|(_, _, value)| *value)
}

fn written(folder: &Path) -> String {
    let path = folder.join("callpath.prom");
    let suites = vec![
        (
            "bank/main",
            vec![spec("reaches an agent", [GOOD]), spec("closed at night", [BAD]), spec("in the end", [BAD, GOOD])],
        ),
        ("bank/odd \"\\\n", vec![Spec { skip: Some("later"), ..spec("later", [GOOD]) }]),
    ];
    let (plan, mock) = bench(suites, vec![broken_file()]);
    let options = RunOptions { retries: 1, ..RunOptions::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let outcome = runtime.block_on(run(plan, mock, &options, vec![Box::new(Metrics::new(&path))], &Stop::new()));
    assert_eq!(outcome.report_failures, []);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn everything_that_is_measured_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let text = written(folder.path());
    read(&text);
    let times = regex::Regex::new(r"(?m)^(callpath_run_(?:start_time|duration)_seconds) .*$").unwrap();
    insta::assert_snapshot!(times.replace_all(&text, "$1 TIME").replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn values_are_those_of_the_record_and_names_come_back() {
    let samples = read(&written(tempfile::tempdir().unwrap().path()));
    let value = |name: &str, labels: &[(&str, &str)]| value(&samples, name, labels);
    assert_eq!(value("callpath_run_scenarios", &[("verdict", "passed")]), Some(1.0));
    assert_eq!(value("callpath_run_scenarios", &[("verdict", "error")]), Some(1.0));
    assert_eq!(value("callpath_suite_scenarios", &[("suite", "bank/odd \"\\\n"), ("verdict", "skipped")]), Some(1.0));
    // Nothing of that suite was measured.
    assert_eq!(value("callpath_suite_score_ratio", &[("suite", "bank/odd \"\\\n"), ("score", "accuracy")]), None);
    let start = value("callpath_run_start_time_seconds", &[]).unwrap();
    assert!(start > 1.7e9, "{start}");
}

#[test]
fn the_number_of_series_is_bounded() {
    let suite = |index: usize| SuiteRecord {
        suite: format!("s{index}"),
        name: String::new(),
        file: String::new(),
        totals: Totals::default(),
        scores: Scores::default(),
        coverage: Default::default(),
    };
    let flow = |index: usize| FlowRecord {
        flow: format!("f{index}"),
        version: "1".to_owned(),
        totals: Totals::default(),
        scores: Scores::default(),
    };
    let record = RunRecord {
        suites: (0..250).map(suite).collect(),
        flows: (0..101).map(flow).collect(),
        ..RunRecord::default()
    };
    let samples = read(&text(&record).unwrap());
    assert!(samples.len() < 1_100, "{}", samples.len());
    assert_eq!(value(&samples, "callpath_left_out", &[("label", "suite")]), Some(150.0));
    assert_eq!(value(&samples, "callpath_left_out", &[("label", "flow")]), Some(1.0));
    assert_eq!(value(&samples, "callpath_left_out", &[("label", "gate")]), Some(0.0));
}

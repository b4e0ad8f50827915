use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;
use crate::runner::testing::*;
use crate::runner::{RunOptions, Stop, run};

/// Suites in which everything happens.
fn mixed() -> Vec<(&'static str, Vec<Spec>)> {
    let lookup = Act::Walk("welcome.next hours.open tier.silver balance.success tell.next bye", "completed");
    vec![
        (
            "bank/main",
            vec![
                Spec {
                    description: Some("From \"1\"\nto <2> & 3"),
                    properties: vec![
                        ("requirement", "BANK-1 & <2>"),
                        ("owner", "card desk"),
                        ("outcome", "says the user"),
                    ],
                    ..spec("reaches an agent", [GOOD])
                },
                spec("closed at night", [BAD]),
                spec("passes in the end", [BAD, Act::Refuse("busy"), GOOD]),
                spec("balance", [lookup]),
            ],
        ),
        (
            "bank/odd",
            vec![
                spec("defect", [Act::Refuse("down"), Act::Panic]),
                Spec {
                    skip: Some("waits for \"v8\" & <b>"),
                    properties: vec![("owner", "card desk")],
                    ..spec("later", [GOOD])
                },
                Spec { outcome: None, path: &[], hours: None, ..spec("loops", [Act::Fail("livelock at 'hours'")]) },
            ],
        ),
    ]
}

fn junit(suites: Vec<(&str, Vec<Spec>)>, dialect: Dialect) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    let (plan, mock) = bench(suites, vec![broken_file()]);
    let options = RunOptions { jobs: NonZeroUsize::MIN, retries: 2, ..RunOptions::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let outcome = runtime.block_on(run(plan, mock, &options, vec![Box::new(JUnit::new(&path, dialect))], &Stop::new()));
    assert_eq!(outcome.report_failures, []);
    std::fs::read_to_string(path).unwrap()
}

/// The same with times and the version made equal.
fn still(document: &str) -> String {
    let times = regex::Regex::new(r#"( time)="[0-9.]+""#).unwrap();
    let stamps = regex::Regex::new(r#"timestamp="[^"]+""#).unwrap();
    let document = times.replace_all(document, "$1=\"T\"");
    let document = stamps.replace_all(&document, "timestamp=\"S\"");
    document.replace(concat!("value=\"", env!("CARGO_PKG_VERSION"), "\""), "value=\"V\"")
}

#[test]
fn the_rich_dialect_says_where_each_case_stands() {
    insta::assert_snapshot!(still(&junit(mixed(), Dialect::Rich)));
}

#[test]
fn the_strict_dialect_says_what_both_schemas_allow() {
    insta::assert_snapshot!(still(&junit(mixed(), Dialect::Strict)));
}

#[test]
fn counts_add_up() {
    for dialect in [Dialect::Rich, Dialect::Strict] {
        let text = junit(mixed(), dialect);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let number =
            |node: roxmltree::Node, name: &str| node.attribute(name).map_or(0, |n| n.parse::<usize>().unwrap());
        for name in ["tests", "failures", "errors"] {
            let sum: usize = root.children().filter(|n| n.is_element()).map(|suite| number(suite, name)).sum();
            assert_eq!(number(root, name), sum, "{name}");
        }
        for suite in root.children().filter(|n| n.is_element()) {
            let count = |tag: &str| suite.descendants().filter(|n| n.has_tag_name(tag)).count();
            let counted = ["testcase", "failure", "error", "skipped"].map(count);
            assert_eq!(["tests", "failures", "errors", "skipped"].map(|name| number(suite, name)), counted);
        }
    }
}

/// What XML can hold of a text.
fn documented(text: &str) -> String {
    let place = |text: &str| crate::report::xml_safe(text, crate::report::XmlPlace::Attribute).into_owned();
    let document = format!("<a b=\"{}\"/>", place(text));
    roxmltree::Document::parse(&document).unwrap().root_element().attribute("b").unwrap().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_name_and_message_makes_a_document_that_says_it(name in any::<String>(), reason in any::<String>()) {
        let reason: &'static str = Box::leak(reason.into_boxed_str());
        for dialect in [Dialect::Rich, Dialect::Strict] {
            let suites = vec![("main", vec![spec(name.clone(), [Act::Refuse(reason)]), spec("flaky", [Act::Refuse(reason), GOOD])])];
            let text = junit(suites, dialect);
            let document = roxmltree::Document::parse(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
            prop_assert_eq!(cases.len(), 3);
            prop_assert_eq!(cases[1].attribute("name").map(str::to_owned), Some(documented(&name)));
            let message = |tag: &str, case: usize| {
                cases[case].children().find(|node| node.has_tag_name(tag)).and_then(|node| node.attribute("message")).map(str::to_owned)
            };
            prop_assert_eq!(message("error", 1), Some(documented(reason)));
            prop_assert_eq!(message("flakyError", 2), Some(documented(reason)));
            structure(&document).map_err(TestCaseError::fail)?;
        }
    }
}

/// The rules of both schemas that a writer could break, without a schema at hand.
fn structure(document: &roxmltree::Document) -> Result<(), String> {
    const ORDER: [&str; 9] = [
        "failure",
        "rerunFailure",
        "flakyFailure",
        "skipped",
        "error",
        "rerunError",
        "flakyError",
        "system-out",
        "system-err",
    ];
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let children = case.children().filter(|node| node.is_element() && !node.has_tag_name("properties"));
        let places: Vec<_> =
            children.map(|child| ORDER.iter().position(|name| child.has_tag_name(*name))).collect::<Vec<_>>();
        if places.contains(&None) || !places.is_sorted() {
            return Err(format!("children out of order: {places:?}"));
        }
        case.attribute("time").and_then(|time| time.parse::<f64>().ok()).ok_or("a case without time")?;
    }
    let reruns = ["rerunFailure", "flakyFailure", "rerunError", "flakyError"];
    for rerun in document.descendants().filter(|node| reruns.iter().any(|name| node.has_tag_name(*name))) {
        if rerun.attribute("type").is_none() || !rerun.children().any(|child| child.has_tag_name("stackTrace")) {
            return Err("a rerun without type or stackTrace".to_owned());
        }
    }
    Ok(())
}

/// Validates a document against a schema with xmllint; it must be there.
fn xmllint(schema: &Path, document: &str) {
    assert!(schema.is_file(), "{} is missing", schema.display());
    let mut child = Command::new("xmllint")
        .args(["--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint is installed (package libxml2-utils)");
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{document}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_strict_dialect_satisfies_both_schemas() {
    let hostile = "\u{1b}[31m]]>\0\u{ffff}<b>\t\r\n&\"'";
    let mut suites = mixed();
    suites.push((
        "hostile \u{7}",
        vec![spec(hostile, [Act::Refuse(hostile)]), spec("again", [Act::Refuse(hostile), BAD])],
    ));
    let text = junit(suites, Dialect::Strict);
    let document = roxmltree::Document::parse(&text).unwrap();
    structure(&document).unwrap();
    let Some(folder) = std::env::var_os("CALLPATH_XSD").map(PathBuf::from) else {
        eprintln!("CALLPATH_XSD names no folder with the schemas: only the structure was tested");
        return;
    };
    xmllint(&folder.join("junit-10.xsd"), &text);
    let suites: Vec<_> = document.root_element().children().filter(roxmltree::Node::is_element).collect();
    let names: Vec<_> = suites.iter().filter_map(|suite| suite.attribute("name")).collect();
    // The run's coverage has a suite of its own, without cases.
    assert_eq!((names.len(), names.last()), (5, Some(&"coverage")));
    for suite in suites {
        // The element as it stands in the document, which has no namespaces or entities of its own.
        xmllint(&folder.join("surefire-test-report.xsd"), &text[suite.range()]);
    }
}

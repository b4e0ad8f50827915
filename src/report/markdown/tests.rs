use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::*;
use crate::record::{RejectedRecord, RunRecord, StopReason, SuiteRecord};
use crate::report::compare::Run;
use crate::runner::testing::*;
use crate::runner::{RunOptions, Stop, run};
use crate::suite::gate::Gate;

fn mixed() -> Vec<(&'static str, Vec<Spec>)> {
    let lookup = Act::Walk("welcome.next hours.open tier.silver balance.success tell.next bye", "completed");
    vec![
        (
            "bank/main",
            vec![
                spec("reaches an agent", [GOOD]),
                spec("closed | at `night`", [BAD]),
                spec("passes in the end", [BAD, GOOD]),
                spec("balance", [lookup]),
            ],
        ),
        (
            "bank/odd",
            vec![
                spec(
                    "asks @everyone <b>now</b>",
                    [Act::Refuse("down\n## no heading"), Act::Refuse("down\n## no heading")],
                ),
                Spec { skip: Some("waits for the new prompt"), ..spec("later", [GOOD]) },
            ],
        ),
    ]
}

fn written(suites: Vec<(&str, Vec<Spec>)>, rejected: bool, gates: &[&str], baseline: Option<Baseline>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("comment.md");
    let (plan, mock) = bench(suites, if rejected { vec![broken_file()] } else { vec![] });
    let gates = gates.iter().map(|gate| Gate::parse(gate).unwrap()).collect();
    let options = RunOptions { jobs: NonZeroUsize::MIN, retries: 1, gates, ..RunOptions::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let reporter = Box::new(Markdown::comment(&path, baseline));
    let outcome = runtime.block_on(run(plan, mock, &options, vec![reporter], &Stop::new()));
    assert_eq!(outcome.report_failures, []);
    let time = regex::Regex::new(r" in [0-9.]+ (ms|s)").unwrap();
    time.replace_all(&std::fs::read_to_string(path).unwrap(), " in T").into_owned()
}

#[test]
fn the_verdict_comes_first_and_then_what_is_wrong() {
    insta::assert_snapshot!(written(mixed(), true, &["accuracy>=50%", "path-fitness>=99%"], None));
}

#[test]
fn a_run_that_passed_is_short() {
    insta::assert_snapshot!(written(vec![("bank/main", vec![spec("good", [GOOD])])], false, &[], None));
}

#[test]
fn a_baseline_says_what_is_newly_broken() {
    let mut before = Run::default();
    before.complete(&RunRecord::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    let (plan, mock) =
        bench(vec![("bank/main", vec![spec("reaches an agent", [GOOD]), spec("closed | at `night`", [GOOD])])], vec![]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let reporter = Box::new(crate::report::JsonReport::new(&path));
    runtime.block_on(run(plan, mock, &RunOptions::default(), vec![reporter], &Stop::new()));
    let base = Arc::new(crate::report::compare::read(&path, |_| {}).unwrap());
    let baseline = Baseline { base: "main/run.json".to_owned(), run: base, new: "run.json".to_owned() };
    insta::assert_snapshot!(written(mixed(), false, &["accuracy>=99%"], Some(baseline)));
}

#[test]
fn the_step_summary_is_appended_as_far_as_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary");
    let append = || {
        let mut markdown = Markdown::step_summary(&path, None);
        markdown.document.record = Some(Box::default());
        markdown.finish()
    };
    std::fs::write(&path, "before\n").unwrap();
    append().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("before\n### callpath: "), "{text}");
    std::fs::write(&path, vec![b'x'; SUMMARY - 10]).unwrap();
    let error = append().unwrap_err();
    assert_eq!(error.0, format!("'{}' has no room for it", path.display()));
    assert_eq!(std::fs::metadata(&path).unwrap().len() as usize, SUMMARY - 10);
}

#[test]
fn what_does_not_fit_is_counted_by_whole_entries() {
    let specs: Vec<Spec> = (0..3_000).map(|index| spec(format!("number {index}"), [BAD, BAD])).collect();
    let text = written(vec![("bank/main", specs)], false, &[], None);
    assert!(text.len() <= COMMENT && text.len() > COMMENT - 2_000, "{}", text.len());
    let shown = text.matches("<summary>❌ failed").count();
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert!(text.contains(&format!(
        "\n… and {} scenarios more, see run.json\n",
        super::super::numbers::count(3_000 - shown as u64)
    )));
    assert!(text.contains("| coverage | nodes |"), "the tables have their room");
}

/// The text without blocks, elements and spans of code, by the rules of CommonMark.
fn outside_of_code(text: &str) -> String {
    let mut lines = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            // What follows the opening must not hold a backtick: then it is a span of code.
            None if line.starts_with("```") && !line.trim_start_matches('`').contains('`') => {
                fence = Some(line.chars().take_while(|&c| c == '`').collect())
            }
            None => lines += &format!("{line}\n"),
        }
    }
    assert_eq!(fence, None, "a block of code is not ended");
    let element = regex::Regex::new("<code>[^<>`|@*_\\[\\]\n]*</code>").unwrap();
    let text = element.replace_all(&lines, "");
    let mut outside = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            let length = rest[start..].chars().take_while(|&c| c == '`').count();
            let (before, after) = (&rest[..start], &rest[start + length..]);
            let mut at = 0;
            let end = loop {
                let next = after[at..].find('`').unwrap_or_else(|| panic!("a span of code is not ended: {line}")) + at;
                let run = after[next..].chars().take_while(|&c| c == '`').count();
                if run == length {
                    break next + run;
                }
                at = next + run;
            };
            outside.push_str(before);
            rest = &after[end..];
        }
        outside.push_str(rest);
        outside.push('\n');
    }
    outside
}

fn scenario(id: &str, reason: &str) -> Arc<ScenarioRecord> {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/markdown/scenario.json")).unwrap();
    let mut record: ScenarioRecord = serde_json::from_str(&text).unwrap();
    record.id = id.to_owned();
    record.flow = id.into();
    record.file = id.into();
    record.reason = Some(reason.to_owned());
    Arc::new(record)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn foreign_text_is_only_ever_code(
        texts in proptest::collection::vec("([`|@<>&*_#\\[\\]\\\\ \n\r\t~a-zé]|🦀|```|</details>|<!--|\u{2028}){0,60}", 1..12),
        limit in 8_000_usize..70_000,
        copies in 1_usize..40,
    ) {
        let texts: Vec<String> = texts.iter().map(|text| format!("🦀{text}")).collect();
        let suite = |text: &String| SuiteRecord {
            suite: text.clone(),
            name: text.clone(),
            file: text.clone(),
            totals: Default::default(),
            scores: Default::default(),
            coverage: Default::default(),
        };
        let record = RunRecord {
            suites: texts.iter().chain(&texts).map(suite).collect(),
            rejected: texts
                .iter()
                .map(|text| RejectedRecord { file: text.clone(), suite: text.clone(), diagnostics: Vec::new() })
                .collect(),
            stopped: texts.first().map(|text| StopReason::Unusable { reason: text.clone() }),
            ..RunRecord::default()
        };
        let scenarios: Vec<_> = (0..copies).flat_map(|_| &texts).map(|text| scenario(text, text)).collect();
        let document = Document { record: Some(Box::new(record)), count: scenarios.len() as u64 + 5, scenarios };
        let text = document.write(None, limit);
        prop_assert!(text.len() <= limit.max(30_000), "{} of {}", text.len(), limit);
        let outside = outside_of_code(&text);
        prop_assert_eq!(outside.matches("<details>").count(), outside.matches("</details>\n").count());
        prop_assert!(!outside.contains('🦀'), "{}", outside);
    }
}

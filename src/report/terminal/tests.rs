use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use super::*;
use crate::runner::testing::*;
use crate::runner::{RunOptions, RunOutcome, Stop, run};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn printed(
    suites: Vec<(&str, Vec<Spec>)>,
    rejected: bool,
    options: TerminalOptions,
    run_options: RunOptions,
) -> (String, RunOutcome) {
    let out = Shared::default();
    let (plan, mock) = bench(suites, if rejected { vec![broken_file()] } else { vec![] });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let terminal = Terminal::new(Box::new(out.clone()), None, options);
    let run_options = RunOptions { jobs: NonZeroUsize::MIN, ..run_options };
    let outcome = runtime.block_on(run(plan, mock, &run_options, vec![Box::new(terminal)], &Stop::new()));
    let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
    (text, outcome)
}

/// Without what the clock says: how long it took, and which scenarios were the slowest.
fn still(text: &str) -> String {
    let time = regex::Regex::new(r" in [0-9.]+ (ms|s)").unwrap();
    let mut slow = false;
    let kept = text.lines().filter(|line| {
        slow = line.starts_with("slowest") || (slow && line.starts_with("                "));
        !slow
    });
    let kept: Vec<String> = kept.map(|line| time.replace(line, " in T").into_owned()).collect();
    kept.join("\n")
}

fn mixed() -> Vec<(&'static str, Vec<Spec>)> {
    let lookup = Act::Walk("welcome.next hours.open tier.silver balance.success tell.next bye", "completed");
    vec![
        (
            "bank/main",
            vec![
                spec("reaches an agent", [GOOD]),
                spec("closed at night", [BAD]),
                spec("passes in the end", [BAD, GOOD]),
                spec("balance", [lookup]),
            ],
        ),
        (
            "bank/odd",
            vec![
                spec("def\u{1b}[31mect", [Act::Panic]),
                Spec { skip: Some("waits for the new prompt"), ..spec("later", [GOOD]) },
                Spec { outcome: None, path: &[], hours: None, ..spec("loops", [Act::Fail("livelock at 'hours'")]) },
            ],
        ),
    ]
}

#[test]
fn problems_come_in_order_and_a_summary_at_the_end() {
    let options = TerminalOptions {
        reports: vec!["callpath-report/run.json".to_owned(), "callpath-report/junit.xml".to_owned()],
        ..TerminalOptions::default()
    };
    let (text, _) = printed(mixed(), true, options, RunOptions { retries: 1, ..RunOptions::default() });
    insta::assert_snapshot!(still(&text));
}

#[test]
fn a_run_that_passes_says_little() {
    let specs = vec![spec("a", [GOOD]), spec("b", [GOOD])];
    let (text, _) = printed(vec![("main", specs)], false, TerminalOptions::default(), RunOptions::default());
    insta::assert_snapshot!(still(&text));
}

#[test]
fn verbose_has_a_line_for_each_scenario() {
    let options = TerminalOptions { verbose: true, ..TerminalOptions::default() };
    let specs = vec![spec("a", [GOOD]), Spec { skip: Some("later"), ..spec("b", [GOOD]) }, spec("c", [BAD, GOOD])];
    let (text, _) = printed(vec![("main", specs)], false, options, RunOptions { retries: 1, ..RunOptions::default() });
    let begins = text.lines().take(4).map(|line| {
        line.split("::").next().map(|begin| format!("{begin}::{}", &line[begin.len() + 2..begin.len() + 3]))
    });
    assert_eq!(
        begins.flatten().collect::<Vec<_>>(),
        ["passed   main::a", "skipped  main::b", "again    main::c", "flaky    main::c"]
    );
}

#[test]
fn nothing_of_the_user_reaches_the_terminal_as_a_command() {
    let hostile = "\u{1b}]0;owned\u{7}\u{9b}31m\r";
    let specs = vec![
        spec(format!("bad {hostile}"), [BAD]),
        spec(format!("error {hostile}"), [Act::Refuse("\u{1b}[2J\u{8}")]),
        spec(format!("fine {hostile}"), [GOOD]),
    ];
    let options = TerminalOptions { verbose: true, reports: vec![hostile.to_owned()], ..TerminalOptions::default() };
    let (text, _) = printed(vec![(hostile, specs)], true, options, RunOptions::default());
    let control: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert!(control.is_empty(), "{text}");
}

#[test]
fn colours_are_only_an_addition() {
    let plain = printed(mixed(), true, TerminalOptions::default(), RunOptions::default()).0;
    let options = TerminalOptions { color: true, ..TerminalOptions::default() };
    let colored = printed(mixed(), true, options, RunOptions::default()).0;
    assert!(colored.contains("\u{1b}["));
    assert!(!plain.contains('\u{1b}'));
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    let stripped = escapes.replace_all(&colored, "");
    let trimmed = |text: &str| still(text).lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&stripped), trimmed(&plain));
}

#[test]
fn many_failures_are_cut_short() {
    let specs = (0..130).map(|index| spec(format!("s{index:03}"), [BAD])).collect();
    let (text, _) = printed(vec![("main", specs)], false, TerminalOptions::default(), RunOptions::default());
    assert_eq!(text.matches("--> suites/main.yaml").count(), 300, "three checks each of a hundred scenarios");
    assert!(text.contains("main::s129  (the outcome: expected transferred, taken voicemail)\n"), "{text}");
    assert!(text.contains("main::s019\n") && text.contains("… and 110 more, see run.json\n"), "{text}");
}

#[test]
fn the_end_of_a_stopped_run_says_why() {
    let stopped = |acts: Vec<Act>, options| {
        let specs = acts.into_iter().enumerate().map(|(index, act)| spec(format!("s{index}"), [act])).collect();
        printed(vec![("main", specs)], false, TerminalOptions::default(), options).0
    };
    let text = stopped(vec![BAD, GOOD], RunOptions { max_fail: Some(1), ..RunOptions::default() });
    assert!(text.contains("enough scenarios failed: the rest is skipped\n"), "{text}");
    assert!(text.trim_end().ends_with("stopped early because of failures"), "{text}");
    let text = stopped(vec![Act::Unusable("no route to \u{1b}host"), GOOD], RunOptions::default());
    assert!(text.contains("the target cannot be used, the rest is skipped: no route to ␛host\n"), "{text}");
}

#[test]
fn an_empty_run_has_a_summary() {
    let (text, _) = printed(vec![], false, TerminalOptions::default(), RunOptions::default());
    insta::assert_snapshot!(still(&text), @"0 scenarios: 0 passed in T");
}

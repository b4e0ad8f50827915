use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::runner::testing::*;
use crate::runner::{RunOptions, Stop, run};
use crate::suite::gate::Gate;

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

fn printed(suites: Vec<(&str, Vec<Spec>)>, rejected: bool, gates: &[&str], folder: &str) -> String {
    let out = Shared::default();
    let (plan, mock) = bench(suites, if rejected { vec![broken_file()] } else { vec![] });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let gates = gates.iter().map(|gate| Gate::parse(gate).unwrap()).collect();
    let options = RunOptions { retries: 1, gates, ..RunOptions::default() };
    let reporter = Annotations::new(Box::new(out.clone()), folder);
    let outcome = runtime.block_on(run(plan, mock, &options, vec![Box::new(reporter)], &Stop::new()));
    assert_eq!(outcome.report_failures, []);
    let bytes = out.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn each_kind_of_trouble_stands_at_its_line() {
    let suites = vec![
        (
            "bank/main",
            vec![spec("reaches an agent", [GOOD]), spec("closed, at 10:00", [BAD]), spec("in the end", [BAD, GOOD])],
        ),
        ("bank/odd", vec![spec("100 % down", [Act::Refuse("50 % are\r\nlost"), Act::Refuse("50 % are\r\nlost")])]),
    ];
    insta::assert_snapshot!(printed(suites, true, &["accuracy>=99%"], "ivr/"));
}

#[test]
fn ten_of_a_kind_are_shown_and_the_others_counted() {
    let all = |acts: &dyn Fn() -> Vec<Act>, name: &str, number: usize| -> Vec<Spec> {
        (0..number).map(|index| spec(format!("{name} {index}"), acts())).collect()
    };
    let mut specs = all(&|| vec![BAD, BAD], "bad", 12);
    specs.extend(all(&|| vec![BAD, GOOD], "flaky", 11));
    let text = printed(vec![("bank/main", specs)], true, &["accuracy>=99%"], "");
    let count = |kind: &str| text.lines().filter(|line| line.starts_with(&format!("::{kind} "))).count();
    assert_eq!((count("error"), count("warning"), count("notice")), (10, 10, 1));
    assert!(
        text.lines().nth(1).unwrap().starts_with("::error title=gate missed::"),
        "gates come before scenarios: {text}"
    );
    let last = text.lines().last().unwrap();
    assert_eq!(last, "::notice title=callpath::4 more errors, 1 more warning not shown here; run.json has all");
}

#[test]
fn a_run_without_trouble_has_no_annotations() {
    assert_eq!(printed(vec![("bank/main", vec![spec("good", [GOOD])])], false, &[], ""), "");
}

/// A command, its properties and its message.
type Command = (String, Vec<(String, String)>, String);

/// What the runner of GitHub makes of a command: its unescaping, written down from `ActionCommand.cs`.
fn read(line: &str) -> Option<Command> {
    let (head, message) = line.strip_prefix("::")?.strip_suffix('\n')?.split_once("::")?;
    let (kind, properties) = head.split_once(' ')?;
    let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let pairs =
        properties.split(',').map(|pair| pair.split_once('=').map(|(key, value)| (key.to_owned(), property(value))));
    Some((kind.to_owned(), pairs.collect::<Option<_>>()?, data(message)))
}

proptest! {
    #[test]
    fn the_runner_reads_what_was_meant(file in "\\PC{0,20}", title in any::<String>(), message in any::<String>()) {
        let line = command("error", Some((&file, Some((3, Some(5), Some(2))))), &title, &message);
        let (kind, properties, read) = read(&line).ok_or_else(|| TestCaseError::fail(line.clone()))?;
        prop_assert_eq!(kind, "error");
        prop_assert_eq!(read, safe_text(&message).into_owned());
        let expected = [
            ("file", safe_text(&file).into_owned()),
            ("line", "3".to_owned()),
            ("col", "5".to_owned()),
            ("endColumn", "6".to_owned()),
            ("title", safe_text(&title).into_owned()),
        ];
        prop_assert_eq!(properties, expected.map(|(key, value)| (key.to_owned(), value)));
        prop_assert_eq!(line.lines().count(), 1);
    }
}

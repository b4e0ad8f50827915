//! Test cases stored as files: each folder below `tests/cases/KIND` holds the input of one case and
//! the expected output.

use std::fmt::Write;
use std::path::Path;

use similar::TextDiff;

const EXPECTED: &str = "expected.txt";

/// Renders every case of a kind and compares the output with the `expected.txt` beside its input.
/// With `UPDATE_EXPECT=1` in the environment, the outputs replace these files.
pub(crate) fn check_cases(kind: &str, render: impl Fn(&Path) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(kind);
    let update = std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1");
    let entries = std::fs::read_dir(&folder).expect("the folder of cases");
    let mut cases: Vec<_> = entries.map(|entry| entry.expect("a case").path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "{} is empty", folder.display());
    let mut differences = String::new();
    for case in cases {
        let output = render(&case);
        let path = case.join(EXPECTED);
        if update {
            std::fs::write(&path, output).expect("the expected output can be written");
            continue;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if output != expected {
            let diff = TextDiff::from_lines(&expected, &output);
            // Writing to a String does not fail.
            let _ = write!(differences, "{}:\n{}", case.display(), diff.unified_diff().header("expected", "found"));
        }
    }
    assert!(differences.is_empty(), "{differences}\nUPDATE_EXPECT=1 rewrites the expected outputs");
}

/// The input files of a case: their paths relative to its folder, and their texts.
pub(crate) fn input_files(case: &Path) -> Vec<(String, String)> {
    let entries = walkdir::WalkDir::new(case).sort_by_file_name().into_iter().map(|entry| entry.expect("an entry"));
    let files = entries.filter(|entry| entry.file_type().is_file() && entry.file_name() != EXPECTED);
    files
        .map(|entry| {
            let relative = entry.path().strip_prefix(case).expect("a file of the case");
            let text = std::fs::read_to_string(entry.path()).expect("a file in UTF-8");
            (relative.to_str().expect("a path in UTF-8").replace('\\', "/"), text)
        })
        .collect()
}

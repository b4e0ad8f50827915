//! Runs the program in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command of the program, without what the tester's environment might add.
pub(crate) fn callpath(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callpath"));
    command.current_dir(directory);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CALLPATH_") || text.starts_with("GITHUB_") || name == "RUST_BACKTRACE" {
            command.env_remove(name);
        }
    }
    command.env_remove("CLICOLOR_FORCE").env_remove("CI");
    command
}

/// What a command left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
        Self {
            code: output.status.code().expect("the program was not killed by a signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// Runs the program with these arguments in the repository; reports go where no other test's do.
pub(crate) fn run_in_repository(reports: &Path, arguments: &[&str]) -> Ran {
    let mut command = callpath(repository());
    command.args(arguments).env("CALLPATH_REPORT_DIR", reports);
    command.output().expect("the program starts").into()
}

/// An empty folder to run in.
pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// With the starter project in it.
    pub(crate) fn starter() -> Self {
        let sandbox = Self::new();
        let ran = sandbox.run(&["init"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        sandbox
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn command(&self) -> Command {
        callpath(self.folder.path())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command().args(arguments).output().expect("the program starts").into()
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).expect("JSON")
    }
}

/// The same document without anything under `wall`.
pub(crate) fn without_wall(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("wall");
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    value
}

/// Text with what differs from run to run replaced: wall times, the slowest scenarios, and where the reports went.
pub(crate) fn timeless(text: &str, reports: &Path) -> String {
    let text = text.replace(&*reports.to_string_lossy(), "REPORTS");
    let slowest = regex::Regex::new(r"(?m)^slowest .*\n(?: .*\n)*").expect("a pattern");
    let text = slowest.replace(&text, "slowest         TIMES\n");
    let wall = regex::Regex::new(r"in \d+(\.\d+)? (ms|s)(,|\n)").expect("a pattern");
    wall.replace_all(&text, "in TIME$3").into_owned()
}

/// A flow of two nodes, to hang mistakes on.
pub(crate) const TINY_FLOW: &str = "\
flow: tiny
start: menu
nodes:
  menu: { type: menu, prompts: [\"Press 1.\"], choices: { \"1\": done }, on: { max_attempts: done } }
  done: { type: end }
";

/// A suite for it, with one scenario that passes.
pub(crate) const TINY_SUITE: &str = "\
suite: tiny
flow: flows/tiny.yaml
scenarios:
  - { name: presses one, dtmf: [\"1\"], expect: { ends_at: done } }
";

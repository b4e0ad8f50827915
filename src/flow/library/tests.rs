//! Files on a disk.

use std::fs;

use insta::assert_snapshot;

use super::*;
use crate::flow::read::tests::rendered;

/// A folder with files, and a library.
struct Disk {
    folder: tempfile::TempDir,
    library: Library,
}

impl Disk {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join("root").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Self { folder, library: Library::default() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Asks for a program from a suite in the root.
    fn ask(&self, name: &str) -> (Option<Arc<Program>>, String) {
        let text = format!("flow: {name}\n");
        let span = Span::new(6, 6 + name.len());
        let named_at = Location { source: Source::new("suite.yaml", text), span };
        let mut diagnostics = Diagnostics::new();
        let program = self.library.program(&self.root().join(name), name, &self.root(), &named_at, &mut diagnostics);
        (program, rendered(&diagnostics))
    }
}

const LEAF: &str = "flow: leaf\nstart: a\nnodes: { a: { type: return } }\n";
const MIDDLE: &str =
    "flow: middle\nstart: a\nsubflows: [../leaf.yaml, ../main.yaml]\nnodes: { a: { type: subflow, flow: leaf } }\n";
const MAIN: &str =
    "flow: main\nstart: a\nsubflows: [deep/middle.yaml]\nnodes: { a: { type: subflow, flow: middle } }\n";

#[test]
fn a_program_has_all_flows_that_can_be_reached() {
    let disk = Disk::new(&[("main.yaml", MAIN), ("deep/middle.yaml", MIDDLE), ("leaf.yaml", LEAF)]);
    let (program, said) = disk.ask("main.yaml");
    assert_eq!(said, "");
    let program = program.expect("a program");
    let flows: Vec<_> = program.flows.iter().map(|flow| (&*flow.id.value, flow.source.path())).collect();
    assert_eq!(flows, [("main", "main.yaml"), ("middle", "deep/middle.yaml"), ("leaf", "leaf.yaml")]);
    let (again, _) = disk.ask("main.yaml");
    assert!(Arc::ptr_eq(&program, &again.expect("a program")), "linked once");
    let (leaf, _) = disk.ask("deep/../leaf.yaml");
    assert!(Arc::ptr_eq(&program.flows[2], &leaf.expect("a program").flows[0]), "read once");
    let sources = disk.library.sources();
    assert_eq!(
        sources.iter().map(|source| source.path()).collect::<Vec<_>>(),
        ["deep/middle.yaml", "leaf.yaml", "main.yaml"]
    );
}

#[test]
fn mistakes_of_a_file_are_reported_once() {
    let broken = "flow: leaf\nstart: b\nnodes: { a: { type: return } }\n";
    let disk = Disk::new(&[("main.yaml", MAIN), ("deep/middle.yaml", MIDDLE), ("leaf.yaml", broken)]);
    let (program, said) = disk.ask("main.yaml");
    assert!(program.is_none());
    assert_snapshot!(said, @r#"
error[flow/unknown-node]: unknown node 'b'
 --> leaf.yaml:2:8
  |
2 | start: b
  |        ^ the flow has no node with this id
"#);
    for name in ["main.yaml", "leaf.yaml", "deep/middle.yaml"] {
        let (program, said) = disk.ask(name);
        assert!(program.is_none() && said.is_empty(), "{said}");
    }
    assert_eq!(disk.library.sources().len(), 3, "the broken one too");
}

#[test]
fn mistakes_between_flows_are_reported_once() {
    let middle = MIDDLE.replace("flow: leaf }", "flow: leave }");
    let disk = Disk::new(&[("main.yaml", MAIN), ("deep/middle.yaml", &middle), ("leaf.yaml", LEAF)]);
    assert_snapshot!(disk.ask("main.yaml").1, @r#"
error[flow/unknown-flow]: unknown flow 'leave'
 --> deep/middle.yaml:4:36
  |
4 | nodes: { a: { type: subflow, flow: leave } }
  |                                    ^^^^^
  |
  = help: add its file to 'subflows'
"#);
    let (program, said) = disk.ask("deep/middle.yaml");
    assert!(program.is_none() && said.is_empty(), "{said}");
}

#[test]
fn a_flow_names_only_what_its_own_file_lists() {
    let main = MAIN.replace("flow: middle }", "flow: leaf }");
    let disk = Disk::new(&[("main.yaml", &main), ("deep/middle.yaml", MIDDLE), ("leaf.yaml", LEAF)]);
    assert_snapshot!(disk.ask("main.yaml").1, @r#"
error[flow/unknown-flow]: unknown flow 'leaf'
 --> main.yaml:4:36
  |
4 | nodes: { a: { type: subflow, flow: leaf } }
  |                                    ^^^^
  |
  = help: add its file to 'subflows'
"#);
}

#[test]
fn a_file_that_is_not_there_is_reported_by_all_who_name_it() {
    let disk = Disk::new(&[("flows/main.yaml", MAIN)]);
    let (_, said) = disk.ask("flows/mian.yaml");
    assert_snapshot!(said, @r#"
error[flow/missing-file]: flow file 'flows/mian.yaml' does not exist
 --> suite.yaml:1:7
  |
1 | flow: flows/mian.yaml
  |       ^^^^^^^^^^^^^^^
  |
  = help: did you mean 'flows/main.yaml'?
"#);
    assert_eq!(disk.ask("flows/mian.yaml").1, said);
    assert_snapshot!(disk.ask("flows/main.yaml").1, @r#"
error[flow/missing-file]: flow file 'flows/deep/middle.yaml' does not exist
 --> flows/main.yaml:3:12
  |
3 | subflows: [deep/middle.yaml]
  |            ^^^^^^^^^^^^^^^^ no such file
"#);
    assert_snapshot!(disk.ask("flows/main.yaml/x").1, @r#"
error[flow/missing-file]: flow file 'flows/main.yaml/x' does not exist
 --> suite.yaml:1:7
  |
1 | flow: flows/main.yaml/x
  |       ^^^^^^^^^^^^^^^^^ no such file
"#);
    assert_snapshot!(disk.ask("flows").1, @r#"
error[yaml/unreadable]: this is a directory, not a file
 --> flows
"#);
}

#[test]
fn files_outside_the_root_are_not_touched() {
    let escaping = MAIN.replace("deep/middle.yaml", "/etc/passwd");
    let disk = Disk::new(&[("main.yaml", &escaping)]);
    fs::write(disk.folder.path().join("outside.yaml"), LEAF).expect("a file");
    assert_snapshot!(disk.ask("../outside.yaml").1, @r#"
error[flow/outside-root]: flow file '../outside.yaml' is outside the suite root
 --> suite.yaml:1:7
  |
1 | flow: ../outside.yaml
  |       ^^^^^^^^^^^^^^^
  |
  = help: move it into the folder that the suites are run from, or run them from a folder above
"#);
    assert_snapshot!(disk.ask("../nothing.yaml").1, @r#"
error[flow/outside-root]: flow file '../nothing.yaml' is outside the suite root
 --> suite.yaml:1:7
  |
1 | flow: ../nothing.yaml
  |       ^^^^^^^^^^^^^^^
  |
  = help: move it into the folder that the suites are run from, or run them from a folder above
"#);
    assert_snapshot!(disk.ask("main.yaml").1, @r#"
error[flow/outside-root]: flow file '/etc/passwd' is outside the suite root
 --> main.yaml:3:12
  |
3 | subflows: [/etc/passwd]
  |            ^^^^^^^^^^^
  |
  = help: move it into the folder that the suites are run from, or run them from a folder above
"#);
    assert!(disk.library.sources().iter().all(|source| source.path() == "main.yaml"));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_root() {
    let disk = Disk::new(&[("main.yaml", MAIN)]);
    fs::write(disk.folder.path().join("outside.yaml"), LEAF).expect("a file");
    std::os::unix::fs::symlink(disk.folder.path().join("outside.yaml"), disk.root().join("link.yaml")).expect("a link");
    let (program, said) = disk.ask("link.yaml");
    assert!(program.is_none());
    assert!(said.starts_with("error[flow/outside-root]"), "{said}");
}

#[test]
fn many_threads_get_the_same_program() {
    let disk = Disk::new(&[("main.yaml", MAIN), ("deep/middle.yaml", MIDDLE), ("leaf.yaml", LEAF)]);
    let programs: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| disk.ask("main.yaml").0.expect("a program"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(programs.iter().all(|program| Arc::ptr_eq(program, &programs[0])));
    assert_eq!(disk.library.sources().len(), 3);
}

#[test]
fn how_messages_call_a_file_beside_another() {
    for (shown, named, expected) in [
        ("main.yaml", "sub.yaml", "sub.yaml"),
        ("flows/main.yaml", "deep/./sub.yaml", "flows/deep/sub.yaml"),
        ("flows/main.yaml", "../sub.yaml", "sub.yaml"),
        ("flows/main.yaml", "../../sub.yaml", "../sub.yaml"),
        ("main.yaml", "../sub.yaml", "../sub.yaml"),
        ("/srv/main.yaml", "../a/sub.yaml", "/a/sub.yaml"),
        ("/main.yaml", "sub.yaml", "/sub.yaml"),
        ("main.yaml", "/etc/sub.yaml", "/etc/sub.yaml"),
    ] {
        assert_eq!(shown_beside(shown, named), expected, "{named} beside {shown}");
    }
}

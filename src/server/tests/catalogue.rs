use crate::server::Catalogue;
use crate::server::test_support::flow;
use crate::source::diagnostics::Diagnostics;

#[test]
fn folders_give_their_flows_and_no_suites() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("flows")).unwrap();
    write("flows/one.yaml", &flow("1"));
    write("flows/two.yml", &flow("2"));
    write("suite.yaml", "suite: a\nflow: flows/one.yaml\nscenarios: []\n");
    let mut diagnostics = Diagnostics::new();
    let load = |paths: &[&str], diagnostics: &mut Diagnostics| {
        let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        Catalogue::load(&paths, folder.path(), diagnostics).map(|flows| {
            flows.iter().map(|(id, versions)| format!("{id} {}", versions.len())).collect::<Vec<_>>().join(", ")
        })
    };
    assert_eq!(load(&["."], &mut diagnostics).unwrap(), "line 2");
    assert_eq!(load(&["flows/one.yaml", "flows"], &mut diagnostics).unwrap(), "line 2");
    assert!(diagnostics.is_empty(), "{diagnostics:?}");

    write("flows/three.yaml", &flow("2"));
    let twice = load(&["flows"], &mut diagnostics).unwrap_err().to_string();
    assert_eq!(twice, "two flows have the id 'line' and the version '2'; change one of the versions");
    write("flows/three.yaml", "flow: broken\nnodes: 1\n");
    assert_eq!(load(&["flows"], &mut diagnostics).unwrap_err().to_string(), "flow files with errors: 1");
    assert!(diagnostics.has_errors());
    assert_eq!(load(&["suite.yaml"], &mut diagnostics).unwrap_err().to_string(), "flow files with errors: 1");
    assert_eq!(load(&["nowhere"], &mut diagnostics).unwrap_err().to_string(), "there is no file or folder 'nowhere'");
}

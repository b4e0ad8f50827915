//! The pages and the README: what they name must exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};

use crate::support::{Sandbox, repository};

/// Every page: the README, the changelog and `docs`.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = std::fs::read_dir(repository().join("docs")).expect("the folder");
    let mut paths: Vec<PathBuf> = docs.map(|entry| entry.expect("an entry").path()).collect();
    paths.extend(["README.md", "CHANGELOG.md"].map(|name| repository().join(name)));
    paths.sort();
    let page = |path: PathBuf| (path.clone(), std::fs::read_to_string(&path).expect("a page"));
    paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")).map(page).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).expect("a path of the repository").display().to_string()
}

/// The anchor that a heading gets on the usual forges.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_'))
        .map(|sign| if sign == ' ' { '-' } else { sign })
        .collect()
}

fn anchors(page: &str) -> BTreeSet<String> {
    page.lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for (path, page) in pages() {
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            let found = match std::fs::read_to_string(&target) {
                Ok(text) => place.is_empty() || anchors(&text).contains(place),
                Err(_) => target.is_dir() && place.is_empty(),
            };
            if !found {
                broken.push(format!("{}: {link}", shown(&path)));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The long options of a command and of those below it.
fn options(command: &Command, into: &mut BTreeSet<String>) {
    for argument in command.get_arguments() {
        into.extend(argument.get_long().map(|name| format!("--{name}")));
        into.extend(argument.get_all_aliases().into_iter().flatten().map(|name| format!("--{name}")));
    }
    for below in command.get_subcommands() {
        options(below, into);
    }
}

/// The long options that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let signs = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    let starts = |place: usize| !text[..place].ends_with(|sign: char| sign.is_alphanumeric() || sign == '-');
    let option = |(place, _): (usize, &str)| {
        let name: String = text[place..].chars().take_while(|sign| signs(*sign)).collect();
        let letter = name.trim_start_matches('-').starts_with(|sign: char| sign.is_ascii_lowercase());
        (starts(place) && letter && !name.starts_with("---")).then(|| name.trim_end_matches('-').to_owned())
    };
    text.match_indices("--").filter_map(option).collect()
}

/// Options of other programs that the pages call.
const FOREIGN: &[&str] = &[
    "--release",
    "--path",
    "--schema",
    "--noout",
    "--locked",
    "--jobs",
    "--test",
    "--body-file",
    "--create-if-none",
    "--edit-last",
];

#[test]
fn options_that_the_pages_name_exist() {
    let mut known = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    options(&callpath::internal::cli::Arguments::command(), &mut known);
    known.extend(FOREIGN.iter().map(|name| (*name).to_owned()));
    let mut unknown = Vec::new();
    for (path, page) in pages() {
        unknown.extend(named(&page).difference(&known).map(|name| format!("{}: {name}", shown(&path))));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Every command is told of on a page.
#[test]
fn commands_that_exist_are_on_a_page() {
    let told: String = pages().into_iter().map(|(_, page)| page).collect();
    let commands = callpath::internal::cli::Arguments::command();
    let untold: Vec<&str> = commands
        .get_subcommands()
        .map(Command::get_name)
        .filter(|name| {
            *name != "help" && !told.contains(&format!("callpath {name}")) && !told.contains(&format!("`{name}`"))
        })
        .collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn anchors_are_those_of_the_forges() {
    assert_eq!(anchor(" What a suite's `flow:` names"), "what-a-suites-flow-names");
    assert_eq!(named("`--junit-dialect strict`, a--b and ---"), BTreeSet::from(["--junit-dialect".to_owned()]));
}

/// The block of the README that begins with these words, without its fences.
fn block(page: &str, start: &str) -> String {
    let block = page.split("```").find_map(|block| block.split_once('\n').filter(|(_, text)| text.starts_with(start)));
    block.unwrap_or_else(|| panic!("no block begins with '{start}'")).1.to_owned()
}

/// What a reader types first prints what the README says. A line of `…` stands for lines that were left out.
#[test]
fn the_first_example_of_the_readme_prints_what_it_says() {
    let page = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let sandbox = Sandbox::new();
    for file in ["cards.yaml", "flows/cards.yaml"] {
        sandbox.write(file, block(&page, &format!("# {file}\n")));
    }
    let ran = sandbox.run(&["run", "cards.yaml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let told = block(&page, "$ callpath run cards.yaml\n");
    let mut printed = ran.stdout.lines();
    for line in told.lines().skip(1).filter(|line| line.trim() != "…") {
        let line = line.split(" in ").next().unwrap_or(line);
        assert!(printed.any(|printed| printed.starts_with(line)), "'{line}' is missing in\n{}", ran.stdout);
    }
}

/// What the page says of descriptions and properties is so, with the flow of the README.
#[test]
fn descriptions_and_properties_are_reported_as_the_page_says() {
    let page = |name: &str| std::fs::read_to_string(repository().join(name)).expect("a page");
    let sandbox = Sandbox::new();
    sandbox.write("flows/cards.yaml", block(&page("README.md"), "# flows/cards.yaml\n"));
    sandbox.write("about.yaml", block(&page("docs/suites.md"), "# about.yaml\n"));
    let ran = sandbox.run(&["run", "about.yaml", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("2 scenarios: 2 passed"), "{}", ran.stdout);
    let junit = sandbox.read("callpath-report/junit.xml");
    let properties = block(&page("docs/suites.md"), "<property name=\"description\"").replace('\n', "");
    assert!(junit.contains(&properties), "{properties}\n{junit}");
    let record = sandbox.json("callpath-report/run.json");
    let described = |place: usize| record["scenarios"][place]["description"].as_str().expect("a text").to_owned();
    let start = "Callers who lost a card speak to a person, also ";
    assert_eq!([0, 1].map(described), [format!("{start}at once."), format!("{start}after a wrong key.")]);
}

/// The suite of prompts in the README passes, as its names say.
#[test]
fn the_prompts_of_the_readme_pass() {
    let page = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let sandbox = Sandbox::new();
    sandbox.write("desk.yaml", block(&page, "kind: assist\n"));
    let ran = sandbox.run(&["run", "desk.yaml", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("2 scenarios: 2 passed"), "{}", ran.stdout);
}

/// The number of scenarios that the README shows is that of the example suites.
#[test]
fn the_readme_counts_the_example_suites() {
    let page = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let listed = Sandbox::new().command().current_dir(repository()).args(["list"]).output().expect("it starts");
    let count = String::from_utf8_lossy(&listed.stdout).lines().count();
    assert!(page.contains(&format!("\n{count} scenarios: {count} passed in ")), "{count}");
}

//! Finds suite files from the paths, folders and globs of the command line.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use walkdir::{DirEntry, WalkDir};

use super::paths::{normal, slashed};
use crate::source::diagnostics::{closest, quoted};

/// A file that is, or may be, a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its path in messages: relative to the current directory if it is below it, with `/`.
    pub shown: String,
    /// Named itself, not found in a folder or by a pattern. Only such a file must be a suite; of
    /// the others, [`load`](super::load()) leaves out those that are flows or bases for `extends`.
    pub explicit: bool,
}

/// Why no suites were found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A path that is not there.
    #[error("there is no file or folder {}{}", quoted(path), suggestion(near.as_deref()))]
    Missing {
        /// As given.
        path: String,
        /// An existing path with a similar name.
        near: Option<String>,
    },
    /// A file of settings, named like a suite.
    #[error(
        "{} is TOML, suites and flows are YAML; settings are checked by every command that reads them",
        quoted(path)
    )]
    Settings {
        /// As given.
        path: String,
    },
    /// A pattern that no file matches.
    #[error("no YAML file matches {}", quoted(pattern))]
    NoMatch {
        /// As given.
        pattern: String,
    },
    /// A pattern that is none.
    #[error("{} is not a pattern: {reason}", quoted(pattern))]
    Pattern {
        /// As given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder that cannot be listed.
    #[error("cannot list {}: {source}", quoted(path))]
    Unreadable {
        /// The folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// The files that the paths lead to, each once, in the order of their paths.
///
/// A path is a file; a folder, of which all `*.yaml` and `*.yml` are taken, subfolders too; or a
/// pattern with `*`, `?`, `[…]`, `{a,b}` and `**`, relative to `cwd`. Hidden files and folders
/// (`.git`) are passed over unless they are named themselves, links are followed but never in a
/// circle. The files are not opened: which of those found in folders are suites is decided when
/// they are loaded.
pub fn discover(paths: &[String], cwd: &Path) -> Result<Vec<SuiteFile>, DiscoverError> {
    let mut files = Vec::new();
    for given in paths {
        let path = normal(&cwd.join(given));
        if path.is_dir() {
            files.extend(walk(&path, cwd)?);
        } else if path.extension().is_some_and(|extension| extension == "toml") && path.exists() {
            return Err(DiscoverError::Settings { path: given.clone() });
        } else if path.exists() {
            files.push(file(path, cwd, true));
        } else if given.contains(['*', '?', '[', '{']) {
            files.extend(matching(given, cwd)?);
        } else {
            return Err(DiscoverError::Missing { path: given.clone(), near: near(given, cwd) });
        }
    }
    // Of a file that is named and found, the named one stays.
    files.sort_by(|one, other| one.path.cmp(&other.path).then(other.explicit.cmp(&one.explicit)));
    files.dedup_by(|later, earlier| later.path == earlier.path);
    Ok(files)
}

fn suggestion(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean {}?", quoted(near))).unwrap_or_default()
}

/// The existing path that a misspelt one probably means.
fn near(given: &str, cwd: &Path) -> Option<String> {
    let parts: Vec<&str> = given.split('/').collect();
    let missing = (1..=parts.len()).find(|&count| !cwd.join(parts[..count].join("/")).exists())?;
    let folder = parts[..missing - 1].join("/");
    let folder = if missing == 2 && folder.is_empty() { "/".to_owned() } else { folder };
    let names: Vec<String> = std::fs::read_dir(normal(&cwd.join(folder)))
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.starts_with('.')).collect();
    names.sort_unstable();
    let mut meant = parts.clone();
    meant[missing - 1] = closest(parts[missing - 1], names)?;
    let meant = meant.join("/");
    cwd.join(&meant).exists().then_some(meant)
}

fn file(path: PathBuf, cwd: &Path, explicit: bool) -> SuiteFile {
    let shown = slashed(path.strip_prefix(normal(cwd)).unwrap_or(&path));
    SuiteFile { path, shown, explicit }
}

/// All YAML files below a folder.
fn walk(folder: &Path, cwd: &Path) -> Result<Vec<SuiteFile>, DiscoverError> {
    let visible = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    let mut files = Vec::new();
    let mut linked = false;
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(visible) {
        linked |= entry.as_ref().is_ok_and(DirEntry::path_is_symlink);
        match entry {
            Ok(entry) if entry.file_type().is_dir() || !is_yaml(entry.path()) => {}
            Ok(entry) => files.push(file(entry.into_path(), cwd, false)),
            // A link to one of its own parent folders: the files are found at their real path.
            Err(error) if error.loop_ancestor().is_some() => {}
            // A link to nowhere.
            Err(error) if error.path().is_some_and(Path::is_symlink) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other("unknown"));
                return Err(DiscoverError::Unreadable {
                    path: slashed(path.strip_prefix(cwd).unwrap_or(&path)),
                    source,
                });
            }
        }
    }
    if linked {
        files = each_once(files);
    }
    Ok(files)
}

/// Of a file that links lead to by several ways the one without a link, else the first.
fn each_once(files: Vec<SuiteFile>) -> Vec<SuiteFile> {
    let real = |file: &SuiteFile| file.path.canonicalize().unwrap_or_else(|_| file.path.clone());
    let mut files: Vec<(PathBuf, SuiteFile)> = files.into_iter().map(|file| (real(&file), file)).collect();
    files.sort_by(|(real, one), (other_real, other)| {
        let way = |real: &PathBuf, file: &SuiteFile| *real != file.path;
        real.cmp(other_real).then(way(real, one).cmp(&way(other_real, other))).then(one.path.cmp(&other.path))
    });
    files.dedup_by(|(later, _), (earlier, _)| later == earlier);
    files.into_iter().map(|(_, file)| file).collect()
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// All YAML files that match a pattern.
fn matching(pattern: &str, cwd: &Path) -> Result<Vec<SuiteFile>, DiscoverError> {
    // The walk begins at the folder that the pattern names before its first special character.
    let fixed = pattern.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let folder = fixed.rfind('/').map_or("", |slash| &fixed[..=slash]);
    let start = normal(&cwd.join(folder));
    let rest = &pattern[folder.len()..];
    let glob = GlobBuilder::new(rest).literal_separator(true).empty_alternates(true).build();
    let matcher = glob
        .map_err(|error| DiscoverError::Pattern { pattern: pattern.to_owned(), reason: error.kind().to_string() })?
        .compile_matcher();
    let none = || DiscoverError::NoMatch { pattern: pattern.to_owned() };
    if !start.is_dir() {
        return Err(none());
    }
    let mut files = walk(&start, cwd)?;
    files.retain(|file| file.path.strip_prefix(&start).is_ok_and(|below| matcher.is_match(below)));
    if files.is_empty() { Err(none()) } else { Ok(files) }
}

/// What a YAML file is, by the keys at its top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A suite, or any other file.
    Suite,
    /// A flow: `nodes` and neither `suite` nor `scenarios`.
    Flow,
    /// A base: `defaults` without `scenarios`, and no key that a base may not have (it may be a
    /// slip of the keys).
    Base,
}

/// The keys that a file of defaults may have.
pub(super) const BASE_KEYS: [&str; 8] =
    ["suite", "description", "kind", "flow", "extends", "tags", "defaults", "gates"];

impl Sort {
    /// By the keys at the top.
    pub(super) fn of_keys<'k>(keys: impl Iterator<Item = &'k str> + Clone) -> Self {
        let has = |wanted: &str| keys.clone().any(|key| key == wanted);
        if has("nodes") && !has("suite") && !has("scenarios") {
            Self::Flow
        } else if has("defaults") && keys.clone().all(|key| BASE_KEYS.contains(&key)) {
            Self::Base
        } else {
            Self::Suite
        }
    }

    /// By the lines of a text that begin with a key: enough to tell, and cheap also where the text
    /// is broken.
    pub(super) fn of_text(text: &str) -> Self {
        // Nearly all lines are indented.
        let lines = text.lines().filter(|line| !line.starts_with(' '));
        let keys = lines.filter_map(|line| {
            let first = line.chars().next()?;
            let quote = matches!(first, '"' | '\'');
            let line = if quote { &line[1..] } else { line };
            let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))?;
            let after = if quote { line[end..].strip_prefix(first)? } else { &line[end..] };
            let after = after.trim_start_matches(' ').strip_prefix(':')?;
            (end > 0 && (after.is_empty() || after.starts_with([' ', '\t', '\r']))).then_some(&line[..end])
        });
        let mut known = Vec::new();
        for key in keys {
            // A file with scenarios is a suite; they are nearly all of its lines.
            if key == "scenarios" {
                return Self::Suite;
            }
            known.push(key);
        }
        Self::of_keys(known.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "suite: x\n").unwrap();
        }
        folder
    }

    fn found(folder: &tempfile::TempDir, paths: &[&str]) -> String {
        let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        match discover(&paths, folder.path()) {
            Ok(files) => files
                .iter()
                .map(|file| if file.explicit { format!("{}!", file.shown) } else { file.shown.clone() })
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn finds_files_folders_and_patterns_in_the_order_of_paths() {
        let folder = folder(&[
            "b/x.yml",
            "b/a.yaml",
            "a-b.yaml",
            "a/z.yaml",
            "b/.git/q.yaml",
            "b/.q.yaml",
            "b/n.txt",
            "b/c/d/e.yaml",
        ]);
        assert_eq!(found(&folder, &["."]), "a/z.yaml a-b.yaml b/a.yaml b/c/d/e.yaml b/x.yml");
        assert_eq!(found(&folder, &["b/x.yml", "b"]), "b/a.yaml b/c/d/e.yaml b/x.yml!");
        assert_eq!(found(&folder, &["b", "./b/x.yml"]), "b/a.yaml b/c/d/e.yaml b/x.yml!");
        assert_eq!(found(&folder, &["b/.git/q.yaml", "b/n.txt"]), "b/.git/q.yaml! b/n.txt!");
        assert_eq!(found(&folder, &["b/*.y{a,}ml"]), "b/a.yaml b/x.yml");
        assert_eq!(found(&folder, &["**/*e.yaml"]), "b/c/d/e.yaml");
        assert_eq!(found(&folder, &["*/[az].yaml"]), "a/z.yaml b/a.yaml");
        assert_eq!(found(&folder, &["b/../a/../a"]), "a/z.yaml");
        assert_eq!(found(&folder, &[]), "");
    }

    #[test]
    fn says_which_path_leads_nowhere() {
        let folder = folder(&["a.yaml"]);
        assert_eq!(found(&folder, &["a.yaml", "nothing"]), "there is no file or folder 'nothing'");
        assert_eq!(found(&folder, &["b.yaml"]), "there is no file or folder 'b.yaml'; did you mean 'a.yaml'?");
        assert_eq!(found(&folder, &["b/*.yaml"]), "no YAML file matches 'b/*.yaml'");
        assert_eq!(found(&folder, &["*.yml"]), "no YAML file matches '*.yml'");
        std::fs::write(folder.path().join("callpath.toml"), "").unwrap();
        assert_eq!(
            found(&folder, &["callpath.toml"]),
            "'callpath.toml' is TOML, suites and flows are YAML; settings are checked by every command that reads them"
        );
        assert_eq!(
            found(&folder, &["{a.yaml"]),
            "'{a.yaml' is not a pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"
        );
    }

    #[test]
    fn suggests_the_path_that_was_meant() {
        let folder = folder(&["suites/bank/account.yaml", "suites/.hidden.yaml"]);
        let absolute = folder.path().join("suits").display().to_string();
        let table = [
            ("suits", "suites"),
            ("./suits/bank", "./suites/bank"),
            ("suites/bnak/account.yaml", "suites/bank/account.yaml"),
            ("suites/bank/acount.yaml", "suites/bank/account.yaml"),
            (&absolute, &folder.path().join("suites").display().to_string()),
        ];
        for (given, meant) in table {
            let said = found(&folder, &[given]);
            assert_eq!(said, format!("there is no file or folder '{given}'; did you mean '{meant}'?"));
        }
        for given in
            ["suits/bnak", "suites/bank/cards.yaml", "suites/hidden.yaml", "suites/bank/account.yaml/x", "", "/"]
        {
            let said = found(&folder, &[given]);
            assert!(!said.contains("did you mean"), "{said}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn follows_links_but_not_in_circles() {
        let folder = folder(&["a/x.yaml", "b/y.yaml"]);
        std::os::unix::fs::symlink("..", folder.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("a/gone.yaml")).unwrap();
        std::os::unix::fs::symlink("../b", folder.path().join("a/b")).unwrap();
        assert_eq!(found(&folder, &["a"]), "a/b/y.yaml a/x.yaml");
    }

    #[test]
    fn tells_suites_from_flows_and_bases_by_their_keys() {
        let table = [
            ("suite: x\nscenarios: []\n", Sort::Suite),
            ("flow: x\nstart: a\nnodes:\n  a: {}\n", Sort::Flow),
            ("\"flow\": x\n'nodes' : {}\n", Sort::Flow),
            ("# a flow?\nsuite: x\nnodes: 1\n", Sort::Suite),
            ("defaults: {}\n", Sort::Base),
            ("suite: x\r\ndefaults:\r\n  seed: 1\r\n", Sort::Base),
            ("suite: x\ndefaults: {}\nscenarois: []\n", Sort::Suite),
            ("services:\n  web: {}\n", Sort::Suite),
            ("", Sort::Suite),
            ("  nodes: 1", Sort::Suite),
        ];
        for (text, sort) in table {
            assert_eq!(Sort::of_text(text), sort, "{text:?}");
        }
    }
}

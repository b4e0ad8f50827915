//! Normalises paths of suites and messages: `/` as separator, without `.` and `..` where possible.

use std::path::{Component, Path, PathBuf};

/// A file: its path on disk and its path in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its path on disk.
    pub path: PathBuf,
    /// How messages call it.
    pub shown: String,
}

impl Place {
    /// A file named by this one, relative to its folder.
    pub(super) fn beside(&self, relative: &str) -> Self {
        let path = normal(&self.path.parent().unwrap_or(Path::new("")).join(relative));
        let shown = if Path::new(relative).is_absolute() {
            slashed(&path)
        } else {
            slashed(&normal(&Path::new(&self.shown).parent().unwrap_or(Path::new("")).join(relative)))
        };
        Self { path, shown }
    }
}

/// Removes `.` and resolves `..` after a name, without access to the disk.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match normal.components().next_back() {
                Some(Component::Normal(_)) => drop(normal.pop()),
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => normal.push(".."),
            },
            _ => normal.push(component),
        }
    }
    normal
}

/// With `/` between its parts on every system.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// The root of all suites, and the test whether files are inside it.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// As it was given.
    pub given: PathBuf,
    /// With all links followed.
    real: PathBuf,
}

impl Root {
    /// This folder.
    pub(super) fn new(given: &Path) -> Self {
        let given = std::path::absolute(given).map_or_else(|_| normal(given), |path| normal(&path));
        Self { real: given.canonicalize().unwrap_or_else(|_| given.clone()), given }
    }

    /// The path below the root; none for a file outside it. Links inside the root are not followed.
    pub(super) fn relative(&self, path: &Path) -> Option<PathBuf> {
        let path = std::path::absolute(path).map_or_else(|_| normal(path), |path| normal(&path));
        let below = path.strip_prefix(&self.given).or_else(|_| path.strip_prefix(&self.real));
        match below {
            Ok(below) => Some(below.to_owned()),
            // The folder may be the same by another name.
            Err(_) => Some(path.canonicalize().ok()?.strip_prefix(&self.real).ok()?.to_owned()),
        }
    }

    /// Whether a file is inside the root after following all links.
    pub(super) fn holds(&self, real: &Path) -> bool {
        real.starts_with(&self.real)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_files_relative_to_another() {
        let place = Place { path: "/r/suites/bank/cards.yaml".into(), shown: "suites/bank/cards.yaml".to_owned() };
        let table: Vec<(String, String)> =
            ["base.yaml", "../base.yaml", "./x/../y.yaml", "../../../z.yaml", "/abs.yaml"]
                .map(|relative| place.beside(relative))
                .map(|place| (slashed(&place.path), place.shown))
                .into();
        let expected = [
            ("/r/suites/bank/base.yaml", "suites/bank/base.yaml"),
            ("/r/suites/base.yaml", "suites/base.yaml"),
            ("/r/suites/bank/y.yaml", "suites/bank/y.yaml"),
            ("/z.yaml", "../z.yaml"),
            ("/abs.yaml", "/abs.yaml"),
        ];
        assert_eq!(table, expected.map(|(path, shown)| (path.to_owned(), shown.to_owned())));
    }
}

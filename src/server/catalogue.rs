//! The flows that the server can simulate, possibly several versions of each.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::flow::{Library, Name, Program};
use crate::source::diagnostics::{Diagnostics, Location, Source, Span};
use crate::source::yaml::{self, Data, Limits};
use crate::suite::{DiscoverError, discover};

/// Programs by the id and version of their entry flow.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// By id; the versions of each from the oldest to the newest, at least one.
    flows: BTreeMap<Name, Vec<Arc<Program>>>,
}

/// Why flows cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// No file can be found at a path.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// Two flows have the same id and version.
    #[error("two flows have the id '{id}' and the version '{version}'; change one of the versions")]
    Duplicate {
        /// The id.
        id: String,
        /// The version.
        version: String,
    },
    /// Some files have errors; the diagnostics list them.
    #[error("flow files with errors: {0}")]
    Broken(usize),
    /// No file is a flow.
    #[error("there is no flow in the given paths")]
    Empty,
}

impl Catalogue {
    /// Loads the flows of files and folders. In a folder, every YAML file with the keys `flow` and
    /// `nodes` is a flow. A file that is named itself must be a flow, and may be JSON. Relative
    /// paths start at `root`. A flow below `root` may name files below `root` only, a flow
    /// elsewhere files of its own folder only.
    ///
    /// # Errors
    /// If a path does not exist, a flow has errors, or two flows have the same id and version.
    pub fn load(paths: &[String], root: &Path, diagnostics: &mut Diagnostics) -> Result<Self, CatalogueError> {
        let library = Library::default();
        let mut catalogue = Self::default();
        let mut broken = 0;
        for file in discover(paths, root)? {
            if !file.explicit && !is_flow(&file.path) {
                continue;
            }
            let allowed_root = match file.path.parent() {
                Some(folder) if !file.path.starts_with(root) => folder,
                _ => root,
            };
            let source = Source::new(file.shown.as_str(), "");
            let named_at = Location { source, span: Span::default() };
            match library.program(&file.path, &file.shown, allowed_root, &named_at, diagnostics) {
                Some(program) => catalogue.add(program)?,
                None => broken += 1,
            }
        }
        match broken {
            0 if catalogue.flows.is_empty() => Err(CatalogueError::Empty),
            0 => Ok(catalogue),
            _ => Err(CatalogueError::Broken(broken)),
        }
    }

    /// Adds a flow.
    ///
    /// # Errors
    /// If the catalogue has a flow with the same id and version.
    pub fn add(&mut self, program: Arc<Program>) -> Result<(), CatalogueError> {
        let (id, version) = (program.entry().id.value.clone(), program.entry().version.clone());
        let versions = self.flows.entry(id.clone()).or_default();
        match versions.binary_search_by(|known| compare_versions(&known.entry().version, &version)) {
            Ok(_) => Err(CatalogueError::Duplicate { id: id.to_string(), version: version.to_string() }),
            Err(index) => {
                versions.insert(index, program);
                Ok(())
            }
        }
    }

    /// Finds a flow by id, in a version or else in its newest one.
    pub fn find(&self, id: &str, version: Option<&str>) -> Option<&Arc<Program>> {
        let versions = self.flows.get(id)?;
        match version {
            None => versions.last(),
            Some(version) => versions.iter().find(|program| *program.entry().version == *version),
        }
    }

    /// The versions of a flow, from the oldest to the newest; empty for an unknown id.
    pub fn versions(&self, id: &str) -> &[Arc<Program>] {
        self.flows.get(id).map_or(&[], Vec::as_slice)
    }

    /// All flows in the order of their ids, each with its versions.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &[Arc<Program>])> {
        self.flows.iter().map(|(id, versions)| (id, versions.as_slice()))
    }

    /// The number of flows, not counting versions.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether there are no flows.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }
}

/// Whether a file found in a folder is meant as a flow; suites may be in the same folder.
fn is_flow(path: &Path) -> bool {
    // Errors are reported when the file is read as a flow.
    let mut ignored = Diagnostics::new();
    let limits = Limits::default();
    let Some(source) = yaml::load(path, "", &limits, &mut ignored) else { return false };
    let node = yaml::parse(&source, &limits, &mut ignored);
    let Some(Data::Mapping(entries)) = node.map(|node| node.data) else { return false };
    let has = |key: &str| entries.iter().any(|entry| &**entry.key == key);
    has("flow") && has("nodes")
}

/// Compares two versions part by part: as numbers if both are numbers (`1.10` is newer than `1.9`),
/// else as texts.
fn compare_versions(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.split(['.', '-', '_']), other.split(['.', '-', '_']));
    loop {
        let order = match (left.next(), right.next()) {
            // Different spellings, such as `1.0` and `1-0`, are different versions.
            (None, None) => return one.cmp(other),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                _ => left.cmp(right),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let mut versions = ["1.10", "1.9", "2", "1.9.1", "1.a", "01.9", "beta"];
        versions.sort_by(|one, other| compare_versions(one, other));
        assert_eq!(versions, ["01.9", "1.9", "1.9.1", "1.10", "1.a", "2", "beta"]);
    }
}

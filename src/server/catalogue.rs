//! The flows that can be called, several versions of one id at once.

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
    /// The paths lead to no files.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// A flow that comes twice.
    #[error("the flow '{id}' is there twice in version '{version}'; give one of them another version")]
    Duplicate {
        /// Its id.
        id: String,
        /// The version.
        version: String,
    },
    /// Files that cannot be used; the diagnostics say why.
    #[error("{0} of the flow files cannot be used")]
    Broken(usize),
    /// Folders without a flow.
    #[error("there is no flow in the paths given")]
    Nothing,
}

impl Catalogue {
    /// The flows of files and folders. In a folder every YAML file with the keys `flow` and `nodes` is one; a file that
    /// is named itself must be one, and may be JSON. Paths that are not absolute are relative to `root`, and no flow
    /// below it may name a file outside of it; a flow elsewhere may name files of its own folder.
    ///
    /// # Errors
    /// When a path is not there, a flow is broken, or two are the same version of one id.
    pub fn load(paths: &[String], root: &Path, diagnostics: &mut Diagnostics) -> Result<Self, CatalogueError> {
        let library = Library::default();
        let mut catalogue = Self::default();
        let mut broken = 0;
        for file in discover(paths, root)? {
            if !file.explicit && !is_flow(&file.path) {
                continue;
            }
            let inside = match file.path.parent() {
                Some(folder) if !file.path.starts_with(root) => folder,
                _ => root,
            };
            let source = Source::new(file.shown.as_str(), "");
            let named_at = Location { source, span: Span::default() };
            match library.program(&file.path, &file.shown, inside, &named_at, diagnostics) {
                Some(program) => catalogue.add(program)?,
                None => broken += 1,
            }
        }
        match broken {
            0 if catalogue.flows.is_empty() => Err(CatalogueError::Nothing),
            0 => Ok(catalogue),
            _ => Err(CatalogueError::Broken(broken)),
        }
    }

    /// Adds a flow.
    ///
    /// # Errors
    /// When it is there already in the same version.
    pub fn add(&mut self, program: Arc<Program>) -> Result<(), CatalogueError> {
        let (id, version) = (program.entry().id.value.clone(), program.entry().version.clone());
        let versions = self.flows.entry(id.clone()).or_default();
        match versions.binary_search_by(|known| compare(&known.entry().version, &version)) {
            Ok(_) => Err(CatalogueError::Duplicate { id: id.to_string(), version: version.to_string() }),
            Err(place) => {
                versions.insert(place, program);
                Ok(())
            }
        }
    }

    /// The flow of this id in this version, else in the newest.
    pub fn find(&self, id: &str, version: Option<&str>) -> Option<&Arc<Program>> {
        let versions = self.flows.get(id)?;
        match version {
            None => versions.last(),
            Some(version) => versions.iter().find(|program| *program.entry().version == *version),
        }
    }

    /// The versions of a flow, from the oldest to the newest; empty where there is no such flow.
    pub fn versions(&self, id: &str) -> &[Arc<Program>] {
        self.flows.get(id).map_or(&[], Vec::as_slice)
    }

    /// All flows by id, each in all its versions.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &[Arc<Program>])> {
        self.flows.iter().map(|(id, versions)| (id, versions.as_slice()))
    }

    /// How many flows there are, versions not counted.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }
}

/// Whether a file that was found in a folder is meant as a flow; suites and bases lie beside them.
fn is_flow(path: &Path) -> bool {
    // What is wrong with it is reported when it is read as a flow.
    let mut ignored = Diagnostics::new();
    let limits = Limits::default();
    let Some(source) = yaml::load(path, "", &limits, &mut ignored) else { return false };
    let node = yaml::parse(&source, &limits, &mut ignored);
    let Some(Data::Mapping(entries)) = node.map(|node| node.data) else { return false };
    let has = |key: &str| entries.iter().any(|entry| &**entry.key == key);
    has("flow") && has("nodes")
}

/// The order of two versions: number by number where both have one (`1.10` is newer than `1.9`), else as texts.
fn compare(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.split(['.', '-', '_']), other.split(['.', '-', '_']));
    loop {
        let order = match (left.next(), right.next()) {
            // Spellings such as `1.0` and `1-0` are different versions all the same.
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
        versions.sort_by(|one, other| compare(one, other));
        assert_eq!(versions, ["01.9", "1.9", "1.9.1", "1.10", "1.a", "2", "beta"]);
    }
}

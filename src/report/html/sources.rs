//! The suite files that the page quotes.

use std::path::PathBuf;
use std::sync::Arc;

use crate::record::sha_256;
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::{self, Limits};

/// Where the suite files of a run are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    roots: Vec<PathBuf>,
}

/// Why a file is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// It is not there, or cannot be read.
    Missing,
    /// It is not the file that was run.
    Changed,
}

impl Sources {
    /// No file is quoted.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// The paths of a record are taken to be relative to these folders, the first one first.
    pub(crate) fn below(roots: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { roots: roots.into_iter().collect() }
    }

    /// The file with this hash.
    pub(super) fn read(&self, shown: &str, hash: Option<&str>) -> Result<Arc<Source>, Absent> {
        let mut absent = Absent::Missing;
        for root in &self.roots {
            // What is wrong with a file that cannot be read is no news for the reader of the page.
            let Some(source) = yaml::load(&root.join(shown), shown, &Limits::default(), &mut Diagnostics::new()) else {
                continue;
            };
            if hash.is_some_and(|hash| hash == sha_256(source.text())) {
                return Ok(source);
            }
            absent = Absent::Changed;
        }
        Err(absent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_file_that_was_run_is_quoted() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("a.yaml"), "\u{feff}suite: a\n")?;
        let sources = Sources::below([folder.path().join("elsewhere"), folder.path().to_owned()]);
        let hash = sha_256("suite: a\n");
        assert_eq!(
            sources.read("a.yaml", Some(&hash)).map(|source| source.text().to_owned()),
            Ok("suite: a\n".to_owned())
        );
        assert_eq!(sources.read("a.yaml", Some("00")).err(), Some(Absent::Changed));
        assert_eq!(sources.read("a.yaml", None).err(), Some(Absent::Changed));
        assert_eq!(sources.read("b.yaml", Some(&hash)).err(), Some(Absent::Missing));
        assert_eq!(Sources::none().read("a.yaml", Some(&hash)).err(), Some(Absent::Missing));
        Ok(())
    }
}

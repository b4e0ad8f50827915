//! Parses a source into a tree, with recovery from common mistakes.

use std::borrow::Cow;
use std::sync::Arc;

use super::build::Builder;
use super::stop::ParseStop;
use super::{Limits, Node};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source};

/// Maximum number of unquoted `*` and `#` reported for one file; each costs another pass over the
/// text.
const MAX_REPAIRS: usize = 16;

/// Maximum size in bytes of a file that is parsed again after a repair.
const MAX_REPAIRABLE_BYTES: usize = 1 << 20;

/// Parses one document. Appends mistakes to `diagnostics`; returns none if no tree could be built.
///
/// The result may be a tree even if there are errors such as a duplicate key or an undefined alias,
/// so that callers can find further errors; such a tree must not be run. An unquoted `*` or `#`
/// that breaks the syntax is read as if it were quoted, so that the rest of the file is checked
/// too.
pub fn parse(source: &Arc<Source>, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Node> {
    if u32::try_from(source.text().len()).is_err() {
        diagnostics.push(Diagnostic::file_error("yaml/too-large", source.path(), "the file is larger than 4 GiB"));
        return None;
    }
    let mut text = Cow::Borrowed(source.text());
    let mut repairs = 0;
    loop {
        let built = Builder::new(source, &text, limits).run();
        match built.stop {
            Some(ParseStop::Repairable { at, diagnostic }) => {
                diagnostics.push(*diagnostic);
                repairs += 1;
                if repairs > MAX_REPAIRS || text.len() > MAX_REPAIRABLE_BYTES {
                    diagnostics.extend(built.diagnostics);
                    return None;
                }
                // Replacing it with a letter keeps every offset; the builder reads the spelling
                // from the source.
                text.to_mut().replace_range(at..at + 1, "x");
            }
            stop => {
                diagnostics.extend(built.diagnostics);
                if let Some(ParseStop::Fatal(diagnostic)) = stop {
                    diagnostics.push(*diagnostic);
                    return None;
                }
                return built.root;
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! A source to a tree, as far as it can be read.

use std::borrow::Cow;
use std::sync::Arc;

use super::build::{Builder, Stop};
use super::{Limits, Node};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source};

/// So many unquoted `*` and `#` of one file are reported, each of them costs one more pass over the text.
const REPAIRS: usize = 16;

/// Only files up to this size (in bytes) are passed over again.
const REPAIRABLE: usize = 1 << 20;

/// Parses one document. Mistakes are appended to `diagnostics`; none means that there is nothing to go on with.
///
/// A tree may come back although there are errors (a duplicate key, an undefined alias): it is good for finding more
/// of them, not for running. An unquoted `*` or `#` that breaks the syntax is read as if it stood in quotes, so that the
/// rest of the file is looked at too.
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
            Some(Stop::Repairable { at, diagnostic }) => {
                diagnostics.push(*diagnostic);
                repairs += 1;
                if repairs > REPAIRS || text.len() > REPAIRABLE {
                    diagnostics.extend(built.diagnostics);
                    return None;
                }
                // A plain letter in its place keeps every offset; the builder takes the spelling from the source.
                text.to_mut().replace_range(at..at + 1, "x");
            }
            stop => {
                diagnostics.extend(built.diagnostics);
                if let Some(Stop::Fatal(diagnostic)) = stop {
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

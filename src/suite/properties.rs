//! Free properties of a scenario: texts by name, which reports show and nothing else reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rules;
use super::settings::Names;
use crate::flow::Name;
use crate::source::yaml::{Entry, Node, Reader};

/// Properties by name, so that every report lists them in one order.
pub(crate) type Properties = BTreeMap<Name, Name>;

/// Maximum number of properties of one scenario, those of the defaults included.
pub(super) const MAX_PROPERTIES: usize = 100;

/// The name that reports give to a scenario's description where they list properties.
pub(crate) const DESCRIPTION: &str = "description";

/// Reads `properties` and merges them over those of the defaults, name by name.
pub(super) fn properties(
    node: &Node,
    defaults: &Arc<Properties>,
    names: &mut Names,
    reader: &mut Reader<'_>,
) -> Option<Arc<Properties>> {
    let entries = reader.entries(node, "a mapping of properties")?;
    // Every entry is read even if another one is wrong, so that all mistakes are found.
    let own: Vec<Option<(Name, Name)>> = entries.iter().map(|entry| property(entry, names, reader)).collect();
    let mut merged = Arc::clone(defaults);
    for property in own {
        let (name, value) = property?;
        Arc::make_mut(&mut merged).insert(name, value);
    }
    if merged.len() > MAX_PROPERTIES {
        let message = format!("{} properties, more than the {MAX_PROPERTIES} allowed", merged.len());
        let span = entries.get(MAX_PROPERTIES).or(entries.last()).map_or(node.span, |entry| entry.key.span);
        let diagnostic = reader.error(rules::TOO_MANY, span, message);
        reader.report(diagnostic.help("those of the defaults count too"));
        return None;
    }
    Some(merged)
}

fn property(entry: &Entry, names: &mut Names, reader: &mut Reader<'_>) -> Option<(Name, Name)> {
    let value = reader.text(&entry.value, "the text of a property");
    let key = &entry.key;
    let wrong = if key.trim().is_empty() {
        Some(("the name of a property is empty", "reports show the value beside this name"))
    } else if key.contains(char::is_control) {
        Some(("the name of a property has only one line and no tabs", "reports show the value beside this name"))
    } else if &*key.value == DESCRIPTION {
        Some(("no property can be called 'description'", "'description' is a key of the scenario itself"))
    } else {
        None
    };
    if let Some((message, help)) = wrong {
        let diagnostic = reader.error(rules::INVALID_VALUE, key.span, message).help(help);
        reader.report(diagnostic);
        return None;
    }
    Some((names.intern(key), names.intern(&value?)))
}

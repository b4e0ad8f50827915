//! Deserializes the tables `[gates]` of `callpath.toml`.

use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span, quoted};
use crate::suite::gate::{Gate, GateError, Mistaken};

/// A table of measures and limits as written; [`GateTable::check`] converts it to gates.
#[derive(Clone, Debug, Default)]
pub(super) struct GateTable {
    entries: Vec<(Spanned<String>, Spanned<Limit>)>,
    gates: Vec<Gate>,
}

/// A limit as written, or a table of limits.
#[derive(Clone, Debug)]
enum Limit {
    Text(String),
    Table(GateTable),
}

impl GateTable {
    /// The gates; empty before [`GateTable::check`].
    pub(super) fn gates(&self) -> Vec<Gate> {
        self.gates.clone()
    }

    /// Converts the entries to gates and appends mistakes to `diagnostics`.
    pub(super) fn check(&mut self, source: &Arc<Source>, diagnostics: &mut Diagnostics) {
        let mut gates = Vec::new();
        self.read("", source, &mut gates, diagnostics);
        self.gates = gates;
    }

    fn read(&self, before: &str, source: &Arc<Source>, gates: &mut Vec<Gate>, diagnostics: &mut Diagnostics) {
        for (key, limit) in &self.entries {
            let name = format!("{before}{}", key.get_ref());
            let text = match limit.get_ref() {
                Limit::Table(table) if before.is_empty() && name == "coverage" => {
                    table.read("coverage.", source, gates, diagnostics);
                    continue;
                }
                Limit::Table(_) => "{…}",
                Limit::Text(text) => text,
            };
            let place = |range: std::ops::Range<usize>| Span::new(range.start, range.end);
            let (span, message, help) = match Gate::from_limit(&name, text) {
                Ok(gate) if gates.iter().any(|other| other.measure == gate.measure) => {
                    (place(key.span()), format!("the gate on {} is defined twice", quoted(&name)), None)
                }
                Ok(gate) => {
                    gates.push(gate);
                    continue;
                }
                Err(GateError { mistaken: Mistaken::Limit, message, help }) => (place(limit.span()), message, help),
                Err(GateError { message, help, .. }) => (place(key.span()), message, help),
            };
            diagnostics.push(Diagnostic::error("config/gate", source, span, message).maybe_help(help));
        }
    }
}

impl<'de> Deserialize<'de> for GateTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = GateTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of gates")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<GateTable, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(GateTable { entries, gates: Vec::new() })
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyLimit;

        impl<'de> Visitor<'de> for AnyLimit {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the limit of a gate, a number or a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Limit, E> {
                Ok(Limit::Text(text.to_owned()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Limit, E> {
                Ok(Limit::Text(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Limit, E> {
                Ok(Limit::Text(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Limit, E> {
                Ok(Limit::Text(number.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Limit, A::Error> {
                GateTable::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Limit::Table)
            }
        }

        deserializer.deserialize_any(AnyLimit)
    }
}

//! The variable table of one flow.

use std::collections::HashMap;

use crate::flow::Name;

/// The variables of one flow, each identified by its index (slot).
#[derive(Clone, Debug, Default)]
pub struct Slots {
    names: Vec<Name>,
    indices: HashMap<Name, usize>,
}

impl Slots {
    /// Creates an empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The slot of a name, assigned if it has none.
    pub fn intern(&mut self, name: &str) -> usize {
        if let Some(&slot) = self.indices.get(name) {
            return slot;
        }
        let slot = self.names.len();
        let name = Name::from(name);
        self.names.push(name.clone());
        self.indices.insert(name, slot);
        slot
    }

    /// The slot of a name, if it has one.
    pub fn get(&self, name: &str) -> Option<usize> {
        self.indices.get(name).copied()
    }

    /// The name of a slot.
    ///
    /// # Panics
    /// If the slot is not from this table.
    pub fn name(&self, slot: usize) -> &Name {
        &self.names[slot]
    }

    /// The number of slots; slots are the numbers below it.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in the order of their slots.
    pub fn iter(&self) -> std::slice::Iter<'_, Name> {
        self.names.iter()
    }
}

impl<'a> IntoIterator for &'a Slots {
    type Item = &'a Name;
    type IntoIter = std::slice::Iter<'a, Name>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

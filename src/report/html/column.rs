//! A column of the index.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::Store;
use crate::report::spill::Part;
use crate::runner::ReportError;

/// Bytes that are worth being put away.
const BLOCK: usize = 1 << 16;

/// Values as JSON, in blocks that are put away when they are full.
#[derive(Debug, Default)]
pub(super) struct Column {
    full: Vec<Part>,
    /// Values with commas between them.
    block: Vec<u8>,
}

impl Column {
    /// Adds a value.
    pub(super) fn add(&mut self, value: &impl Serialize, store: &Store) -> Result<(), ReportError> {
        if !self.block.is_empty() {
            self.block.push(b',');
        }
        serde_json::to_writer(&mut self.block, value)
            .map_err(|error| ReportError(format!("cannot write the index as JSON: {error}")))?;
        if self.block.len() >= BLOCK {
            self.full.push(store.push(&self.block)?);
            self.block.clear();
        }
        Ok(())
    }

    /// Gives each block.
    pub(super) fn blocks(
        &self,
        store: &Store,
        mut to: impl FnMut(&[u8]) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let mut block = Vec::with_capacity(BLOCK * 2);
        for part in &self.full {
            block.clear();
            store.read(part, |bytes| {
                block.extend_from_slice(bytes);
                Ok(())
            })?;
            to(&block)?;
        }
        if self.block.is_empty() { Ok(()) } else { to(&self.block) }
    }

    /// Its values, as they were added.
    pub(super) fn values<T: DeserializeOwned>(&self, store: &Store) -> Result<Vec<T>, ReportError> {
        let mut values = Vec::new();
        self.blocks(store, |block| {
            let list = [b"[", block, b"]"].concat();
            let list: Vec<T> = serde_json::from_slice(&list)
                .map_err(|error| ReportError(format!("cannot read the index again: {error}")))?;
            values.extend(list);
            Ok(())
        })?;
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_from_all_blocks() {
        let store = Store::default();
        let mut column = Column::default();
        let titles: Vec<String> = (0..20_000).map(|number| format!("\"{number}\", [é]")).collect();
        titles.iter().for_each(|title| column.add(title, &store).unwrap());
        let mut blocks = Vec::new();
        column
            .blocks(&store, |block| {
                blocks.push(String::from_utf8(block.to_vec()).unwrap());
                Ok(())
            })
            .unwrap();
        assert!(blocks.len() > 2, "{}", blocks.len());
        assert_eq!(format!("[{}]", blocks.join(",")), serde_json::to_string(&titles).unwrap());
        assert_eq!(column.values::<String>(&store).unwrap(), titles);
    }
}

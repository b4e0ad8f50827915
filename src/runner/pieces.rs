//! JSON in memory.

use std::io::{self, Write};

/// Bytes that are written in many pieces, most of them a single one: a bracket, a quote, a comma.
#[derive(Debug)]
pub(super) struct Pieces(pub(super) Vec<u8>);

impl Write for Pieces {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece)?;
        Ok(piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        match piece {
            &[byte] => self.0.push(byte),
            piece => self.0.extend_from_slice(piece),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Opening hours.

/// When a place is open, in the wall-clock time of its zone.
#[derive(Debug)]
pub struct Schedule {}

/// What a schedule says of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Inside a range.
    Open,
    /// Outside.
    Closed,
    /// A holiday.
    Holiday,
}

impl Schedule {
    /// What it says of this instant.
    pub fn at(&self, _instant: jiff::Timestamp) -> Opening {
        todo!()
    }
}

//! How many results arrived, and the sentence that says so.

use crate::source::diagnostics::safe_text;

/// What became of results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Have arrived.
    pub delivered: u64,
    /// Wait in the spool.
    pub pending: u64,
    /// Were not taken, and are kept in the file of results set aside.
    pub aside: u64,
    /// Why some wait.
    pub cause: Option<String>,
    /// Why the first one was set aside.
    pub refusal: Option<String>,
    /// The platform takes nothing until somebody mends what `cause` says.
    pub closed: bool,
}

impl Delivered {
    /// Adds those of another segment.
    pub fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.pending += other.pending;
        self.aside += other.aside;
        self.cause = other.cause.or(self.cause.take());
        self.refusal = self.refusal.take().or(other.refusal);
        self.closed |= other.closed;
    }

    /// Whether all that was to be delivered has arrived.
    pub fn is_complete(&self) -> bool {
        self.pending == 0 && self.aside == 0
    }

    /// One line, such as `export 'qa': 12 delivered, 3 pending (why), 0 set aside`, safe to show.
    pub fn sentence(&self, name: &str) -> String {
        let why = |cause: &Option<String>| cause.as_ref().map_or(String::new(), |cause| format!(" ({cause})"));
        let Self { delivered, pending, aside, cause, refusal, .. } = self;
        let text = format!(
            "export '{name}': {delivered} delivered, {pending} pending{}, {aside} set aside{}",
            why(cause),
            why(refusal)
        );
        safe_text(&text).replace('\n', " ")
    }
}

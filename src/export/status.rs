//! Delivery status: counts of results, and a summary of them.

use crate::source::diagnostics::safe_text;

/// Delivery status of results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryStatus {
    /// Results that the platform has.
    pub delivered: u64,
    /// Results that wait in the spool.
    pub pending: u64,
    /// Results that cannot be delivered and are in the file of dead letters.
    pub dead_letters: u64,
    /// Why results are pending.
    pub cause: Option<String>,
    /// Why the first dead letter cannot be delivered.
    pub rejection: Option<String>,
    /// Whether no delivery can succeed until the configuration changes, as `cause` says.
    pub stopped: bool,
}

impl DeliveryStatus {
    /// Adds the status of another segment.
    pub fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.pending += other.pending;
        self.dead_letters += other.dead_letters;
        self.cause = other.cause.or(self.cause.take());
        self.rejection = self.rejection.take().or(other.rejection);
        self.stopped |= other.stopped;
    }

    /// Whether the platform has all results.
    pub fn is_complete(&self) -> bool {
        self.pending == 0 && self.dead_letters == 0
    }

    /// Formats one line, such as `export 'qa': 12 delivered, 3 pending (why), 0 dead letters`.
    pub fn summary(&self, name: &str) -> String {
        let reason = |reason: &Option<String>| reason.as_ref().map_or(String::new(), |reason| format!(" ({reason})"));
        let Self { delivered, pending, dead_letters, cause, rejection, .. } = self;
        let letters = if *dead_letters == 1 { "dead letter" } else { "dead letters" };
        let text = format!(
            "export '{name}': {delivered} delivered, {pending} pending{}, {dead_letters} {letters}{}",
            reason(cause),
            reason(rejection)
        );
        // The reasons quote the platform.
        safe_text(&text).replace('\n', " ")
    }
}

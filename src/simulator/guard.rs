//! What stops a call that would never end by itself.

use super::request::Guards;
use crate::source::yaml::format_duration;

/// The node executions since the last key, answer, draw or passing of time, each with a digest of the state it began in.
///
/// A call whose state comes back in there is a livelock: with nothing new it must run through the same nodes for ever.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    seen: Vec<(u32, u64)>,
}

impl Window {
    /// Something happened that makes the state a new one.
    pub(super) fn clear(&mut self) {
        self.seen.clear();
    }

    /// Notes an execution; false if the node was there in the same state before.
    pub(super) fn note(&mut self, node: u32, digest: u64) -> bool {
        // The window is short: nearly every node plays, asks or looks something up. At its longest it holds as many
        // entries as the guard on steps allows.
        let new = !self.seen.contains(&(node, digest));
        self.seen.push((node, digest));
        new
    }
}

/// The message for more steps than allowed.
pub(super) fn steps(guards: &Guards) -> String {
    format!("stopped by the guard on steps: more than {} nodes were executed", guards.steps)
}

/// The message for a node that is executed again and again.
pub(super) fn repeats(guards: &Guards, node: &str) -> String {
    format!("stopped by the guard on repeats: node '{node}' was executed more than {} times in a row", guards.repeats)
}

/// The message for flows inside flows.
pub(super) fn depth(guards: &Guards, node: &str) -> String {
    format!("stopped by the guard on depth: at node '{node}' the call would be more than {} flows deep", guards.depth)
}

/// The message for a call that lasts too long.
pub(super) fn duration(guards: &Guards) -> String {
    format!("stopped by the guard on time: the call lasted longer than {}", format_duration(guards.duration_ms))
}

/// Around the node in the message for a call that runs in circles.
const LIVELOCK: (&str, &str) =
    ("stopped by the guard on livelock: node '", "' was reached again and nothing had happened in between");

/// The message for a call that runs in circles.
pub(super) fn livelock(node: &str) -> String {
    format!("{}{node}{}", LIVELOCK.0, LIVELOCK.1)
}

/// The node that a failure's message names, if the guard on livelock stopped the call.
pub(crate) fn livelock_node(failure: &str) -> Option<&str> {
    failure.strip_prefix(LIVELOCK.0)?.strip_suffix(LIVELOCK.1)
}

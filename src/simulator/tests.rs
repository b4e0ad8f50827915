//! Small flows as text, through the reader, with whole traces as snapshots; and laws over random flows.

pub(crate) mod dump;
mod ends;
mod events;
mod flows;
pub(crate) mod generate;
mod guards;
mod hang_up;
mod keys;
mod laws;
mod nodes;
mod queues;
mod search;
mod secrets;
mod speech;
mod trace_events;

//! Small flows as text, through the reader, with whole traces as snapshots.

mod dump;
mod ends;
mod events;
mod flows;
mod guards;
mod hang_up;
mod keys;

mod nodes;
mod queues;

mod secrets;
mod speech;

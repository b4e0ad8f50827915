//! Graphs of every kind are drawn.

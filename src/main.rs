//! The `callpath` program.

fn main() {}

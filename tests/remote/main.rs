//! The remote target against servers that misbehave, over real sockets.

mod answers;
mod broken;
mod definitions;
mod preferences;
mod suites;
mod support;
mod tls;
mod version;

//! The remote target against servers that misbehave, over real sockets.

mod answers;
mod broken;
mod redaction;
mod support;
mod version;

//! The program as its users meet it: arguments in, text, files and exit codes out.

mod bad_input;
mod examples;
mod failing;
mod init;
mod interrupt;
mod invalid;
mod options;
mod rules;
mod schemas;
mod support;

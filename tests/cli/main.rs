//! The program as its users meet it: arguments in, text, files and exit codes out.

mod assist;
mod bad_input;
mod compare;
mod examples;
mod failing;
mod gates;
mod init;
mod interrupt;
mod invalid;
mod mistakes;
mod options;
mod remote;
mod reports;
mod rules;
mod schemas;
mod serve;
mod support;

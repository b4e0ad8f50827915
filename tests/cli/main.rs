//! The program as its users meet it: arguments in, text, files and exit codes out.

mod assist;
mod audit;
mod bad_input;
mod compare;
mod docs;
mod examples;
mod export;
mod export_kills;
mod failing;
mod gates;
mod graph;
mod init;
mod interrupt;
mod invalid;
mod merge;
mod mistakes;
mod old_records;
mod options;
mod remote;
mod report;
mod reports;
mod rules;
mod schemas;
mod serve;
mod support;

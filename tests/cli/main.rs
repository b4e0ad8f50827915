//! The program as its users meet it: arguments in, text, files and exit codes out.

mod bad_input;
mod examples;
mod failing;
mod init;
mod interrupt;
mod invalid;
mod mistakes;
mod options;
<<<<<<< HEAD
mod remote;
=======
mod reports;
>>>>>>> refs/heads/user
mod schemas;
mod serve;
mod support;

//! The command line: one file per command. It parses arguments, prints, and maps errors to exit
//! codes. Everything else is in the modules below.

mod arguments;
mod audit;
mod compare;
mod completions;
mod config;
mod exit;
mod export;
mod exports;
mod gates;
mod graph;
mod history;
mod init;
mod interrupt;
mod lint;
mod list;
mod load;
mod man;
mod merge;
mod output;
mod report;
mod reports;
mod run;
mod schema;
mod serve;
mod settings;
mod source;
mod traces;
mod validate;

pub use arguments::Arguments;
pub(crate) use arguments::Command;
pub(crate) use exit::ExitCode;

use clap::Parser;

use crate::suite::DiscoverError;

/// Runs the command line of this process and returns its exit code.
pub fn main() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version succeed. Every other parse error has the code of an invalid suite.
            let code = if error.use_stderr() { ExitCode::INVALID } else { ExitCode::PASSED };
            // A closed terminal cannot be reported to.
            let _ = error.print();
            return code.0;
        }
    };
    output::start_logging(&arguments.global);
    let result = match &arguments.command {
        Command::Run(run) => run::run(&arguments.global, run),
        Command::Validate(validate) => validate::validate(&arguments.global, validate),
        Command::List(list) => list::list(&arguments.global, list),
        Command::Report(report) => report::report(&arguments.global, report),
        Command::Merge(merge) => merge::merge(&arguments.global, merge),
        Command::Compare(compare) => compare::compare(&arguments.global, compare),
        Command::History(history) => history::history(&arguments.global, history),
        Command::Graph(graph) => graph::graph(&arguments.global, graph),
        Command::Export(export) => export::export(&arguments.global, export),
        Command::Audit(audit) => audit::audit(&arguments.global, audit),
        Command::Serve(serve) => serve::serve(&arguments.global, serve),
        Command::Schema(schema) => schema::schema(schema),
        Command::Init(init) => init::init(&arguments.global, init),
        Command::Completions(completions) => completions::completions(completions),
        Command::Man(man) => man::man(man),
    };
    match result {
        Ok(code) => code.0,
        Err(error) => {
            output::print_error(&arguments.global, &error);
            // A pattern without a match selects nothing, like a folder without suites.
            let nothing = matches!(error.downcast_ref(), Some(DiscoverError::NoMatch { .. }));
            if nothing { ExitCode::NOTHING.0 } else { ExitCode::INVALID.0 }
        }
    }
}

//! The `callpath` program.

fn main() -> std::process::ExitCode {
    callpath::cli::main().into()
}

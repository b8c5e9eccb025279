//! Parses the command line, does what it says, and turns an error into an exit
//! code.

mod cli;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

/// It could not be done: usage, input, rulebook.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code still tells.
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::from(FAILED)
        }
    }
}

/// True where whoever reads our output has had enough, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<clientype::Error>()
        .is_some_and(clientype::Error::is_broken_pipe)
}

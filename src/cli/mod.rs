//! The command line: one file a command, the streams, the environment, the exit codes.

use std::process::ExitCode;

mod environment;
mod failure;
mod streams;

/// Runs the process.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}

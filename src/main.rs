//! `tabship`: see the library for everything.

use std::process::ExitCode;

fn main() -> ExitCode {
    tabship::cli::main()
}

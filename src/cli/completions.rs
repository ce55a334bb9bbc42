//! `tabship completions`.

use clap_complete::Shell;

use super::Session;
use super::failure::Failure;

/// Print shell completions
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell that reads them
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut super::command(),
        "tabship",
        &mut script,
    );
    session.streams.result(&String::from_utf8_lossy(&script));
    Ok(())
}

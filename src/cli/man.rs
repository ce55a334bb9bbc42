//! `tabship man`.

use std::path::PathBuf;

use super::Session;
use super::failure::{Failure, Kind};

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write one page for each command into DIR instead
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let io = |e: std::io::Error| Failure::new(Kind::Usage, "cannot write the manual").because(&e);
    if let Some(directory) = &arguments.output {
        std::fs::create_dir_all(directory).map_err(io)?;
        return clap_mangen::generate_to(super::command(), directory).map_err(io);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(super::command())
        .render(&mut page)
        .map_err(io)?;
    session.streams.result(&String::from_utf8_lossy(&page));
    Ok(())
}

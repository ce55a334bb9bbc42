//! `tabship man`.

use std::io;
use std::path::{Path, PathBuf};

use clap_mangen::Man;

use super::Session;
use super::failure::{Failure, Kind, exit_codes};

/// Print the manual page
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write one page for each command into DIR instead
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let io = |e: io::Error| Failure::new(Kind::Usage, "cannot write the manual").because(&e);
    // The codes that end `--help` have a section of their own here.
    let mut command = super::command().after_long_help(None);
    command.build();
    match &arguments.output {
        Some(directory) => std::fs::create_dir_all(directory)
            .and_then(|()| write_pages(command, directory))
            .map_err(io),
        None => {
            let page = page(&Man::new(command)).map_err(io)?;
            session.streams.result(&String::from_utf8_lossy(&page));
            Ok(())
        }
    }
}

/// A page for `command`, and for each below it.
fn write_pages(command: clap::Command, directory: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        write_pages(below.clone(), directory)?;
    }
    let man = Man::new(command);
    std::fs::write(directory.join(man.get_filename()), page(&man)?)
}

/// The sections that clap_mangen makes, and the exit codes, of which it does not know.
fn page(man: &Man) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render(&mut page)?;
    page.extend_from_slice(b".SH \"EXIT STATUS\"\n");
    for (code, meaning) in exit_codes() {
        // A bare hyphen is a typographic one in a manual.
        let meaning = meaning.replace('-', "\\-");
        page.extend_from_slice(format!(".TP\n\\fB{code}\\fR\n{meaning}\n").as_bytes());
    }
    Ok(page)
}

//! `tabship schema`.

use super::Session;
use super::failure::Failure;

/// Print the JSON Schema of the manifest
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(session: &Session, _arguments: &Arguments) -> Result<(), Failure> {
    let schema = crate::manifest::schema();
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|e| Failure::usage("the schema cannot be written").because(&e))?;
    session.streams.result(&format!("{text}\n"));
    Ok(())
}

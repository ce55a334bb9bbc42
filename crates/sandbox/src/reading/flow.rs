//! Flows: the JSON of the member `flow`.

use std::io::{Read, Seek};

use super::{ReadError, Reading, Source, SourceConnection, bounded};

pub(super) fn read(file: impl Read + Seek) -> Result<Reading, ReadError> {
    let mut package = zip::ZipArchive::new(file)?;
    let entry = package
        .by_name("flow")
        .map_err(|_| ReadError::NoDocument("flow"))?;
    let flow: serde_json::Value = serde_json::from_slice(&bounded(entry)?)?;
    let text =
        |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let connections =
        flow["connections"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, connection)| {
                let attributes = &connection["connectionAttributes"];
                SourceConnection {
                    class: text(attributes, "class"),
                    server: text(attributes, "server").to_lowercase(),
                    port: text(attributes, "port"),
                    database: text(attributes, "dbname"),
                    user_name: text(attributes, "username"),
                    authentication: text(attributes, "authentication"),
                }
            });
    let outputs = flow["nodes"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, node)| node["baseType"] == "output")
        .map(|(id, node)| (id.clone(), text(node, "name")));
    Ok(Reading {
        sources: vec![Source {
            connections: connections.collect(),
            ..Source::default()
        }],
        outputs: outputs.collect(),
        sheets: Vec::new(),
    })
}

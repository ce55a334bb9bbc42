//! A small reading of published files: what a site must know of a workbook, data source or flow to list it.
//!
//! Deliberately its own, over another XML parser than the tool's, so that the two check each other.

mod document;
mod extract;
mod flow;

use std::io::{Read, Seek};

use roxmltree::{Document, Node};

use crate::model::{Kind, Sheet};

pub(crate) use document::of_list;

/// The largest inner document that is read. Real ones are below 60 MB.
const MAX_DOCUMENT_BYTES: u64 = 192 << 20;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("it is not a readable zip package: {0}")]
    Package(#[from] zip::result::ZipError),
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("the package holds no .{0} document at its top level")]
    NoDocument(&'static str),
    #[error("the package holds more than one .{0} document at its top level")]
    SeveralDocuments(&'static str),
    #[error("its document is larger than {} MB", MAX_DOCUMENT_BYTES >> 20)]
    TooLarge,
    #[error("its document is not UTF-8")]
    NotUtf8,
    #[error("its document is not well-formed XML: {0}")]
    Xml(#[from] roxmltree::Error),
    #[error("its document is not a {wanted}: the root element is '{found}'")]
    Root { wanted: &'static str, found: String },
    #[error("it was saved by a newer version ({0}) than this site's")]
    Newer(String),
    #[error("it is not a hyper file")]
    NotHyper,
    #[error("its flow document is not valid JSON: {0}")]
    Flow(#[from] serde_json::Error),
}

/// A connection as the file has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SourceConnection {
    pub(crate) class: String,
    pub(crate) server: String,
    pub(crate) port: String,
    pub(crate) database: String,
    pub(crate) user_name: String,
    pub(crate) authentication: String,
}

/// A data source of the file (the pseudo data source of the parameters is left out).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) caption: String,
    pub(crate) connections: Vec<SourceConnection>,
    pub(crate) has_extract: bool,
    /// Content URL of the published data source that it stands for.
    pub(crate) published: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) sources: Vec<Source>,
    /// Id and name of a flow's output steps.
    pub(crate) outputs: Vec<(String, String)>,
}

impl Reading {
    pub(crate) fn has_extracts(&self) -> bool {
        self.sources.iter().any(|source| source.has_extract)
    }

    /// The class that a published data source shows as its type.
    pub(crate) fn class(&self) -> String {
        let first = self
            .sources
            .first()
            .and_then(|source| source.connections.first());
        first.map_or_else(
            || "dataengine".to_owned(),
            |connection| connection.class.clone(),
        )
    }
}

/// Reads a file of `file_type` (an extension of `kind`). `newest` is the document version of the site's product.
pub(crate) fn read(
    kind: Kind,
    file_type: &str,
    file: impl Read + Seek,
    newest: (u32, u32),
) -> Result<Reading, ReadError> {
    match file_type {
        "hyper" => extract::hyper(file),
        "tde" => Ok(extract::only("dataengine")),
        "tfl" | "tflx" => flow::read(file),
        _ => {
            let text = document_text(kind, file_type, file)?;
            let parsed = Document::parse(&text)?;
            let root = parsed.root_element();
            if root.tag_name().name() != kind.element() {
                return Err(ReadError::Root {
                    wanted: kind.element(),
                    found: root.tag_name().name().to_owned(),
                });
            }
            check_version(root, newest)?;
            Ok(match kind {
                Kind::Datasource => Reading {
                    sources: vec![document::source(root)],
                    ..Reading::default()
                },
                _ => Reading {
                    sheets: document::sheets(root),
                    sources: document::sources(root),
                    outputs: Vec::new(),
                },
            })
        }
    }
}

/// The text of the inner document, wherever it is.
pub(crate) fn document_text(
    kind: Kind,
    file_type: &str,
    file: impl Read + Seek,
) -> Result<String, ReadError> {
    let bytes = if file_type.ends_with('x') {
        let inner = if kind == Kind::Workbook { "twb" } else { "tds" };
        let mut package = zip::ZipArchive::new(file)?;
        let name = inner_name(&package, inner)?;
        let entry = package.by_name(&name)?;
        bounded(entry)?
    } else {
        bounded(file)?
    };
    let text = String::from_utf8(bytes).map_err(|_| ReadError::NotUtf8)?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn bounded(from: impl Read) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    from.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

fn inner_name<R: Read + Seek>(
    package: &zip::ZipArchive<R>,
    extension: &'static str,
) -> Result<String, ReadError> {
    let mut found = package.file_names().filter_map(Result::ok).filter(|name| {
        !name.contains(['/', '\\'])
            && name
                .rsplit_once('.')
                .is_some_and(|(_, tail)| tail.eq_ignore_ascii_case(extension))
    });
    let name = found
        .next()
        .ok_or(ReadError::NoDocument(extension))?
        .into_owned();
    if found.next().is_some() {
        return Err(ReadError::SeveralDocuments(extension));
    }
    Ok(name)
}

fn check_version(root: Node<'_, '_>, newest: (u32, u32)) -> Result<(), ReadError> {
    let Some(version) = root.attribute("version") else {
        return Ok(());
    };
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(major), Ok(minor)) if (major, minor) > newest => {
            Err(ReadError::Newer(version.to_owned()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::model::SheetKind;

    const TWB: &str = "<workbook version='18.1'><datasources>\
        <datasource name='Parameters'/>\
        <datasource name='federated.1' caption='Orders'><connection class='federated'><named-connections>\
          <named-connection name='n'><connection class='postgres' server='DB.example.com' port='5432' dbname='d' username='u'/></named-connection>\
        </named-connections></connection><extract enabled='true'/></datasource>\
        <datasource name='sqlproxy.1'><connection class='sqlproxy' dbname='Sales_0' server='h'/></datasource>\
      </datasources>\
      <worksheets><worksheet name='One'/><worksheet name='Two'/></worksheets>\
      <dashboards><dashboard name='Board'/><dashboard name='Tale' type='storyboard'/></dashboards>\
      <windows><window class='dashboard' name='Board'/><window class='worksheet' name='Two' hidden='true'/><window name='One'/></windows>\
      </workbook>";

    fn twb(text: &str) -> Result<Reading, ReadError> {
        read(
            Kind::Workbook,
            "twb",
            Cursor::new(text.as_bytes().to_vec()),
            (26, 2),
        )
    }

    #[test]
    fn reads_sheets_in_tab_order_and_sources() {
        let reading = twb(&format!("\u{feff}<?xml version='1.0'?>{TWB}")).unwrap();
        let sheets: Vec<_> = reading
            .sheets
            .iter()
            .map(|s| (s.name.as_str(), s.kind, s.hidden))
            .collect();
        assert_eq!(
            sheets,
            [
                ("Board", SheetKind::Dashboard, false),
                ("Two", SheetKind::Worksheet, true),
                ("One", SheetKind::Worksheet, false),
                ("Tale", SheetKind::Story, false),
            ]
        );
        assert_eq!(reading.sources.len(), 2);
        assert_eq!(reading.sources[0].connections[0].server, "db.example.com");
        assert!(reading.has_extracts());
        assert_eq!(reading.sources[1].published.as_deref(), Some("Sales_0"));
    }

    #[test]
    fn refuses_what_a_site_would() {
        assert!(matches!(twb("<workbook"), Err(ReadError::Xml(_))));
        assert!(matches!(twb("<datasource/>"), Err(ReadError::Root { .. })));
        assert!(matches!(
            twb("<workbook version='99.1'/>"),
            Err(ReadError::Newer(_))
        ));
        let packed = |names: &[&str]| {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for name in names {
                zip.start_file(*name, zip::write::SimpleFileOptions::default())
                    .unwrap();
                zip.write_all(TWB.as_bytes()).unwrap();
            }
            read(Kind::Workbook, "twbx", zip.finish().unwrap(), (26, 2))
        };
        assert_eq!(
            packed(&["__MACOSX/._a.twb", "a.twb", "Data/x.csv"])
                .unwrap()
                .sheets
                .len(),
            4
        );
        assert!(matches!(
            packed(&["Data/x.csv"]),
            Err(ReadError::NoDocument(_))
        ));
        assert!(matches!(
            packed(&["a.twb", "b.twb"]),
            Err(ReadError::SeveralDocuments(_))
        ));
        let junk = read(
            Kind::Workbook,
            "twbx",
            Cursor::new(b"junk".to_vec()),
            (26, 2),
        );
        assert!(matches!(junk, Err(ReadError::Package(_))));
        let hyper = |bytes: &[u8]| {
            read(
                Kind::Datasource,
                "hyper",
                Cursor::new(bytes.to_vec()),
                (26, 2),
            )
        };
        assert!(hyper(b"HyPe...").unwrap().has_extracts());
        assert!(matches!(hyper(b"Hyp"), Err(ReadError::NotHyper)));
    }
}

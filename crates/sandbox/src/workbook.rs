//! A small reading of published files: what a site must know of a workbook, data source or flow to list it.
//!
//! Deliberately its own, over another XML parser than the tool's, so that the two check each other.

use std::io::{Read, Seek};

use roxmltree::{Document, Node};

use crate::model::{Kind, Sheet, SheetKind};

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
        "hyper" => read_hyper(file),
        "tde" => Ok(extract_only("dataengine")),
        "tfl" | "tflx" => read_flow(file),
        _ => {
            let text = document_text(kind, file_type, file)?;
            let document = Document::parse(&text)?;
            let root = document.root_element();
            if root.tag_name().name() != kind.element() {
                return Err(ReadError::Root {
                    wanted: kind.element(),
                    found: root.tag_name().name().to_owned(),
                });
            }
            check_version(root, newest)?;
            Ok(match kind {
                Kind::Datasource => Reading {
                    sources: vec![source(root)],
                    ..Reading::default()
                },
                _ => Reading {
                    sheets: sheets(root),
                    sources: sources(root),
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

/// A name without its feature-flag prefix (`_.fcp.Feature.true...relation` is `relation`).
fn plain(name: &str) -> &str {
    name.rsplit_once("...").map_or(name, |(_, plain)| plain)
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name)
        .or_else(|| {
            node.attributes()
                .find(|a| plain(a.name()) == name)
                .map(|a| a.value())
        })
        .unwrap_or_default()
}

fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    node.children()
        .filter(move |child| child.is_element() && plain(child.tag_name().name()) == name)
}

/// The elements `item` of the root's lists `list`, by their exact names.
pub(crate) fn of_list<'a, 'input>(
    root: Node<'a, 'input>,
    list: &'static str,
    item: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    root.children()
        .filter(move |node| node.has_tag_name(list))
        .flat_map(|list| list.children())
        .filter(move |node| node.has_tag_name(item))
}

fn sheets(root: Node<'_, '_>) -> Vec<Sheet> {
    let hidden: Vec<&str> = children(root, "windows")
        .flat_map(|windows| children(windows, "window"))
        .filter(|window| {
            window.attribute("hidden") == Some("true")
                || attribute(*window, "class") == "hidden-worksheet"
        })
        .map(|window| attribute(window, "name"))
        .collect();
    let order: Vec<&str> = children(root, "windows")
        .flat_map(|windows| children(windows, "window"))
        .map(|window| attribute(window, "name"))
        .collect();
    let sheet = |node: Node<'_, '_>, kind| {
        let name = attribute(node, "name").to_owned();
        let hidden = hidden.contains(&name.as_str());
        Sheet { name, kind, hidden }
    };
    let mut sheets: Vec<Sheet> = children(root, "worksheets")
        .flat_map(|list| children(list, "worksheet"))
        .map(|node| sheet(node, SheetKind::Worksheet))
        .collect();
    sheets.extend(
        children(root, "dashboards")
            .flat_map(|list| children(list, "dashboard"))
            .map(|node| {
                let story = attribute(node, "type") == "storyboard";
                sheet(
                    node,
                    if story {
                        SheetKind::Story
                    } else {
                        SheetKind::Dashboard
                    },
                )
            }),
    );
    let place = |name: &str| {
        order
            .iter()
            .position(|other| *other == name)
            .unwrap_or(usize::MAX)
    };
    sheets.sort_by_key(|sheet| place(&sheet.name));
    sheets
}

fn sources(root: Node<'_, '_>) -> Vec<Source> {
    children(root, "datasources")
        .flat_map(|list| children(list, "datasource"))
        .filter(|node| attribute(*node, "name") != "Parameters")
        .map(source)
        .collect()
}

fn source(node: Node<'_, '_>) -> Source {
    let mut source = Source {
        name: attribute(node, "name").to_owned(),
        caption: attribute(node, "caption").to_owned(),
        has_extract: children(node, "extract")
            .any(|extract| attribute(extract, "enabled") == "true"),
        ..Source::default()
    };
    if source.caption.is_empty() {
        source.caption.clone_from(&source.name);
    }
    for outer in children(node, "connection") {
        let named: Vec<_> = children(outer, "named-connections")
            .flat_map(|list| children(list, "named-connection"))
            .flat_map(|named| children(named, "connection"))
            .collect();
        let leaves = if named.is_empty() { vec![outer] } else { named };
        source.connections.extend(
            leaves
                .into_iter()
                .map(connection)
                .filter(|c| c.class != "federated"),
        );
    }
    if let Some(proxy) = source
        .connections
        .iter()
        .find(|connection| connection.class == "sqlproxy")
    {
        source.published = Some(proxy.database.clone());
    }
    source.has_extract |= source
        .connections
        .iter()
        .any(|c| matches!(c.class.as_str(), "hyper" | "dataengine"));
    source
}

fn connection(node: Node<'_, '_>) -> SourceConnection {
    let text = |name| attribute(node, name).to_owned();
    SourceConnection {
        class: text("class"),
        server: text("server").to_lowercase(),
        port: text("port"),
        database: text("dbname"),
        user_name: text("username"),
        authentication: text("authentication"),
    }
}

fn extract_only(class: &str) -> Reading {
    let connection = SourceConnection {
        class: class.to_owned(),
        ..SourceConnection::default()
    };
    let source = Source {
        has_extract: true,
        connections: vec![connection],
        ..Source::default()
    };
    Reading {
        sources: vec![source],
        ..Reading::default()
    }
}

fn read_hyper(mut file: impl Read) -> Result<Reading, ReadError> {
    let mut magic = [0; 4];
    file.read_exact(&mut magic)
        .map_err(|_| ReadError::NotHyper)?;
    if &magic != b"HyPe" {
        return Err(ReadError::NotHyper);
    }
    Ok(extract_only("hyper"))
}

fn read_flow(file: impl Read + Seek) -> Result<Reading, ReadError> {
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

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

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

//! What a plan needs to know of a file once it has been read. The documents themselves are not kept: a thousand of them
//! would fill a machine, and nearly all are sent as they are.

use crate::content::fingerprint::fingerprint;
use crate::content::flow::Flow;
use crate::content::{Content, Document, Kind};
use crate::plan::{ProjectPath, Written, expected_content_url};

pub(crate) struct Profile {
    pub(crate) kind: Kind,
    /// Of the file.
    pub(crate) bytes: u64,
    pub(crate) extension: &'static str,
    /// Of the content as it is sent.
    pub(crate) fingerprint: String,
    /// Names of the sheets that the file does not hide itself.
    pub(crate) sheets: Vec<String>,
    /// Whether there is data in the file; `None` when all of it is elsewhere.
    pub(crate) has_extract: Option<bool>,
    pub(crate) published: Vec<Published>,
    /// Published data sources that a flow writes when it runs.
    pub(crate) writes: Vec<Written>,
}

/// A published data source that the document reads, as the document calls it.
pub(crate) struct Published {
    pub(crate) content_url: String,
    pub(crate) name: String,
}

impl Profile {
    /// `sent` is the text of the document that is sent, where that is not its own.
    pub(crate) fn of(content: &Content, sent: Option<&str>) -> Self {
        let document = content.document();
        Self {
            kind: content.kind,
            bytes: content.bytes,
            extension: content.extension(),
            fingerprint: fingerprint(content, sent),
            sheets: document.map(sheets).unwrap_or_default(),
            has_extract: document.and_then(|d| has_extract(d, content)),
            published: match (document, content.flow()) {
                (Some(document), _) => published(document),
                (None, Some(flow)) => read(flow),
                (None, None) => Vec::new(),
            },
            writes: content.flow().map(written).unwrap_or_default(),
        }
    }
}

fn published(document: &Document) -> Vec<Published> {
    let sources = document.model.datasources.iter();
    sources
        .filter_map(|d| d.published())
        .map(|connection| {
            let content_url = connection.get("dbname").unwrap_or_default();
            let name = connection.get("server-ds-friendly-name");
            Published {
                content_url: content_url.to_owned(),
                name: name.unwrap_or(content_url).to_owned(),
            }
        })
        .collect()
}

fn read(flow: &Flow) -> Vec<Published> {
    let sources = flow.reads().into_iter();
    sources
        .map(|source| Published {
            content_url: source
                .content_url
                .unwrap_or_else(|| expected_content_url(&source.name)),
            name: source.name,
        })
        .collect()
}

fn written(flow: &Flow) -> Vec<Written> {
    let sources = flow.writes().into_iter();
    sources
        .map(|source| Written {
            name: source.name,
            // The name alone: the path above it is in no flow.
            project: source.project.map(|name| ProjectPath::new([name])),
        })
        .collect()
}

fn sheets(document: &Document) -> Vec<String> {
    let model = &document.model;
    let hidden: Vec<&str> = model
        .windows
        .iter()
        .filter(|w| w.hidden)
        .map(|w| w.name.value.as_str())
        .collect();
    let all = model
        .worksheets
        .iter()
        .map(|w| &w.name.value)
        .chain(model.dashboards.iter().map(|d| &d.name.value));
    all.filter(|name| !hidden.contains(&name.as_str()))
        .cloned()
        .collect()
}

fn has_extract(document: &Document, content: &Content) -> Option<bool> {
    let own: Vec<_> = document
        .model
        .datasources
        .iter()
        .filter(|d| d.published().is_none())
        .collect();
    if own.is_empty() {
        return None;
    }
    let enabled = own
        .iter()
        .any(|d| d.extract.as_ref().is_some_and(|e| e.enabled));
    let packed = content.package.as_ref().is_some_and(|p| {
        p.members.iter().any(|m| {
            let name = m.name.to_lowercase();
            name.ends_with(".hyper") || name.ends_with(".tde")
        })
    });
    Some(enabled && packed)
}

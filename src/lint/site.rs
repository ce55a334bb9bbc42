//! What a site says that no file holds: plain data that somebody else asked it for.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::content::model::{Datasource, unbracket};
use crate::hash::HashMap;

use super::fields;

/// What a site says about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SiteFacts {
    /// The target, as the manifest calls it.
    pub target: String,
    /// The published data sources that the file reads and the site has, by the file's own names for them
    /// (`sqlproxy.0ucz...`).
    #[serde(default)]
    pub published: HashMap<String, PublishedSource>,
    /// What the server's own validation found; empty as well where the server was not asked.
    #[serde(default)]
    pub judgement: Vec<Judged>,
}

/// A published data source as the site has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PublishedSource {
    pub name: String,
    /// `None` where the site does not tell.
    pub certified: Option<bool>,
    /// Names of its fields, without brackets: [`field_names`]. `None` where they are not known.
    pub fields: Option<BTreeSet<String>>,
}

/// One thing that the server found in a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Judged {
    /// The workbook does not load. What is not severe is doubtful.
    pub severe: bool,
    /// In the server's language.
    pub message: String,
    /// Byte of the inner document, of the file and not of what was sent.
    pub at: Option<u32>,
    /// The XML element.
    pub element: Option<String>,
}

/// The names that a workbook may use of a published data source. `None` when the file of the data source does not list
/// what its tables deliver, so that a name which is not there says nothing.
pub fn field_names(datasource: &Datasource) -> Option<BTreeSet<String>> {
    (!datasource.metadata.is_empty())
        .then(|| fields::own_names(datasource).map(unbracket).collect())
}

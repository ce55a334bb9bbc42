//! Published content: workbooks, data sources, flows, and a workbook's views.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Record, Rule};
use crate::blobs::Content;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Workbook,
    Datasource,
    Flow,
}

impl Kind {
    /// The element's name.
    pub(crate) fn element(self) -> &'static str {
        match self {
            Self::Workbook => "workbook",
            Self::Datasource => "datasource",
            Self::Flow => "flow",
        }
    }

    /// The path segment, and the name of the list.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Workbook => "workbooks",
            Self::Datasource => "datasources",
            Self::Flow => "flows",
        }
    }

    pub(crate) fn from_plural(text: &str) -> Option<Self> {
        [Self::Workbook, Self::Datasource, Self::Flow]
            .into_iter()
            .find(|kind| kind.plural() == text)
    }

    /// As error texts name it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Workbook => "Workbook",
            Self::Datasource => "Datasource",
            Self::Flow => "Flow",
        }
    }

    /// The code of "no such item".
    pub(crate) fn not_found_code(self) -> u32 {
        match self {
            Self::Workbook => 404_006,
            Self::Datasource => 404_004,
            Self::Flow => 404_027,
        }
    }

    /// The name of the file part of a publish, and of a download's disposition.
    pub(crate) fn part_name(self) -> &'static str {
        match self {
            Self::Workbook => "tableau_workbook",
            Self::Datasource => "tableau_datasource",
            Self::Flow => "tableau_flow",
        }
    }

    /// The file types that a publish takes.
    pub(crate) fn file_types(self) -> &'static [&'static str] {
        match self {
            Self::Workbook => &["twb", "twbx"],
            Self::Datasource => &["tds", "tdsx", "hyper", "tde"],
            Self::Flow => &["tfl", "tflx"],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) label: String,
    /// LUID of the user that added it, who may delete it too.
    pub(crate) added_by: String,
}

/// A connection of an item, as its file has it and as the site has changed it since.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent attribute of the API's schema"
)]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) server: String,
    pub(crate) port: String,
    pub(crate) database: String,
    pub(crate) user_name: String,
    pub(crate) authentication: String,
    /// What reading the connection tells.
    pub(crate) embed_password: bool,
    /// Whether a refresh would really find a password.
    pub(crate) has_password: bool,
    #[serde(default)]
    pub(crate) oauth: bool,
    #[serde(default)]
    pub(crate) query_tagging: bool,
    /// The embedded data source that it belongs to, by caption.
    pub(crate) source_name: String,
    /// LUID of the published data source that it leads to, else of the embedded one.
    pub(crate) source_id: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Revision {
    pub(crate) number: u32,
    pub(crate) published_at: Timestamp,
    pub(crate) publisher: String,
    pub(crate) content: Content,
    /// Extension of the file, without dot.
    pub(crate) file_type: String,
    #[serde(default)]
    pub(crate) deleted: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent attribute of the API's schema"
)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) kind: Kind,
    /// The number in `webpageUrl`.
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) content_url: String,
    pub(crate) project: String,
    pub(crate) owner: String,
    pub(crate) tags: Vec<Tag>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) permissions: Vec<Rule>,
    pub(crate) connections: Vec<Connection>,
    /// Oldest first; the last is the current one.
    pub(crate) revisions: Vec<Revision>,
    pub(crate) has_extracts: bool,
    #[serde(default)]
    pub(crate) encrypt_extracts: bool,
    #[serde(default)]
    pub(crate) show_tabs: bool,
    /// Sheets of the file, hidden ones too.
    #[serde(default)]
    pub(crate) sheet_count: usize,
    /// A data source's connection class.
    #[serde(default)]
    pub(crate) class: String,
    #[serde(default)]
    pub(crate) certified: bool,
    #[serde(default)]
    pub(crate) certification_note: String,
    #[serde(default)]
    pub(crate) use_remote_query_agent: bool,
    #[serde(default)]
    pub(crate) extract_refreshed_at: Option<Timestamp>,
    /// Names of a flow's output steps.
    #[serde(default)]
    pub(crate) output_steps: Vec<(String, String)>,
}

impl Item {
    pub(crate) fn key(kind: Kind, project: &str, name: &str) -> String {
        format!("{}/{project}/{}", kind.element(), name.to_lowercase())
    }

    pub(crate) fn url(kind: Kind, content_url: &str) -> String {
        format!("{}/{content_url}", kind.element())
    }

    /// The revision that a download gives. Every item has one.
    pub(crate) fn current(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.current()
            .map_or(0, |revision| revision.content.bytes())
    }

    /// The size as the API tells it: whole megabytes, at least one.
    pub(crate) fn megabytes(&self) -> i64 {
        i64::try_from(self.bytes() >> 20).unwrap_or(i64::MAX).max(1)
    }
}

impl Record for Item {
    const KIND: &'static str = "item";
    const HOLDS_FILES: bool = true;
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.project
    }
    fn name_key(&self) -> String {
        Self::key(self.kind, &self.project, &self.name)
    }
    fn url_key(&self) -> String {
        Self::url(self.kind, &self.content_url)
    }
    fn contents(&self) -> Vec<&Content> {
        self.revisions
            .iter()
            .filter(|revision| !revision.deleted)
            .map(|revision| &revision.content)
            .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SheetKind {
    Worksheet,
    Dashboard,
    Story,
}

impl SheetKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Worksheet => "worksheet",
            Self::Dashboard => "dashboard",
            Self::Story => "story",
        }
    }
}

/// A sheet of a workbook's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) kind: SheetKind,
    /// Hidden in the file itself.
    pub(crate) hidden: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) workbook: String,
    pub(crate) name: String,
    pub(crate) content_url: String,
    pub(crate) url_name: String,
    pub(crate) kind: SheetKind,
    /// 0-based place among the workbook's sheets.
    pub(crate) index: usize,
    pub(crate) hidden: bool,
    pub(crate) tags: Vec<Tag>,
    pub(crate) permissions: Vec<Rule>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(default)]
    pub(crate) hits: i64,
}

impl Record for View {
    const KIND: &'static str = "view";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.workbook
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
    fn url_key(&self) -> String {
        self.content_url.clone()
    }
}

impl Connection {
    /// Whether a refresh over it needs a password: not files, extracts, nor published data sources.
    pub(crate) fn needs_credentials(&self) -> bool {
        const WITHOUT: &[&str] = &[
            "",
            "dataengine",
            "excel",
            "excel-direct",
            "excel-reader",
            "federated",
            "hyper",
            "msaccess",
            "ogrdirect",
            "pdf",
            "semistructpassivestore-direct",
            "sqlproxy",
            "stat-direct",
            "textclean",
            "textscan",
        ];
        !WITHOUT.contains(&self.class.as_str())
    }
}

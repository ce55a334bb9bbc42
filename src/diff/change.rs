//! What a comparison says: changes in the words of Tableau, and the risks among them.

use serde::Serialize;

use crate::diagnostic::{Position, Subject};

/// Version of the JSON form of [`Changes`]; it grows when a field goes or means something else.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that differs between two files, the riskiest first.
#[derive(Debug, Clone, Serialize)]
pub struct Changes {
    pub schema_version: u32,
    /// One line: `2 calculated fields changed, 1 worksheet added; 1 risk`.
    pub summary: String,
    /// The worst first.
    pub risks: Vec<RiskNote>,
    /// By entity: workbook, data sources, fields, parameters, worksheets, dashboards, tabs, files.
    pub changes: Vec<Change>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Why a reviewer should look twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskNote {
    pub risk: Risk,
    /// A whole sentence without its full stop.
    pub message: String,
    /// Index in [`Changes::changes`] of the first that the message is about.
    pub change: usize,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub kind: Kind,
    pub action: Action,
    /// From the outside in: the data source, then its field.
    pub subject: Vec<Subject>,
    /// What of the subject (`formula`, `server`, `rows`); absent when it is the subject as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
    /// Visible sheets that show it, directly or through other calculations and dashboards; sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reaches: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// How many things it is about: 1, or all of a list that is said as one.
    pub count: usize,
    /// In the earlier document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_position: Option<Position>,
    /// In the later document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_position: Option<Position>,
}

/// What a change is about. The order is the order of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Workbook,
    Datasource,
    Connection,
    PublishedReference,
    Extract,
    CustomSql,
    Table,
    Relationship,
    Blend,
    DatasourceFilter,
    ExtractFilter,
    Calculation,
    Field,
    Set,
    Hierarchy,
    Parameter,
    Worksheet,
    Shelf,
    Mark,
    Encoding,
    Filter,
    Sort,
    TableCalculation,
    Text,
    Dashboard,
    Story,
    Size,
    Zone,
    DeviceLayout,
    Extension,
    WebPage,
    Action,
    Tab,
    Palette,
    Formatting,
    PackageMember,
    FlowStep,
    FlowConnection,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Added,
    Removed,
    Renamed,
    Changed,
    Moved,
    Retargeted,
    Hidden,
    Shown,
    /// Of a filter: lets more through.
    Widened,
    /// Of a filter: lets less through.
    Narrowed,
}

impl Action {
    /// As a sentence says it: `removed`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Retargeted => "retargeted",
            Self::Hidden => "hidden",
            Self::Shown => "shown",
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
        }
    }
}

/// The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    UserFilterRemoved,
    UserFilterChanged,
    RowLevelSecurityChanged,
    DatasourceFilterLoosened,
    SheetBecameVisible,
    ConnectionMoved,
    PublishedSourceChanged,
    ExtractBecameLive,
    CustomSqlChanged,
    NewExtension,
    NewExternalUrl,
    DashboardRemoved,
    SavedByNewer,
}

impl Risk {
    /// What may go wrong; completes "... : ".
    pub fn why(self) -> &'static str {
        match self {
            Self::UserFilterRemoved => "people may see rows that were kept from them",
            Self::UserFilterChanged | Self::RowLevelSecurityChanged => {
                "who sees which rows may differ"
            }
            Self::DatasourceFilterLoosened => "every sheet on the data source gets more rows",
            Self::SheetBecameVisible => "people see a sheet that was hidden",
            Self::ConnectionMoved => "the data comes from another place",
            Self::PublishedSourceChanged => "the data comes from another published data source",
            Self::ExtractBecameLive => "every view queries the database",
            Self::CustomSqlChanged => "the rows and columns that arrive may differ",
            Self::NewExtension => "an extension runs code from elsewhere on the dashboard",
            Self::NewExternalUrl => "the workbook leads to an address outside of Tableau",
            Self::DashboardRemoved => "its links, subscriptions and custom views break",
            Self::SavedByNewer => "an older Tableau may refuse to open it",
        }
    }
}

/// Characters of a value in a sentence; [`Change`] has all of it.
const SENTENCE: usize = 160;

/// More than a before and an after can say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Detail {
    /// Pieces of one text.
    Words {
        hunks: Vec<Hunk>,
    },
    /// Lines with their context; each without its line end.
    Lines {
        hunks: Vec<Hunk>,
    },
    Note {
        text: String,
    },
}

/// A run of text that is in both, or in one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Hunk {
    pub tag: Tag,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    Same,
    Removed,
    Added,
    /// Lines that are the same were left out here.
    Gap,
}

impl Change {
    /// `calculated field "Profit Ratio" of data source "Sales"`.
    pub fn subject_words(&self) -> String {
        let words: Vec<String> = self.subject.iter().rev().map(named).collect();
        words.join(" of ")
    }

    /// The change in one line, without a full stop; long values are cut.
    pub fn sentence(&self) -> String {
        self.about(self.subject_words(), SENTENCE)
    }

    pub(super) fn sentence_about(&self, subject: String) -> String {
        self.about(subject, SENTENCE)
    }

    /// The sentence about `subject`, with values of at most `longest` characters.
    pub(super) fn about(&self, subject: String, longest: usize) -> String {
        let mut text = subject;
        match &self.aspect {
            Some(aspect) => {
                text.push_str(": ");
                text.push_str(aspect);
                text.push(' ');
            }
            None => text.push(' '),
        }
        text.push_str(self.action.word());
        text.push_str(&self.values(longest));
        text
    }

    /// `, a -> b`; ` (b)` of what was added; ` (was a)` of what went; nothing where the details say it.
    fn values(&self, longest: usize) -> String {
        let shown = |value: &str| {
            if value.is_empty() {
                "(none)".to_owned()
            } else {
                let line = value.replace(['\r', '\n'], " ");
                match line.char_indices().nth(longest) {
                    Some((end, _)) => format!("{}...", line[..end].trim_end()),
                    None => line,
                }
            }
        };
        let below = |d: &Detail| matches!(d, Detail::Lines { .. } | Detail::Words { .. });
        if self.details.iter().any(below) {
            return String::new();
        }
        match (&self.before, &self.after) {
            (Some(before), _) if self.action == Action::Renamed => {
                format!(", was \"{}\"", shown(before))
            }
            (Some(before), Some(after)) => format!(", {} -> {}", shown(before), shown(after)),
            (None, Some(after)) => format!(" ({})", shown(after)),
            (Some(before), None) => format!(" (was {})", shown(before)),
            (None, None) => String::new(),
        }
    }
}

/// `data source "Sales"`; the kind alone of what has no name.
pub(super) fn named(subject: &Subject) -> String {
    if subject.name.is_empty() {
        subject.kind.to_owned()
    } else {
        format!("{} \"{}\"", subject.kind, subject.name)
    }
}

//! What workbooks, data sources and flows have in common.

use std::fmt;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{Endpoint, Path, Reply};
use crate::api::{
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    retry::Replay,
    site::Site,
};

/// The kinds of content that are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContentKind {
    /// A workbook.
    Workbook,
    /// A published data source.
    Datasource,
    /// A Prep flow.
    Flow,
}

impl ContentKind {
    /// As in a path: `workbooks`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Workbook => "workbooks",
            Self::Datasource => "datasources",
            Self::Flow => "flows",
        }
    }

    /// As in a body: `workbook`.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Workbook => "workbook",
            Self::Datasource => "datasource",
            Self::Flow => "flow",
        }
    }
}

impl fmt::Display for ContentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workbook => "workbook",
            Self::Datasource => "data source",
            Self::Flow => "flow",
        })
    }
}

/// A published item. The kind goes with the LUID, for it is a part of every address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Item {
    /// What it is.
    pub kind: ContentKind,
    /// Which it is.
    pub id: Luid,
}

impl Item {
    /// The workbook `id`.
    pub fn workbook(id: Luid) -> Self {
        Self {
            kind: ContentKind::Workbook,
            id,
        }
    }

    /// The data source `id`.
    pub fn datasource(id: Luid) -> Self {
        Self {
            kind: ContentKind::Datasource,
            id,
        }
    }

    /// The flow `id`.
    pub fn flow(id: Luid) -> Self {
        Self {
            kind: ContentKind::Flow,
            id,
        }
    }

    pub(crate) fn path(self) -> Path {
        Path::site(self.kind.plural()).then(self.id)
    }
}

/// The types of file that are published, by their extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// A workbook.
    Twb,
    /// A packaged workbook.
    Twbx,
    /// A data source.
    Tds,
    /// A packaged data source.
    Tdsx,
    /// An extract.
    Hyper,
    /// A flow.
    Tfl,
    /// A packaged flow.
    Tflx,
}

impl FileType {
    /// The type that the extension of a file name tells, in upper or lower case.
    pub fn of(file_name: &str) -> Option<Self> {
        let (_, extension) = file_name.rsplit_once('.')?;
        [
            Self::Twb,
            Self::Twbx,
            Self::Tds,
            Self::Tdsx,
            Self::Hyper,
            Self::Tfl,
            Self::Tflx,
        ]
        .into_iter()
        .find(|kind| extension.eq_ignore_ascii_case(kind.extension()))
    }

    /// Without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Twb => "twb",
            Self::Twbx => "twbx",
            Self::Tds => "tds",
            Self::Tdsx => "tdsx",
            Self::Hyper => "hyper",
            Self::Tfl => "tfl",
            Self::Tflx => "tflx",
        }
    }

    /// What is made of it.
    pub fn kind(self) -> ContentKind {
        match self {
            Self::Twb | Self::Twbx => ContentKind::Workbook,
            Self::Tds | Self::Tdsx | Self::Hyper => ContentKind::Datasource,
            Self::Tfl | Self::Tflx => ContentKind::Flow,
        }
    }
}

/// Where an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRef {
    /// The project.
    pub id: Luid,
    /// Its own name, without those of its parents.
    pub name: Option<String>,
}

impl ProjectRef {
    /// Absent for content of a personal space.
    pub(crate) fn parse(node: Node<'_>) -> Option<Self> {
        let project = node.child("project")?;
        Some(Self {
            id: project.luid("id")?,
            name: project.filled("name"),
        })
    }
}

/// Whose an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRef {
    /// The user.
    pub id: Luid,
    /// The user's name, where the call gives it.
    pub name: Option<String>,
}

impl OwnerRef {
    pub(crate) fn parse(node: Node<'_>) -> Option<Self> {
        let owner = node.child("owner")?;
        Some(Self {
            id: owner.luid("id")?,
            name: owner.filled("name"),
        })
    }
}

/// `DELETE /sites/{site}/{kind}/{id}`.
///
/// Safe to repeat: a second time gives 404, which [`Site::delete`] takes for done. Where the site has
/// a recycle bin, the item goes there and keeps its content URL.
pub struct DeleteItem(pub Item);

impl Endpoint for DeleteItem {
    type Answer = ();
    const METHOD: Method = Method::DELETE;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        self.0.path()
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

impl Site {
    /// Deletes an item. One that is not there (any more) is as good.
    pub async fn delete(&self, item: Item) -> Result<(), Error> {
        gone_is_done(self.run(&DeleteItem(item)).await)
    }
}

/// A deletion that finds nothing has nothing left to do.
pub(crate) fn gone_is_done(outcome: Result<(), Error>) -> Result<(), Error> {
    use crate::api::error::ErrorKind;
    match outcome {
        // 404000 is the site and 404003 the call itself, not what was to be deleted.
        Err(error)
            if error.kind() == ErrorKind::NotFound
                && error
                    .code()
                    .is_some_and(|code| !matches!(code.0, 404_000..=404_003)) =>
        {
            Ok(())
        }
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid};

    #[test]
    fn a_type_is_told_by_the_extension() {
        assert_eq!(FileType::of("Sales.2024.TWBX"), Some(FileType::Twbx));
        assert_eq!(
            FileType::of("orders.hyper").map(FileType::kind),
            Some(ContentKind::Datasource)
        );
        assert_eq!(FileType::of("twbx"), None);
        assert_eq!(FileType::of("a.zip"), None);
    }

    #[test]
    fn an_item_is_deleted_at_its_address() {
        assert_eq!(
            address(&DeleteItem(Item::flow(luid(1)))),
            format!("/api/3.29/sites/{}/flows/{}", luid(0xaa), luid(1))
        );
    }
}

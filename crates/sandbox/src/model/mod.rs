//! What a site holds, as it is kept in the store.

mod access;
mod account;
mod extra;
mod favorite;
mod item;
mod job;
mod place;
mod schedule;
mod transfer;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::blobs::Content;

pub(crate) use access::{Grantee, GranteeKind, Mode, Rule};
pub(crate) use account::{Account, Group, GroupSet, Session, SiteRole, TableauApp, Token, User};
pub(crate) use extra::{
    CustomView, Delivery, DeliveryState, QualityWarning, Subscription, Webhook,
};
pub(crate) use favorite::Favorite;
pub(crate) use item::{Connection, Item, Kind, Revision, Sheet, SheetKind, Tag, View};
pub(crate) use job::{Job, JobState, JobWork};
pub(crate) use place::{ContentPermissions, Project, Site};
pub(crate) use schedule::{Frequency, Schedule, Task, TaskKind, When};
pub(crate) use transfer::{Chunk, Upload};

/// Something the store keeps. The keys are indexed; the rest is its JSON.
pub(crate) trait Record: Serialize + DeserializeOwned {
    const KIND: &'static str;
    /// Whether [`Record::contents`] can be other than empty.
    const HOLDS_FILES: bool = false;

    fn id(&self) -> &str;

    #[expect(
        clippy::unnecessary_literal_bound,
        reason = "implementations return a field"
    )]
    /// LUID of the site; empty for what belongs to the whole server.
    fn site(&self) -> &str {
        ""
    }

    #[expect(
        clippy::unnecessary_literal_bound,
        reason = "implementations return a field"
    )]
    /// The record that this one is part of.
    fn parent(&self) -> &str {
        ""
    }

    /// What identifies it among its siblings, lower case: names are compared without case.
    fn name_key(&self) -> String {
        String::new()
    }

    fn url_key(&self) -> String {
        String::new()
    }

    /// Files that must stay while the record does.
    fn contents(&self) -> Vec<&Content> {
        Vec::new()
    }
}

/// A new LUID.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

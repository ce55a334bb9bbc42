//! The server state that an item is to have once its content is published. Pure.
//!
//! Going forward the manifest's settings win over what was live; going back (undo, rollback) only what was live counts.

use std::collections::BTreeMap;

use crate::plan::desired::Credential;
use crate::plan::{ItemKind, Planned};

use super::journal::Snapshot;

/// What is set after the publish, and sent with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// User name from the manifest; it is looked up.
    pub(super) owner_name: Option<String>,
    /// The owner that it had.
    pub(super) owner_luid: Option<String>,
    pub(super) tags: Vec<String>,
    /// Tags by the name of the view.
    pub(super) view_tags: BTreeMap<String, Vec<String>>,
    pub(super) description: Option<String>,
    pub(super) show_tabs: Option<bool>,
    /// Sheets that are hidden by name.
    pub(super) hidden: Vec<String>,
    /// Certified, with this note. `None`: leave it as it is.
    pub(super) certified: Option<Certification>,
    pub(super) credentials: Vec<Credential>,
    /// Views that must be there afterwards.
    pub(super) views: Vec<String>,
    pub(super) skip_connection_check: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certification {
    pub(super) note: Option<String>,
}

impl Wanted {
    /// After a deployment.
    pub(super) fn forward(planned: &Planned, before: Option<&Snapshot>, prefix: &str) -> Self {
        let settings = &planned.settings;
        let mut wanted = before
            .map(|b| Self::backward(b, prefix))
            .unwrap_or_default();
        wanted.owner_name.clone_from(&settings.owner);
        for tag in &settings.tags {
            if !wanted.tags.contains(tag) {
                wanted.tags.push(tag.clone());
            }
        }
        wanted
            .view_tags
            .retain(|view, _| planned.views.visible.contains(view));
        if settings.description.is_some() {
            wanted.description.clone_from(&settings.description);
        }
        wanted.show_tabs = settings.tabs.or(wanted.show_tabs);
        wanted.hidden.clone_from(&planned.views.hidden);
        if let Some(certified) = &settings.certified {
            wanted.certified = Some(Certification {
                note: certified.note.clone(),
            });
        }
        wanted.credentials.clone_from(&settings.credentials);
        wanted.views = if planned.kind == ItemKind::Workbook {
            planned.views.visible.clone()
        } else {
            Vec::new()
        };
        wanted.skip_connection_check = settings.skip_connection_check;
        wanted
    }

    /// As it was. Which sheets the old file would show besides is not known, so hiding is left to the caller.
    pub(super) fn backward(before: &Snapshot, prefix: &str) -> Self {
        let item = &before.item;
        Self {
            owner_name: None,
            owner_luid: item.owner_luid.clone(),
            tags: item.own_tags(prefix),
            view_tags: before
                .detail
                .views
                .iter()
                .filter(|v| !v.tags.is_empty())
                .map(|v| (v.name.clone(), v.tags.clone()))
                .collect(),
            description: item.description.clone().filter(|d| !d.is_empty()),
            show_tabs: item.show_tabs,
            hidden: Vec::new(),
            certified: (item.certified == Some(true)).then(|| Certification {
                note: item.certification_note.clone(),
            }),
            credentials: Vec::new(),
            views: before.detail.views.iter().map(|v| v.name.clone()).collect(),
            skip_connection_check: true,
        }
    }
}

//! What a plan makes of what is wanted and what is there.

mod actions;
mod drift;
mod kept;
mod retiring;
mod sources;
mod views;

use jiff::Timestamp;

use super::*;
use crate::plan::Stamp;
use crate::plan::desired::{
    Certified, Credential, ItemKind, PublishedReference, Rewrite, ViewChoice, Written,
};
use crate::plan::live::{
    CustomView, Detail, LiveConnection, LiveItem, LiveProject, LiveView, Subscription,
};

fn path(text: &str) -> ProjectPath {
    text.parse().unwrap()
}

fn item(kind: ItemKind, project: &str, name: &str) -> Item {
    Item {
        kind,
        name: name.to_owned(),
        project: path(project),
        file: "f.twb".into(),
        bytes: 10,
        fingerprint: "aa".to_owned(),
        sheets: vec!["One".to_owned(), "Two".to_owned()],
        has_extract: Some(true),
        published: Vec::new(),
        writes: Vec::new(),
        rewrites: Vec::new(),
        notes: Vec::new(),
        settings: Settings::default(),
    }
}

fn live_item(kind: ItemKind, project: &str, name: &str, stamp: Option<(&str, u64)>) -> LiveItem {
    let at = Timestamp::from_second(1000).unwrap();
    let tags = stamp.map(|(fingerprint, revision)| {
        Stamp {
            fingerprint: fingerprint.to_owned(),
            commit: "c0ffee".to_owned(),
            revision,
            at,
        }
        .label("tabship")
    });
    LiveItem {
        kind,
        luid: format!("luid-{name}"),
        name: name.to_owned(),
        project: Some(path(project)),
        content_url: Some(expected_content_url(name)),
        webpage_url: None,
        owner_luid: Some("owner-1".to_owned()),
        tags: tags.into_iter().collect(),
        updated_at: Some(at),
        description: None,
        show_tabs: None,
        certified: None,
        certification_note: None,
        has_extracts: Some(true),
        size_mb: None,
    }
}

fn live(items: Vec<LiveItem>) -> Live {
    let mut live = Live {
        items,
        revision_history: true,
        ..Live::default()
    };
    live.projects = ["A", "B"]
        .iter()
        .map(|p| LiveProject {
            luid: (*p).to_owned(),
            path: path(p),
            writeable: None,
        })
        .collect();
    live.users.insert("owner-1".to_owned(), "ann".to_owned());
    live
}

fn with_detail(mut live: Live, luid: &str, detail: Detail) -> Live {
    live.details.insert(luid.to_owned(), detail);
    live
}

fn policy() -> Policy {
    Policy {
        prefix: "tabship".to_owned(),
        allow: BTreeSet::new(),
        prune: Prune::Report,
        prune_in: vec![path("A"), path("B")],
        of_others: Vec::new(),
        republish: false,
    }
}

fn only(desired: Item, live: &Live, policy: &Policy) -> Planned {
    let outcome = build(
        &Desired {
            items: vec![desired],
            ..Desired::default()
        },
        live,
        policy,
    );
    outcome.items.into_iter().next().unwrap()
}

fn view(name: &str) -> LiveView {
    LiveView {
        luid: format!("view-{name}"),
        name: name.to_owned(),
        content_url: None,
        tags: vec![],
    }
}

fn allows(planned: &Planned) -> Vec<Option<Allow>> {
    planned.blocked.iter().map(|b| b.allow).collect()
}

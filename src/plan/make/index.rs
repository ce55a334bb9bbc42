//! Both sides by identity, looked up in one step: a plan takes time in proportion to the number of items.

use std::collections::{HashMap, HashSet};

use crate::plan::desired::{Desired, Item, ItemKind, Key};
use crate::plan::live::{Live, LiveItem};
use crate::plan::project_path::ProjectPath;

use super::Policy;

pub(super) struct Index<'a> {
    pub(super) desired: &'a Desired,
    pub(super) live: &'a Live,
    wanted: HashMap<Key, &'a Item>,
    there: HashMap<Key, &'a LiveItem>,
    /// Items of ours in projects that the run speaks of, where nothing wants them; by kind and name in lower case.
    astray: HashMap<(ItemKind, String), Vec<&'a LiveItem>>,
    /// The same outside of those projects, and where no other target deploys to; empty when the run is not about
    /// everything.
    left: HashMap<(ItemKind, String), Vec<&'a LiveItem>>,
    /// By kind and content URL in lower case.
    content_urls: HashMap<(ItemKind, String), &'a LiveItem>,
    /// By content URL as it is.
    datasources: HashMap<&'a str, &'a LiveItem>,
    projects: HashSet<Vec<String>>,
}

/// Where an item is on the site now.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whereabouts<'l> {
    Nowhere,
    /// Where it is wanted.
    Here(&'l LiveItem),
    /// In another project, left there by tabship.
    Elsewhere(&'l LiveItem),
}

impl<'l> Whereabouts<'l> {
    pub(super) fn item(self) -> Option<&'l LiveItem> {
        match self {
            Self::Nowhere => None,
            Self::Here(item) | Self::Elsewhere(item) => Some(item),
        }
    }
}

impl<'a> Index<'a> {
    /// Of several with one identity, the first counts.
    pub(super) fn new(desired: &'a Desired, live: &'a Live, policy: &Policy) -> Self {
        let mut index = Self {
            desired,
            live,
            wanted: HashMap::with_capacity(desired.items.len()),
            there: HashMap::with_capacity(live.items.len()),
            astray: HashMap::new(),
            left: HashMap::new(),
            content_urls: HashMap::with_capacity(live.items.len()),
            datasources: HashMap::new(),
            projects: live.projects.iter().map(|p| p.path.folded()).collect(),
        };
        for item in &desired.items {
            index.wanted.entry(item.key()).or_insert(item);
        }
        for item in &live.items {
            index.add_live(item, policy);
        }
        index
    }

    fn add_live(&mut self, item: &'a LiveItem, policy: &Policy) {
        if let Some(url) = &item.content_url {
            let folded = (item.kind, url.to_ascii_lowercase());
            self.content_urls.entry(folded).or_insert(item);
            if item.kind == ItemKind::Datasource {
                self.datasources.entry(url).or_insert(item);
            }
        }
        let (Some(project), Some(key)) = (&item.project, item.key()) else {
            return;
        };
        if !self.wanted.contains_key(&key) && item.stamp(&policy.prefix).is_some() {
            let name = (item.kind, item.name.to_lowercase());
            if policy.prune_in.contains(project) {
                self.astray.entry(name).or_default().push(item);
            } else if !policy.prune_in.is_empty() && !policy.is_of_others(project) {
                self.left.entry(name).or_default().push(item);
            }
        }
        self.there.entry(key).or_insert(item);
    }

    /// A move is only seen where it is certain: one item of ours with this name, in a project that the run speaks of,
    /// that nothing else of this run wants.
    pub(super) fn whereabouts(&self, item: &Item) -> Whereabouts<'a> {
        if let Some(here) = self.there.get(&item.key()) {
            return Whereabouts::Here(here);
        }
        let astray = self.astray.get(&(item.kind, item.name.to_lowercase()));
        match astray.map(Vec::as_slice) {
            Some([only]) => Whereabouts::Elsewhere(only),
            _ => Whereabouts::Nowhere,
        }
    }

    /// What may be the item, deployed to another project before: one of ours with its name that nothing wants, and that is
    /// not known well enough to be moved.
    pub(super) fn left_behind(&self, item: &Item) -> Option<&'a LiveItem> {
        let name = (item.kind, item.name.to_lowercase());
        let all = [&self.astray, &self.left];
        let found = all.iter().find_map(|left| left.get(&name)?.first());
        found.copied()
    }

    /// What is on the site under this identity.
    pub(super) fn there(&self, key: &Key) -> Option<&'a LiveItem> {
        self.there.get(key).copied()
    }

    pub(super) fn wanted(&self, key: &Key) -> Option<&'a Item> {
        self.wanted.get(key).copied()
    }

    /// The item that has this content URL, whatever the case.
    pub(super) fn with_content_url(&self, kind: ItemKind, url: &str) -> Option<&'a LiveItem> {
        let key = (kind, url.to_ascii_lowercase());
        self.content_urls.get(&key).copied()
    }

    pub(super) fn datasource(&self, content_url: &str) -> Option<&'a LiveItem> {
        self.datasources.get(content_url).copied()
    }

    pub(super) fn has_project(&self, path: &ProjectPath) -> bool {
        self.projects.contains(&path.folded())
    }

    /// Items of ours that nothing wants, here or elsewhere.
    pub(super) fn unwanted(&self) -> impl Iterator<Item = &'a LiveItem> {
        let moved: HashSet<&str> = self
            .desired
            .items
            .iter()
            .filter_map(|item| match self.whereabouts(item) {
                Whereabouts::Elsewhere(there) => Some(there.luid.as_str()),
                Whereabouts::Here(_) | Whereabouts::Nowhere => None,
            })
            .collect();
        let astray = self.astray.values().flatten().copied();
        astray.filter(move |item| !moved.contains(item.luid.as_str()))
    }
}

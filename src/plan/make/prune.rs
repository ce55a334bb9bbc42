//! Items that were deployed from here and are no longer wanted.

use std::collections::HashSet;

use crate::plan::desired::{Desired, Item, Key, Settings};
use crate::plan::document::{Action, Planned};
use crate::plan::live::{Live, LiveItem};
use crate::plan::stamp::Stamp;

use super::existing::bound;
use super::{Policy, Prune, Whereabouts, blank, whereabouts};

pub(super) fn retired(desired: &Desired, live: &Live, policy: &Policy) -> Vec<Planned> {
    if policy.prune == Prune::Off {
        return Vec::new();
    }
    let wanted: HashSet<Key> = desired.items.iter().map(Item::key).collect();
    let moved: HashSet<&str> = desired
        .items
        .iter()
        .filter_map(|i| match whereabouts(i, desired, live, policy) {
            Whereabouts::Elsewhere(l) => Some(l.luid.as_str()),
            _ => None,
        })
        .collect();
    let mut retired: Vec<Planned> = live
        .items
        .iter()
        .filter(|l| {
            !moved.contains(l.luid.as_str()) && l.key().is_some_and(|k| !wanted.contains(&k))
        })
        .filter(|l| {
            l.project
                .as_ref()
                .is_some_and(|p| policy.prune_in.contains(p))
        })
        .filter_map(|l| l.stamp(&policy.prefix).map(|stamp| retire(l, &stamp)))
        .collect();
    // What reads goes before what is read.
    retired.sort_by(|a, b| (b.kind, &a.name).cmp(&(a.kind, &b.name)));
    retired
}

fn retire(there: &LiveItem, stamp: &Stamp) -> Planned {
    let item = Item {
        kind: there.kind,
        name: there.name.clone(),
        project: there.project.clone().unwrap_or_default(),
        file: std::path::PathBuf::new(),
        bytes: 0,
        fingerprint: stamp.fingerprint.clone(),
        sheets: Vec::new(),
        has_extract: None,
        published: Vec::new(),
        rewrites: Vec::new(),
        settings: Settings::default(),
    };
    let mut planned = blank(&item);
    planned.luid = Some(there.luid.clone());
    planned.live = Some(bound(there, None, Some(stamp)));
    planned.publish = false;
    planned.why.push(format!(
        "deployed from commit {} and no longer in the repository",
        stamp.commit
    ));
    planned.action = Action::Retire;
    planned
}

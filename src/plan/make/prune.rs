//! Items that were deployed from here and are no longer wanted.

use crate::plan::desired::{Item, Settings};
use crate::plan::document::{Action, Planned};
use crate::plan::live::LiveItem;
use crate::plan::stamp::Stamp;

use super::existing::bound;
use super::index::Index;
use super::{Policy, Prune, blank};

pub(super) fn retired(index: &Index<'_>, policy: &Policy) -> Vec<Planned> {
    if policy.prune == Prune::Off {
        return Vec::new();
    }
    let mut retired: Vec<Planned> = index
        .unwanted()
        .filter_map(|l| l.stamp(&policy.prefix).map(|stamp| retire(l, &stamp)))
        .collect();
    // What reads goes before what is read.
    retired.sort_by(|a, b| (b.kind, &a.name, &a.project).cmp(&(a.kind, &b.name, &b.project)));
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
        writes: Vec::new(),
        rewrites: Vec::new(),
        notes: Vec::new(),
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

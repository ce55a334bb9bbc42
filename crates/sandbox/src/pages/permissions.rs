//! Permission rules as a table, and the names of those that they are about.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::layout::{self, empty};
use crate::error::ApiError;
use crate::model::{Grantee, GranteeKind, Group, GroupSet, Mode, Rule, Site, User};
use crate::store::Tx;

/// Users and groups by LUID.
pub(super) struct Names {
    users: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
    sets: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn load(tx: &Tx<'_>, site: &Site) -> Result<Self, ApiError> {
        let users = tx
            .all::<User>(&site.id)?
            .into_iter()
            .map(|user| (user.id, user.name));
        let groups = tx
            .all::<Group>(&site.id)?
            .into_iter()
            .map(|group| (group.id, group.name));
        let sets = tx
            .all::<GroupSet>(&site.id)?
            .into_iter()
            .map(|set| (set.id, set.name));
        Ok(Self {
            users: users.collect(),
            groups: groups.collect(),
            sets: sets.collect(),
        })
    }

    pub(super) fn user<'a>(&'a self, id: &'a str) -> &'a str {
        self.users.get(id).map_or(id, String::as_str)
    }

    fn grantee<'a>(&'a self, grantee: &'a Grantee) -> (&'a str, &'static str) {
        match grantee.kind {
            GranteeKind::User => (self.user(&grantee.id), "user"),
            GranteeKind::Group => (
                self.groups
                    .get(&grantee.id)
                    .map_or(&grantee.id, String::as_str),
                "group",
            ),
            GranteeKind::GroupSet => (
                self.sets
                    .get(&grantee.id)
                    .map_or(&grantee.id, String::as_str),
                "group set",
            ),
        }
    }
}

/// One row a grantee, in the order of the rules.
pub(super) fn table(names: &Names, rules: &[Rule]) -> Markup {
    let mut grantees: Vec<&Grantee> = Vec::new();
    for rule in rules {
        if !grantees.contains(&&rule.grantee) {
            grantees.push(&rule.grantee);
        }
    }
    if grantees.is_empty() {
        return empty("No rules: only administrators, owners and project leaders get in.");
    }
    let of = |grantee: &Grantee, mode| {
        let capabilities: Vec<&str> = rules
            .iter()
            .filter(|rule| rule.grantee == *grantee && rule.mode == mode)
            .map(|rule| rule.capability.as_str())
            .collect();
        html! { @if capabilities.is_empty() { span.soft { "–" } } @else { ul.capabilities { @for name in capabilities { li { (name) } } } } }
    };
    layout::table(
        "Permissions",
        &["Who", "Allowed", "Denied"],
        &html! {
            @for grantee in grantees {
                @let (name, kind) = names.grantee(grantee);
                tr {
                    th scope="row" { (name) " " span.soft { (kind) } }
                    td { (of(grantee, Mode::Allow)) }
                    td { (of(grantee, Mode::Deny)) }
                }
            }
        },
    )
}

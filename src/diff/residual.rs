//! What changed although nothing here describes it: counted, never kept silent.
//!
//! The trees are walked once more without noise and without what the other files compare. Each element that is left is
//! a fact; facts that only one side has are the other changes.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use crate::content::model::{Column, Dashboard, Datasource, Parameter, Worksheet, Zone};
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::Subject;
use crate::words;

use super::canonical;
use super::change::Kind;
use super::comparison::{Comparison, Renames, Side, What, both, unix};
use super::identity::Matched;
use super::noise::{self, Scope, Treatment};

pub(super) fn workbook(at: &mut Comparison<'_>, subject: &[Subject]) {
    let (old, new) = (at.before.document, at.after.document);
    let root = |d: &crate::content::Document| d.tree.root();
    if old.tree.local(root(old)) != "workbook" || new.tree.local(root(new)) != "workbook" {
        return;
    }
    let mut facts = Facts::default();
    facts.before(at, root(old), Scope::Workbook, 0);
    facts.after(at, root(new), Scope::Workbook, 0);
    let what = facts.say(subject);
    say(at, what, both(old.model.root, new.model.root));
}

pub(super) fn datasource(
    at: &mut Comparison<'_>,
    old: &Datasource,
    new: &Datasource,
    subject: &[Subject],
) {
    let mut facts = Facts::default();
    facts.before(at, old.element.node, Scope::Datasource, 0);
    facts.after(at, new.element.node, Scope::Datasource, 0);
    // Columns that only one side has are fields that came or went, or that nobody had touched.
    let name = |c: &Column| Some(c.name.value.clone());
    for (earlier, column) in Matched::by_one(&old.columns, &new.columns, &name).pairs {
        let seed = hash(&column.name.value);
        facts.before(at, earlier.element.node, Scope::Column, seed);
        facts.after(at, column.element.node, Scope::Column, seed);
    }
    let what = facts.say(subject);
    say(at, what, both(old.element, new.element));
}

pub(super) fn parameter(
    at: &mut Comparison<'_>,
    old: &Parameter,
    new: &Parameter,
    subject: &[Subject],
) {
    let mut facts = Facts::default();
    facts.before(at, old.element.node, Scope::Parameter, 0);
    facts.after(at, new.element.node, Scope::Parameter, 0);
    let what = facts.say(subject);
    say(at, what, both(old.element, new.element));
}

pub(super) fn worksheet(
    at: &mut Comparison<'_>,
    old: &Worksheet,
    new: &Worksheet,
    subject: &[Subject],
) {
    let mut facts = Facts::default();
    facts.before(at, old.element.node, Scope::Worksheet, 0);
    facts.after(at, new.element.node, Scope::Worksheet, 0);
    let what = facts.say(subject);
    say(at, what, both(old.element, new.element));
}

/// `zones`: those that both have.
pub(super) fn dashboard(
    at: &mut Comparison<'_>,
    (old, new): (&Dashboard, &Dashboard),
    zones: &[(&Zone, &Zone)],
    subject: &[Subject],
) {
    let mut facts = Facts::default();
    facts.before(at, old.element.node, Scope::Dashboard, 0);
    facts.after(at, new.element.node, Scope::Dashboard, 0);
    for (n, (before, after)) in zones.iter().enumerate() {
        let seed = hash(&n);
        facts.before(at, before.element.node, Scope::Zone, seed);
        facts.after(at, after.element.node, Scope::Zone, seed);
    }
    let what = facts.say(subject);
    say(at, what, both(old.element, new.element));
}

fn say(
    at: &mut Comparison<'_>,
    what: Option<What>,
    places: (
        Option<crate::diagnostic::Span>,
        Option<crate::diagnostic::Span>,
    ),
) {
    if let Some(what) = what {
        at.say(what, places);
    }
}

#[derive(Debug)]
struct Fact<'t> {
    hash: u64,
    local: &'t str,
}

#[derive(Debug, Default)]
struct Facts<'t> {
    before: Vec<Fact<'t>>,
    after: Vec<Fact<'t>>,
}

impl<'t> Facts<'t> {
    fn before(&mut self, at: &Comparison<'t>, node: NodeId, scope: Scope, seed: u64) {
        let mut walk = Walk {
            tree: &at.before.document.tree,
            renames: None,
            facts: &mut self.before,
        };
        walk.element(node, scope, "", seed, true);
    }

    fn after(&mut self, at: &Comparison<'t>, node: NodeId, scope: Scope, seed: u64) {
        let mut walk = Walk {
            tree: &at.after.document.tree,
            renames: Some(&at.renames),
            facts: &mut self.after,
        };
        walk.element(node, scope, "", seed, true);
    }

    /// What only one side has, by the name of the element.
    fn say(mut self, subject: &[Subject]) -> Option<What> {
        self.before.sort_by_key(|f| f.hash);
        self.after.sort_by_key(|f| f.hash);
        let mut gone: BTreeMap<&str, usize> = BTreeMap::new();
        let mut come: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut old, mut new) = (self.before.iter().peekable(), self.after.iter().peekable());
        loop {
            match (old.peek(), new.peek()) {
                (Some(a), Some(b)) if a.hash == b.hash => {
                    old.next();
                    new.next();
                }
                (Some(a), b) if b.is_none_or(|b| a.hash < b.hash) => {
                    *gone.entry(a.local).or_default() += 1;
                    old.next();
                }
                (_, Some(b)) => {
                    *come.entry(b.local).or_default() += 1;
                    new.next();
                }
                _ => break,
            }
        }
        counted(&gone, &come, subject)
    }
}

/// An element that changed is gone in one form and come in another: it counts once.
fn counted(
    gone: &BTreeMap<&str, usize>,
    come: &BTreeMap<&str, usize>,
    subject: &[Subject],
) -> Option<What> {
    let mut counts: BTreeMap<&str, usize> = gone.clone();
    for (local, n) in come {
        let count = counts.entry(local).or_default();
        *count = (*count).max(*n);
    }
    let total: usize = counts.values().sum();
    if total == 0 {
        return None;
    }
    let mut kinds: Vec<(&str, usize)> = counts.into_iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    if kinds.iter().all(|(local, _)| noise::is_formatting(local)) {
        let aspect = format!("formatting ({})", words::count(total, "setting"));
        return Some(What::changed(Kind::Formatting, subject).aspect(aspect));
    }
    // There is no word of Tableau's for them; what its file calls them can be searched for.
    let words: Vec<String> = kinds
        .iter()
        .map(|(local, n)| match n {
            1 => format!("`{local}`"),
            n => format!("{n} `{local}`"),
        })
        .collect();
    let aspect = format!("other settings ({})", words.join(", "));
    Some(What::changed(Kind::Other, subject).aspect(aspect))
}

struct Walk<'w, 't> {
    tree: &'t Tree,
    renames: Option<&'w Renames>,
    facts: &'w mut Vec<Fact<'t>>,
}

impl<'t> Walk<'_, 't> {
    /// `chain` is what the elements above say.
    fn element(&mut self, node: NodeId, scope: Scope, parent: &str, chain: u64, top: bool) {
        let local = self.tree.local(node);
        let treatment = if top {
            noise::top(scope)
        } else {
            noise::treatment(scope, parent, local)
        };
        match treatment {
            Treatment::Skip => {}
            Treatment::Whole => {
                let text = canonical::with(self.tree, node, &[], self.renames);
                self.fact(local, (chain, text));
            }
            Treatment::Walk { ignore, text } => self.walk(node, scope, chain, ignore, text),
        }
    }

    fn walk(&mut self, node: NodeId, scope: Scope, chain: u64, ignore: &[&str], text: bool) {
        let tree = self.tree;
        let local = tree.local(node);
        let mut hasher = DefaultHasher::new();
        (chain, local).hash(&mut hasher);
        let bare_chain = hasher.finish();
        let (any, said) = self.attributes(node, ignore, &mut hasher);
        let mut children = tree.children(node).peekable();
        let leaf = children.peek().is_none();
        let own = if leaf && text {
            tree.text(node).value
        } else {
            String::new()
        };
        let own = own.trim();
        if !own.is_empty() {
            unix(&self.earlier(own)).hash(&mut hasher);
        }
        let full_chain = hasher.finish();
        // An element without anything to say is only a holder, unless it is all there is.
        if said || !own.is_empty() || (leaf && !any && !noise::is_holder(local)) {
            // A text is cut into runs at will: each look counts once.
            let again = local == "run"
                && self
                    .facts
                    .iter()
                    .rev()
                    .take(64)
                    .any(|f| f.hash == full_chain);
            if !again {
                self.facts.push(Fact {
                    hash: full_chain,
                    local,
                });
            }
        }
        let chain = if noise::names_its_content(local) {
            full_chain
        } else {
            bare_chain
        };
        for child in children {
            self.element(child, scope, local, chain, false);
        }
    }

    /// Hashes what is not ignored; says whether there were attributes, and whether some counted.
    fn attributes(
        &self,
        node: NodeId,
        ignore: &[&str],
        hasher: &mut DefaultHasher,
    ) -> (bool, bool) {
        if ignore == noise::ALL {
            return (true, false);
        }
        let mut any = false;
        let mut kept: Vec<(&str, std::borrow::Cow<'_, str>)> = Vec::new();
        for attribute in self.tree.read_attributes(node) {
            any = true;
            let name = attribute.name.local.as_str();
            if !ignore.contains(&name) && !noise::is_noise_attribute(name) {
                kept.push((name, attribute.value));
            }
        }
        kept.sort();
        kept.dedup();
        for (name, value) in &kept {
            (name, self.earlier(value)).hash(hasher);
        }
        (any, !kept.is_empty())
    }

    fn earlier<'v>(&self, value: &'v str) -> std::borrow::Cow<'v, str> {
        self.renames
            .map_or(std::borrow::Cow::Borrowed(value), |r| r.earlier(value))
    }

    fn fact(&mut self, local: &'t str, what: impl Hash) {
        self.facts.push(Fact {
            hash: hash(&(local, what)),
            local,
        });
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// What a device layout shows and where.
pub(super) fn device_layout(
    side: &Side<'_>,
    dashboard: &Dashboard,
    name: &str,
    renames: Option<&Renames>,
) -> String {
    let tree = &side.document.tree;
    let Some(all) = tree.child(dashboard.element.node, "devicelayouts") else {
        return String::new();
    };
    let found = tree
        .named(all, "devicelayout")
        .find(|n| tree.is(*n, "name", name));
    let Some(layout) = found else {
        return String::new();
    };
    let mut zones: Vec<String> = Vec::new();
    for zone in tree
        .descendants(layout)
        .filter(|n| tree.local(*n) == "zone")
    {
        let attributes = [
            "name",
            "param",
            "type-v2",
            "type",
            "x",
            "y",
            "w",
            "h",
            "hidden-by-user",
        ];
        let value = |a: &&str| {
            let value = tree.get(zone, a)?;
            let value = renames.map_or_else(|| value.clone(), |r| r.earlier(&value).into_owned());
            Some(format!("{a}={value}"))
        };
        let words: Vec<String> = attributes.iter().filter_map(value).collect();
        zones.push(words.join(" "));
    }
    zones.sort();
    let size = tree
        .child(layout, "size")
        .map(|n| canonical::whole(tree, n))
        .unwrap_or_default();
    format!("{size}\n{}", zones.join("\n"))
}

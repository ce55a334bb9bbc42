//! The same change in several data sources, sheets or dashboards is one sentence.

use crate::diagnostic::Subject;

use super::change::{Action, Change, Detail, Kind, Risk, named};

/// Names of the places that a sentence holds.
const SHOWN: usize = 4;

/// Changes that differ in nothing but where they are.
#[derive(Debug)]
pub struct Alike<'c> {
    /// At least one, in the order of the report.
    pub changes: Vec<&'c Change>,
    /// Index of the first.
    pub at: usize,
}

/// Groups them in the order of their first.
pub fn alike(changes: &[Change]) -> Vec<Alike<'_>> {
    let mut groups: Vec<Alike<'_>> = Vec::new();
    let mut known: std::collections::HashMap<Key<'_>, usize> = std::collections::HashMap::new();
    for (at, change) in changes.iter().enumerate() {
        let new = groups.len();
        let group = key(change).map_or(new, |key| *known.entry(key).or_insert(new));
        match groups.get_mut(group) {
            Some(group) => group.changes.push(change),
            None => groups.push(Alike {
                changes: vec![change],
                at,
            }),
        }
    }
    groups
}

/// All of a change but the name of the outermost subject and the places in the file.
#[derive(PartialEq, Eq, Hash)]
struct Key<'c> {
    outer: &'static str,
    inner: &'c [Subject],
    what: (Kind, Action, Option<Risk>),
    aspect: &'c Option<String>,
    sides: (&'c Option<String>, &'c Option<String>),
    details: &'c [Detail],
}

/// What is its subject as a whole has no like.
fn key(change: &Change) -> Option<Key<'_>> {
    let (outer, inner) = change.subject.split_first()?;
    if inner.is_empty() && change.aspect.is_none() {
        return None;
    }
    Some(Key {
        outer: outer.kind,
        inner,
        what: (change.kind, change.action, change.risk),
        aspect: &change.aspect,
        sides: (&change.before, &change.after),
        details: &change.details,
    })
}

impl<'c> Alike<'c> {
    pub fn first(&self) -> Option<&'c Change> {
        self.changes.first().copied()
    }

    /// `connection of 2 data sources (Orders, Returns): server changed, a -> b`.
    pub fn sentence(&self) -> String {
        self.first()
            .map_or(String::new(), |first| match self.several() {
                Some(subject) => first.sentence_about(subject),
                None => first.sentence(),
            })
    }

    /// The same with shorter values, for the list of risks.
    pub(super) fn in_words(&self, longest: usize) -> String {
        self.first().map_or(String::new(), |first| {
            let subject = self.several().unwrap_or_else(|| first.subject_words());
            first.about(subject, longest)
        })
    }

    /// What all of them are about, in words, where there are several.
    pub fn several(&self) -> Option<String> {
        let first = self.first()?;
        let (outer, inner) = first.subject.split_first()?;
        if self.changes.len() < 2 {
            return None;
        }
        let names = self.changes.iter().filter_map(|c| c.subject.first());
        let names: Vec<&str> = names.map(|s| s.name.as_str()).collect();
        let more = names.len().saturating_sub(SHOWN);
        let mut list = names[..names.len() - more].join(", ");
        if more > 0 {
            list.push_str(&format!(" and {more} more"));
        }
        let mut words: Vec<String> = inner.iter().rev().map(named).collect();
        words.push(format!("{} {}s ({list})", names.len(), outer.kind));
        Some(words.join(" of "))
    }

    /// The sheets that show any of them, sorted.
    pub fn reaches(&self) -> Vec<&'c str> {
        let all = self.changes.iter().flat_map(|c| &c.reaches);
        let mut all: Vec<&str> = all.map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

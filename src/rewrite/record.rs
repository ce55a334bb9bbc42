//! What the rules do, collected: each place once, and never two things at one place.

use std::collections::BTreeMap;

use crate::diagnostic::{Edit, Span};

use super::{Hit, Kept, Rewritten, Unmet};

/// The edits and findings of all rules.
#[derive(Default)]
pub(super) struct Record {
    /// Of the rule that is at work.
    pub(super) rule: usize,
    replaced: BTreeMap<Span, String>,
    /// Attributes that are added, by the byte before which they go and by their names: Tableau sorts them.
    added: BTreeMap<(u32, String), String>,
    result: Rewritten,
}

impl Record {
    pub(super) fn matched(&mut self) {
        if !self.result.matched.contains(&self.rule) {
            self.result.matched.push(self.rule);
        }
    }

    pub(super) fn unmet(&mut self, why: String) {
        let unmet = Unmet {
            rule: self.rule,
            why,
        };
        if !self.result.unmet.contains(&unmet) {
            self.result.unmet.push(unmet);
        }
    }

    /// Of SQL that is left as it is.
    pub(super) fn kept(&mut self, what: String) {
        let kept = Kept {
            rule: self.rule,
            what,
        };
        if !self.result.kept.contains(&kept) {
            self.result.kept.push(kept);
        }
    }

    /// Puts a text in a place. False when it is there already, or when another rule wants another one there.
    pub(super) fn replace(&mut self, span: Span, text: String, what: &str) -> bool {
        match self.replaced.get(&span) {
            None => {
                self.replaced.insert(span, text);
                true
            }
            Some(other) => {
                if *other != text {
                    self.contested(what);
                }
                false
            }
        }
    }

    /// Adds an attribute before a byte; `text` is the whole of it, with its space. The result is that of
    /// [`replace`](Self::replace).
    pub(super) fn add(&mut self, at: u32, attribute: &str, text: String, what: &str) -> bool {
        let place = (at, attribute.to_owned());
        match self.added.get(&place) {
            None => {
                self.added.insert(place, text);
                true
            }
            Some(other) => {
                if *other != text {
                    self.contested(what);
                }
                false
            }
        }
    }

    fn contested(&mut self, what: &str) {
        self.unmet(format!(
            "another rewrite makes something else of the {what}; narrow one of the two, with `match` or with `in`"
        ));
    }

    pub(super) fn hit(&mut self, old: &str, new: &str, what: &str) {
        let rule = self.rule;
        match self
            .result
            .hits
            .iter_mut()
            .find(|h| h.rule == rule && h.what == what && h.old == old && h.new == new)
        {
            Some(hit) => hit.count += 1,
            None => self.result.hits.push(Hit {
                rule,
                what: what.to_owned(),
                old: old.to_owned(),
                new: new.to_owned(),
                count: 1,
            }),
        }
    }

    pub(super) fn finish(self) -> Rewritten {
        let mut result = self.result;
        // Several attributes before one byte are one edit.
        let mut edits = self.replaced;
        for ((at, _), text) in self.added {
            edits.entry(Span::new(at, at)).or_default().push_str(&text);
        }
        let edits = edits.into_iter();
        result.edits = edits.map(|(span, text)| Edit { span, text }).collect();
        let unmet = &result.unmet;
        result
            .matched
            .retain(|rule| unmet.iter().all(|u| u.rule != *rule));
        result
    }
}

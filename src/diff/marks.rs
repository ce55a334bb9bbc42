//! The marks card: mark type, encodings, tooltip, label.

use std::collections::BTreeMap;

use crate::content::model::{Pane, Worksheet};
use crate::diagnostic::{Span, Subject};

use super::change::{Action, Kind};
use super::comparison::{Comparison, Side, What};
use super::identity::{Key, Matched};
use super::worksheets;

pub(super) fn compare(
    at: &mut Comparison<'_>,
    old: &Worksheet,
    new: &Worksheet,
    subject: &[Subject],
) {
    let matched = {
        let before = |p: &Pane| Some(axis_key(&at.before, p));
        let after = |p: &Pane| Some(at.renames.earlier(&axis_key(&at.after, p)).into_owned());
        // Cards without a partner by their axis are paired in order.
        let any = |_: &Pane| Some(String::new());
        Matched::by(
            &old.panes,
            &new.panes,
            &[
                Key {
                    before: &before,
                    after: &after,
                },
                Key {
                    before: &any,
                    after: &any,
                },
            ],
        )
    };
    for pane in &matched.removed {
        let what = What::new(Kind::Mark, Action::Removed, subject)
            .aspect("marks card")
            .before(card(&at.before, pane));
        at.say(what, (Some(pane.element.tag), None));
    }
    for pane in &matched.added {
        let what = What::new(Kind::Mark, Action::Added, subject)
            .aspect("marks card")
            .after(card(&at.after, pane));
        at.say(what, (None, Some(pane.element.tag)));
    }
    let several = matched.pairs.len() > 1;
    let mut found = Found::default();
    for (old, new) in &matched.pairs {
        found.pair(at, old, new);
    }
    found.say(at, several.then_some(matched.pairs.len()), subject);
    let mut said = Vec::new();
    for (old, new) in &matched.pairs {
        for (aspect, from, to) in [
            ("tooltip", &old.tooltip, &new.tooltip),
            ("label", &old.label, &new.label),
        ] {
            let value =
                |t: &Option<crate::content::model::Text>| t.as_ref().map(|t| t.value.clone());
            // A text is repeated on every card of the sheet.
            let key = (aspect, value(from), value(to));
            if !said.contains(&key) {
                worksheets::text(at, subject, aspect, from.as_ref(), to.as_ref());
                said.push(key);
            }
        }
    }
}

/// The axis that a card belongs to; empty for the card of all.
fn axis_key(side: &Side<'_>, pane: &Pane) -> String {
    let tree = &side.document.tree;
    ["x-axis-name", "y-axis-name", "x-index", "y-index"]
        .iter()
        .filter_map(|name| tree.get(pane.element.node, name))
        .collect::<Vec<_>>()
        .join(" ")
}

fn card(side: &Side<'_>, pane: &Pane) -> String {
    let axis = axis_key(side, pane);
    if axis.contains('[') {
        side.names.shelf(&axis)
    } else {
        pane.mark
            .as_ref()
            .map_or(String::new(), |m| m.value.clone())
    }
}

/// Aspect, kind, before, after: once, with the cards on which it is so.
type Same = (String, Kind, String, String);

/// Subjects, and the places before and after.
type Places = (Vec<String>, Option<Span>, Option<Span>);

#[derive(Default)]
struct Found {
    changes: BTreeMap<Same, Places>,
}

impl Found {
    fn pair(&mut self, at: &Comparison<'_>, old: &Pane, new: &Pane) {
        let mark = |p: &Pane| p.mark.as_ref().map_or(String::new(), |m| m.value.clone());
        let card = card(&at.after, new);
        if mark(old) != mark(new) {
            let spans = (old.mark.as_ref(), new.mark.as_ref());
            let spans = (spans.0.map(|t| t.span), spans.1.map(|t| t.span));
            self.add(
                ("mark type".to_owned(), Kind::Mark, mark(old), mark(new)),
                card.clone(),
                spans,
            );
        }
        let mut kinds: Vec<&str> = old.encodings.iter().map(|e| e.0.as_str()).collect();
        kinds.extend(new.encodings.iter().map(|e| e.0.as_str()));
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let on = |pane: &Pane, later: bool| -> Vec<String> {
                let columns = pane.encodings.iter().filter(|e| e.0 == kind);
                let mut columns: Vec<String> = columns
                    .map(|(_, column)| {
                        if later {
                            at.renames.earlier(&column.value).into_owned()
                        } else {
                            column.value.clone()
                        }
                    })
                    .collect();
                columns.sort();
                columns
            };
            if on(old, false) == on(new, true) {
                continue;
            }
            let words = |side: &Side<'_>, pane: &Pane| -> String {
                let columns = pane.encodings.iter().filter(|e| e.0 == kind);
                let mut words: Vec<String> =
                    columns.map(|(_, c)| side.names.shelf(&c.value)).collect();
                words.sort();
                words.join(", ")
            };
            let span = |pane: &Pane| Some(pane.element.tag);
            self.add(
                (
                    encoding_name(kind),
                    Kind::Encoding,
                    words(&at.before, old),
                    words(&at.after, new),
                ),
                card.clone(),
                (span(old), span(new)),
            );
        }
    }

    fn add(&mut self, same: Same, card: String, spans: (Option<Span>, Option<Span>)) {
        let entry = self
            .changes
            .entry(same)
            .or_insert((Vec::new(), spans.0, spans.1));
        entry.0.push(card);
    }

    /// `cards`: how many there are, where there are several.
    fn say(self, at: &mut Comparison<'_>, cards: Option<usize>, subject: &[Subject]) {
        for ((aspect, kind, from, to), (on, before, after)) in self.changes {
            let aspect = match cards {
                Some(all) if on.len() < all => format!("{aspect} on the card {}", on.join(", ")),
                _ => aspect,
            };
            let what = match (from.is_empty(), to.is_empty()) {
                (true, false) => What::new(kind, Action::Added, subject).after(to),
                (false, true) => What::new(kind, Action::Removed, subject).before(from),
                _ => What::changed(kind, subject).list(&from, &to),
            };
            at.say(what.aspect(aspect), (before, after));
        }
    }
}

fn encoding_name(kind: &str) -> String {
    match kind {
        "lod" => "detail",
        "text" => "label field",
        "tooltip" => "tooltip field",
        "wedge-size" => "angle",
        other => other,
    }
    .to_owned()
}

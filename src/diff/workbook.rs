//! The workbook as a whole: who saved it, palettes, blends, extensions' permissions.

use crate::content::model::{Palette, ProductVersion};
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both};
use super::identity::Matched;
use super::residual;

pub(super) fn compare(at: &mut Comparison<'_>) {
    saved_by(at);
    palettes(at);
    blends(at);
    full_data(at);
    let subject = subject(at);
    residual::workbook(at, &[subject]);
}

fn subject(at: &Comparison<'_>) -> Subject {
    let tree = &at.after.document.tree;
    let kind = if tree.local(tree.root()) == "datasource" {
        "data source"
    } else {
        "workbook"
    };
    Subject::new(kind, "")
}

/// Only the release counts: it decides who can open the file.
fn saved_by(at: &mut Comparison<'_>) {
    let (old, new) = (&at.before.document.model, &at.after.document.model);
    let (Some(from), Some(to)) = (old.saved_by, new.saved_by) else {
        return;
    };
    let release = |v: ProductVersion| (v.year, v.release);
    if release(from) == release(to) {
        return;
    }
    let words = |v: ProductVersion| format!("{}.{}", v.year, v.release);
    let risk = (release(to) > release(from)).then_some(Risk::SavedByNewer);
    let what = What::changed(Kind::Workbook, &[subject(at)])
        .aspect("Tableau release that saved it")
        .from_to(words(from), words(to))
        .risk(risk);
    at.say(what, both(old.root, new.root));
}

fn palettes(at: &mut Comparison<'_>) {
    let name = |p: &Palette| Some(p.name.clone());
    let (old, new) = (&at.before.document.model, &at.after.document.model);
    let matched = Matched::by_one(&old.palettes, &new.palettes, &name);
    let named = |p: &Palette| [Subject::new("palette", &p.name)];
    let colors = |p: &Palette| p.colors.join(" ");
    let places = both(old.root, new.root);
    for palette in &matched.removed {
        at.say(
            What::new(Kind::Palette, Action::Removed, &named(palette)),
            places,
        );
    }
    for palette in &matched.added {
        let what = What::new(Kind::Palette, Action::Added, &named(palette)).after(colors(palette));
        at.say(what, places);
    }
    for (from, to) in matched.pairs {
        if from.colors != to.colors {
            let what = What::changed(Kind::Palette, &named(to))
                .aspect("colours")
                .from_to(colors(from), colors(to));
            at.say(what, places);
        }
    }
}

fn blends(at: &mut Comparison<'_>) {
    let (old, new) = (&at.before.document.model, &at.after.document.model);
    let later: Vec<(String, String)> = new
        .blends
        .iter()
        .map(|(a, b)| {
            let earlier = |name: &str| at.renames.earlier(name).into_owned();
            (earlier(a), earlier(b))
        })
        .collect();
    let places = both(old.root, new.root);
    let mut found = Vec::new();
    for (source, target) in old.blends.iter().filter(|b| !later.contains(b)) {
        let names = &at.before.names;
        found.push((
            Action::Removed,
            names.datasource(source),
            names.datasource(target),
        ));
    }
    for (blend, _) in new
        .blends
        .iter()
        .zip(&later)
        .filter(|(_, b)| !old.blends.contains(b))
    {
        let names = &at.after.names;
        found.push((
            Action::Added,
            names.datasource(&blend.0),
            names.datasource(&blend.1),
        ));
    }
    for (action, source, target) in found {
        let subject = [Subject::new("blend", format!("{source} - {target}"))];
        at.say(What::new(Kind::Blend, action, &subject), places);
    }
}

/// An extension that asks for all data sees rows that no sheet shows.
fn full_data(at: &mut Comparison<'_>) {
    let asks = |model: &crate::content::model::Model| model.extensions.iter().any(|e| e.full_data);
    let (old, new) = (&at.before.document.model, &at.after.document.model);
    let had = !old.extensions.is_empty();
    if had && asks(new) && !asks(old) {
        let what = What::changed(Kind::Extension, &[subject(at)])
            .aspect("permission of extensions")
            .from_to("data of the view", "full data")
            .risk(Some(Risk::NewExtension));
        at.say(what, both(old.root, new.root));
    }
}

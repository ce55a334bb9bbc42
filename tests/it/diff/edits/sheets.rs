//! Worksheets and tabs.

use tabship::content::Document;
use tabship::content::model::{Window, Worksheet};
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, in_tag, one, pick, said, without_window};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("rename a sheet", rename_a_sheet),
    ("remove a sheet", remove_a_sheet),
    ("hide a sheet", hide_a_sheet),
    ("show a sheet", show_a_sheet),
    ("colour a tab", colour_a_tab),
    ("add a sheet", add_a_sheet),
];

fn rename_a_sheet(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let model = &document.model;
    let with_id = |sheet: &&Worksheet| {
        sheet.simple_id.is_some()
            || model
                .windows
                .iter()
                .any(|w| w.name.value == sheet.name.value && w.simple_id.is_some())
    };
    let sheet = pick(rng, model.worksheets.iter().filter(with_id))?;
    let name = &sheet.name.value;
    let tree = &document.tree;
    let mut splices = Vec::new();
    let places = [
        ("worksheet", "name"),
        ("window", "name"),
        ("zone", "name"),
        ("viewpoint", "name"),
        ("source", "worksheet"),
        ("param", "value"),
        ("exclude-sheet", "name"),
        ("story-point", "captured-sheet"),
        ("thumbnail", "name"),
    ];
    for node in tree.all_descendants(tree.root()) {
        let local = tree.local(node);
        for attribute in tree.attributes(node) {
            let at = attribute.name.local.as_str();
            let raw = document.source().slice(attribute.span);
            if attribute.value == *name && places.contains(&(local, at)) {
                splices.push((attribute.span, format!("{raw} v2")));
            } else if (local, at) == ("link", "expression") {
                let encoded = name.replace('%', "%25").replace(' ', "%20");
                let (from, to) = (format!("tsl:{encoded}?"), format!("tsl:{encoded}%20v2?"));
                if raw.contains(&from) {
                    splices.push((attribute.span, raw.replace(&from, &to)));
                }
            } else if local == "param"
                && attribute.value.split(',').any(|s| s == name)
                && attribute.value.contains(',')
            {
                let items: Vec<String> = raw
                    .split(',')
                    .map(|s| {
                        if s == name {
                            format!("{s} v2")
                        } else {
                            s.to_owned()
                        }
                    })
                    .collect();
                splices.push((attribute.span, items.join(",")));
            }
        }
    }
    Some(Edit {
        splices,
        said: vec![said(Kind::Worksheet, Action::Renamed, "")],
    })
}

fn remove_a_sheet(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(rng, &document.model.worksheets)?;
    let what = said(Kind::Worksheet, Action::Removed, "");
    without_window(document, &sheet.name.value, sheet.element.node, what)
}

fn hide_a_sheet(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let open =
        |w: &&Window| !w.hidden && document.tree.attribute(w.element.node, "hidden").is_none();
    let window = pick(rng, document.model.windows.iter().filter(open))?;
    one(
        in_tag(document, window.element.node),
        " hidden='true'",
        said(Kind::Tab, Action::Hidden, ""),
    )
}

fn show_a_sheet(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let hidden = |w: &&Window| document.tree.is(w.element.node, "hidden", "true");
    let window = pick(rng, document.model.windows.iter().filter(hidden))?;
    let span = document.tree.attribute(window.element.node, "hidden")?.span;
    one(span, "false", said(Kind::Tab, Action::Shown, ""))
}

fn colour_a_tab(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let plain = |w: &&Window| w.tab_color.is_none();
    let window = pick(rng, document.model.windows.iter().filter(plain))?;
    one(
        in_tag(document, window.element.node),
        " tab-color='#ff0000'",
        said(Kind::Tab, Action::Changed, "tab colour"),
    )
}

fn add_a_sheet(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let sheets = document.tree.child(document.tree.root(), "worksheets")?;
    let start = document.tree.content(sheets).start;
    let sheet = "<worksheet name='Nobody had this'><table><view /></table></worksheet>";
    (!document.model.worksheets.is_empty()).then(|| {
        one(
            Span::new(start, start),
            sheet,
            said(Kind::Worksheet, Action::Added, ""),
        )
    })?
}

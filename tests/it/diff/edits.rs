//! Known edits to real workbooks, byte by byte: the comparison says those and no others.

use std::collections::HashMap;

use tabship::content::Document;
use tabship::content::model::{Column, Window, Worksheet, Zone, ZoneKind};
use tabship::content::tree::NodeId;
use tabship::diagnostic::Span;
use tabship::diff::{self, Action, Kind, Risk};

use super::{corpus, open};

/// Text in place of bytes.
type Splice = (Span, String);

/// What one edit does to the bytes, and what must be said of it.
#[derive(Debug, Clone)]
struct Edit {
    splices: Vec<Splice>,
    said: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    kind: String,
    action: String,
    aspect: String,
}

fn said(kind: Kind, action: Action, aspect: &str) -> Said {
    Said {
        kind: format!("{kind:?}"),
        action: format!("{action:?}"),
        aspect: aspect.to_owned(),
    }
}

fn one(span: Span, text: impl Into<String>, what: Said) -> Option<Edit> {
    Some(Edit {
        splices: vec![(span, text.into())],
        said: vec![what],
    })
}

fn quiet(splices: Vec<Splice>) -> Option<Edit> {
    (!splices.is_empty()).then(|| Edit {
        splices,
        said: Vec::new(),
    })
}

type Maker = fn(&Document, &mut fastrand::Rng) -> Option<Edit>;

const MAKERS: &[(&str, Maker)] = &[
    ("rename a sheet", rename_a_sheet),
    ("change a formula", change_a_formula),
    ("space in a formula", space_in_a_formula),
    ("comment in a formula", comment_in_a_formula),
    ("rename a field", rename_a_field),
    ("hide a field", hide_a_field),
    ("drop a filter", drop_a_filter),
    ("make a context filter", make_a_context_filter),
    ("hide a sheet", hide_a_sheet),
    ("show a sheet", show_a_sheet),
    ("colour a tab", colour_a_tab),
    ("change a parameter", change_a_parameter),
    ("repoint a server", repoint_a_server),
    ("repoint a published source", repoint_a_published_source),
    ("go live", go_live),
    ("change a mark", change_a_mark),
    ("drop from rows", drop_from_rows),
    ("change an encoding", change_an_encoding),
    ("resize a dashboard", resize_a_dashboard),
    ("remove a zone", remove_a_zone),
    ("move a zone", move_a_zone),
    ("nudge a zone", nudge_a_zone),
    ("renumber zones", renumber_zones),
    ("retarget a zone", retarget_a_zone),
    ("remove a dashboard", remove_a_dashboard),
    ("remove a sheet", remove_a_sheet),
    ("link to elsewhere", link_to_elsewhere),
    ("change custom SQL", change_custom_sql),
    ("change a table", change_a_table),
    ("something unknown", something_unknown),
    ("format something", format_something),
    ("save again", save_again),
    ("save with a newer Tableau", save_with_a_newer_tableau),
    ("new thumbnails", new_thumbnails),
    ("other line ends", other_line_ends),
];

#[test]
fn every_edit_is_said_and_nothing_else() {
    let Some(files) = corpus() else { return };
    let mut rng = fastrand::Rng::with_seed(20);
    let mut made: HashMap<&str, usize> = HashMap::new();
    let mut wrong = Vec::new();
    // A seventh of all, so that each file and each edit has its turn, and each edit until it was made once: some fit few
    // files. All of them take minutes.
    let all = std::env::var_os("TABSHIP_ALL_EDITS").is_some();
    for (n, path) in files.into_iter().enumerate() {
        let file = open(&path);
        let Some(before) = file.document() else {
            continue;
        };
        for (m, (name, make)) in MAKERS.iter().enumerate() {
            if !all && made.contains_key(name) && !(n + m).is_multiple_of(7) {
                continue;
            }
            let Some(edit) = make(before, &mut rng) else {
                continue;
            };
            *made.entry(name).or_default() += 1;
            if let Some(trouble) = check(before, &edit) {
                wrong.push(format!("{}: {name}: {trouble}", path.display()));
            }
        }
    }
    for (name, _) in MAKERS {
        let times = made.get(name).copied().unwrap_or(0);
        assert!(times > 0, "no file could be edited: {name}");
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn several_edits_at_once_are_each_said() {
    let Some(files) = corpus() else { return };
    let mut rng = fastrand::Rng::with_seed(7);
    let mut wrong = Vec::new();
    let mut most = 0;
    for path in files {
        let file = open(&path);
        let Some(before) = file.document() else {
            continue;
        };
        let mut whole = Edit {
            splices: Vec::new(),
            said: Vec::new(),
        };
        let mut names = Vec::new();
        // What takes a part of another away, or is in all lines, is not combined.
        let alone = |name: &str| {
            name.starts_with("remove") || name.contains("line ends") || name.contains("retarget")
            // One line counts both, whatever they are.
            || name.contains("unknown")
        };
        for _ in 0..6 {
            let (name, make) = MAKERS[rng.usize(..MAKERS.len())];
            if alone(name) || names.contains(&name) {
                continue;
            }
            let Some(edit) = make(before, &mut rng) else {
                continue;
            };
            let free = edit.splices.iter().all(|(s, _)| {
                whole
                    .splices
                    .iter()
                    .all(|(t, _)| s.end < t.start || t.end < s.start)
            });
            if free {
                names.push(name);
                whole.splices.extend(edit.splices);
                whole.said.extend(edit.said);
            }
        }
        most = most.max(names.len());
        if let Some(trouble) = check(before, &whole) {
            wrong.push(format!("{}: {names:?}: {trouble}", path.display()));
        }
    }
    assert!(most > 3);
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn check(before: &Document, edit: &Edit) -> Option<String> {
    let text = spliced(before.source().text(), &edit.splices);
    let after = match Document::parse(text) {
        Ok(after) => after,
        Err(error) => return Some(format!("the edit broke the file: {error}")),
    };
    let changes = diff::documents(before, &after);
    let mut expected = edit.said.clone();
    expected.sort();
    let mut found: Vec<Said> = changes
        .changes
        .iter()
        .map(|c| said(c.kind, c.action, c.aspect.as_deref().unwrap_or_default()))
        .collect();
    found.sort();
    (found != expected).then(|| {
        format!(
            "expected {expected:?}, found {:#?}",
            changes
                .changes
                .iter()
                .map(diff::Change::sentence)
                .collect::<Vec<_>>()
        )
    })
}

fn spliced(text: &str, splices: &[Splice]) -> String {
    let mut splices = splices.to_vec();
    splices.sort_by_key(|(span, _)| span.start);
    let mut out = String::new();
    let mut at = 0;
    for (span, new) in splices {
        out.push_str(&text[at..span.start as usize]);
        out.push_str(&new);
        at = span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

fn pick<'a, T>(rng: &mut fastrand::Rng, items: impl IntoIterator<Item = &'a T>) -> Option<&'a T> {
    let items: Vec<&T> = items.into_iter().collect();
    (!items.is_empty()).then(|| items[rng.usize(..items.len())])
}

/// Just behind the name in a start tag: where an attribute may be put.
fn in_tag(document: &Document, node: NodeId) -> Span {
    let tag = document.tree.tag(node);
    let at = tag.start + 1 + document.tree.name(node).full.len() as u32;
    Span::new(at, at)
}

fn columns(document: &Document) -> Vec<&Column> {
    let datasources = document.model.datasources.iter();
    // Of names that a data source has twice the edit would be ambiguous.
    datasources
        .flat_map(|d| {
            d.columns.iter().filter(|c| {
                !c.internal
                    && d.columns
                        .iter()
                        .filter(|o| o.name.value == c.name.value)
                        .count()
                        == 1
            })
        })
        .collect()
}

fn kind_of(column: &Column) -> Kind {
    if column.formula().is_some() {
        Kind::Calculation
    } else {
        Kind::Field
    }
}

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

fn calculated<'d>(document: &'d Document, rng: &mut fastrand::Rng) -> Option<(&'d Column, Span)> {
    let parses = |c: &&&Column| {
        c.formula()
            .is_some_and(|f| tabship::formula::parse(&f.value).expression.is_some())
    };
    let all = columns(document);
    let column = *pick(rng, all.iter().filter(parses))?;
    Some((column, column.formula()?.span))
}

fn change_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (_, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    one(
        span,
        format!("IFNULL({raw}&#10;, 7)"),
        said(Kind::Calculation, Action::Changed, "formula"),
    )
}

fn space_in_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (_, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    quiet(vec![(span, format!("&#10;  {raw}&#13;&#10; "))])
}

fn comment_in_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (_, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    one(
        span,
        format!("// who asked for this?&#10;{raw}"),
        said(
            Kind::Calculation,
            Action::Changed,
            "comments in the formula",
        ),
    )
}

fn rename_a_field(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let all = columns(document);
    let column = *pick(rng, all.iter().filter(|c| c.caption.is_some()))?;
    one(
        column.caption.as_ref()?.span,
        "Another caption",
        said(kind_of(column), Action::Renamed, ""),
    )
}

fn hide_a_field(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let all = columns(document);
    let open = |c: &&&Column| document.tree.attribute(c.element.node, "hidden").is_none();
    let column = *pick(rng, all.iter().filter(open))?;
    one(
        in_tag(document, column.element.node),
        " hidden='true'",
        said(kind_of(column), Action::Hidden, ""),
    )
}

fn drop_a_filter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let filters: Vec<_> = document
        .model
        .worksheets
        .iter()
        .flat_map(|w| &w.filters)
        .collect();
    let filter = *pick(rng, &filters)?;
    one(
        document.tree.span(filter.element.node),
        "",
        said(Kind::Filter, Action::Removed, ""),
    )
}

fn make_a_context_filter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let filters: Vec<_> = document
        .model
        .worksheets
        .iter()
        .flat_map(|w| &w.filters)
        .filter(|f| !f.column.value.contains("[Action ("))
        .filter(|f| document.tree.attribute(f.element.node, "context").is_none())
        .collect();
    let filter = *pick(rng, &filters)?;
    one(
        in_tag(document, filter.element.node),
        " context='true'",
        said(Kind::Filter, Action::Changed, "context filter"),
    )
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

fn change_a_parameter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let with_value = document
        .model
        .parameters
        .iter()
        .filter(|p| p.value.is_some());
    let parameter = pick(rng, with_value)?;
    let text = parameter.datatype.as_ref()?.value == "string";
    one(
        parameter.value.as_ref()?.span,
        if text {
            "&quot;something else&quot;"
        } else {
            "123456789"
        },
        said(Kind::Parameter, Action::Changed, "value"),
    )
}

fn repoint_a_server(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let connections: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.connections)
        .collect();
    let connection = *pick(
        rng,
        connections.iter().filter(|c| c.get("server").is_some()),
    )?;
    let kind = if connection.class.value == "sqlproxy" {
        Kind::PublishedReference
    } else {
        Kind::Connection
    };
    one(
        connection.attribute("server")?.span,
        "db.elsewhere.example",
        said(kind, Action::Changed, "server"),
    )
}

fn repoint_a_published_source(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let published = document
        .model
        .datasources
        .iter()
        .filter(|d| d.published().is_some());
    let datasource = pick(rng, published)?;
    let name = datasource.published()?.attribute("dbname")?;
    let mut splices = vec![(name.span, "OtherSource".to_owned())];
    if let Some(id) = datasource
        .repository_location
        .as_ref()
        .and_then(|l| l.id.as_ref())
    {
        splices.push((id.span, "OtherSource".to_owned()));
    }
    Some(Edit {
        splices,
        said: vec![said(
            Kind::PublishedReference,
            Action::Changed,
            "published data source",
        )],
    })
}

fn go_live(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let extracts: Vec<_> = document
        .model
        .datasources
        .iter()
        .filter_map(|d| d.extract.as_ref())
        .filter(|e| e.enabled)
        .collect();
    let extract = *pick(rng, &extracts)?;
    let span = document
        .tree
        .attribute(extract.element.node, "enabled")?
        .span;
    one(
        span,
        "false",
        said(Kind::Extract, Action::Changed, "data access"),
    )
}

fn only_pane(document: &Document, rng: &mut fastrand::Rng) -> Option<Worksheet> {
    let single = document
        .model
        .worksheets
        .iter()
        .filter(|w| w.panes.len() == 1);
    pick(rng, single).cloned()
}

fn change_a_mark(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = only_pane(document, rng)?;
    let mark = sheet.panes[0].mark.clone()?;
    let other = if mark.value == "Circle" {
        "Square"
    } else {
        "Circle"
    };
    one(
        mark.span,
        other,
        said(Kind::Mark, Action::Changed, "mark type"),
    )
}

fn drop_from_rows(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(
        rng,
        document
            .model
            .worksheets
            .iter()
            .filter(|w| w.rows.is_some()),
    )?;
    one(
        sheet.rows.as_ref()?.span,
        "",
        said(Kind::Shelf, Action::Changed, "rows"),
    )
}

fn change_an_encoding(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = only_pane(document, rng)?;
    let of_color = sheet.panes[0].encodings.iter().filter(|e| e.0 == "color");
    let colors: Vec<_> = of_color.collect();
    let [(_, column)] = colors.as_slice() else {
        return None;
    };
    one(
        column.span,
        "[elsewhere].[sum:Something:qk]",
        said(Kind::Encoding, Action::Changed, "color"),
    )
}

fn resize_a_dashboard(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let sizes: Vec<_> = document
        .model
        .dashboards
        .iter()
        .filter(|d| !tree.is(d.element.node, "type", "storyboard"))
        .filter_map(|d| tree.attribute(tree.child(d.element.node, "size")?, "maxheight"))
        .collect();
    let height = pick(rng, &sizes)?;
    // The height alone says nothing where the dashboard takes any.
    let document_before = document.source().text();
    let after = Document::parse(spliced(
        document_before,
        &[(height.span, "4321".to_owned())],
    ))
    .ok()?;
    let changed = document
        .model
        .dashboards
        .iter()
        .zip(&after.model.dashboards)
        .any(|(a, b)| a.size.as_ref().map(|s| s.mode) != b.size.as_ref().map(|s| s.mode))
        || document.model.dashboards.iter().any(|d| {
            d.size
                .as_ref()
                .is_some_and(|s| s.mode != tabship::content::model::SizeMode::Automatic)
                && Some(height.span)
                    == tree
                        .child(d.element.node, "size")
                        .and_then(|n| tree.attribute(n, "maxheight"))
                        .map(|t| t.span)
        });
    changed.then(|| Edit {
        splices: vec![(height.span, "4321".to_owned())],
        said: vec![said(Kind::Size, Action::Changed, "size")],
    })
}

/// Zones without zones inside, of a sheet, filter, parameter or image, that no other zone of the dashboard equals.
fn plain_zones(document: &Document) -> Vec<Zone> {
    let tree = &document.tree;
    let key = |z: &Zone| {
        let text = |t: &Option<tabship::content::model::Text>| t.as_ref().map(|t| t.value.clone());
        (z.kind.clone(), text(&z.name), text(&z.param))
    };
    let mut found = Vec::new();
    for dashboard in &document.model.dashboards {
        for zone in &dashboard.zones {
            let single = dashboard
                .zones
                .iter()
                .filter(|z| key(z) == key(zone))
                .count()
                == 1;
            let leaf = tree.child(zone.element.node, "zone").is_none();
            let meant = matches!(
                zone.kind,
                ZoneKind::Sheet | ZoneKind::Filter | ZoneKind::Parameter | ZoneKind::Image
            );
            if single && leaf && meant {
                found.push(zone.clone());
            }
        }
    }
    found
}

fn remove_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let zones = plain_zones(document);
    let zone = pick(rng, &zones)?;
    one(
        document.tree.span(zone.element.node),
        "",
        said(Kind::Zone, Action::Removed, ""),
    )
}

fn shift(document: &Document, rng: &mut fastrand::Rng, by: i32) -> Option<Splice> {
    let zones = plain_zones(document);
    let zone = pick(rng, &zones)?;
    let x = document.tree.attribute(zone.element.node, "x")?;
    Some((x.span, (zone.x + by).to_string()))
}

fn move_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (span, x) = shift(document, rng, 12_000)?;
    one(span, x, said(Kind::Zone, Action::Moved, ""))
}

fn nudge_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    quiet(vec![shift(document, rng, 900)?])
}

/// All ids anew, as Tableau does at will.
fn renumber_zones(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let zones = document.model.dashboards.iter().flat_map(|d| &d.zones);
    let ids = zones.filter_map(|z| z.id.as_ref());
    quiet(ids.map(|id| (id.span, format!("{}7", id.value))).collect())
}

fn retarget_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let zones = plain_zones(document);
    let sheets: Vec<&Zone> = zones
        .iter()
        .filter(|z| z.kind == ZoneKind::Sheet && z.id.is_some())
        .collect();
    let zone = *pick(rng, &sheets)?;
    let name = zone.name.as_ref()?;
    one(
        name.span,
        "A sheet that no zone shows",
        said(Kind::Zone, Action::Retargeted, ""),
    )
}

fn without_window(document: &Document, name: &str, node: NodeId, what: Said) -> Option<Edit> {
    let mut splices = vec![(document.tree.span(node), String::new())];
    let windows = document
        .model
        .windows
        .iter()
        .filter(|w| w.name.value == name);
    splices.extend(windows.map(|w| (document.tree.span(w.element.node), String::new())));
    Some(Edit {
        splices,
        said: vec![what],
    })
}

fn remove_a_dashboard(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    // A button that leads there would be retargeted: to nowhere.
    let buttons: Vec<String> = document
        .model
        .dashboards
        .iter()
        .flat_map(|d| &d.zones)
        .filter_map(|z| z.button_action.as_ref().map(|t| t.value.to_uppercase()))
        .collect();
    let led_to = |name: &str| {
        let mut windows = document
            .model
            .windows
            .iter()
            .filter(|w| w.name.value == name);
        windows.any(|w| {
            w.simple_id
                .as_ref()
                .is_some_and(|id| buttons.iter().any(|b| b.contains(&id.value.to_uppercase())))
        })
    };
    let free = document
        .model
        .dashboards
        .iter()
        .filter(|d| !d.story && !led_to(&d.name.value));
    let dashboard = pick(rng, free)?;
    let what = said(Kind::Dashboard, Action::Removed, "");
    without_window(
        document,
        &dashboard.name.value,
        dashboard.element.node,
        what,
    )
}

fn remove_a_sheet(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(rng, &document.model.worksheets)?;
    let what = said(Kind::Worksheet, Action::Removed, "");
    without_window(document, &sheet.name.value, sheet.element.node, what)
}

fn link_to_elsewhere(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let actions = document.tree.child(document.tree.root(), "actions")?;
    let start = document.tree.content(actions).start;
    let action = "<action caption='See elsewhere' name='[Action987]'><activation type='on-menu' />\
                  <source type='sheet' worksheet='Nowhere' /><link caption='x' expression='https://elsewhere.example/' />\
                  </action>";
    one(
        Span::new(start, start),
        action,
        said(Kind::Action, Action::Added, ""),
    )
}

fn change_custom_sql(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let relations: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.relations)
        .collect();
    let relation = *pick(rng, relations.iter().filter(|r| r.custom_sql.is_some()))?;
    let end = relation.custom_sql.as_ref()?.span.end;
    one(
        Span::new(end, end),
        "\n-- and one more line",
        said(Kind::CustomSql, Action::Changed, "query"),
    )
}

fn change_a_table(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tables: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.relations)
        .filter(|r| r.kind == "table" && r.name.is_some())
        .filter_map(|r| r.table.as_ref())
        .filter(|t| t.value != "[sqlproxy]")
        .collect();
    let table = *pick(rng, &tables)?;
    one(
        table.span,
        "[other].[place]",
        said(Kind::Table, Action::Changed, "table"),
    )
}

fn something_unknown(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(rng, &document.model.worksheets)?;
    let table = document.tree.child(sheet.element.node, "table")?;
    let start = document.tree.content(table).start;
    one(
        Span::new(start, start),
        "<mystery level='3'><inner deep='1' /></mystery>",
        said(
            Kind::Other,
            Action::Changed,
            "other settings (2 elements: inner, mystery)",
        ),
    )
}

fn format_something(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let mut values = Vec::new();
    for sheet in &document.model.worksheets {
        let formats = tree.descendants(sheet.element.node).filter(|n| {
            tree.local(*n) == "format"
                && tree
                    .parent(*n)
                    .is_some_and(|p| tree.local(p) == "style-rule")
        });
        values.extend(formats.filter_map(|n| tree.attribute(n, "value")));
    }
    let value = pick(rng, &values)?;
    one(
        value.span,
        "#123456",
        said(
            Kind::Formatting,
            Action::Changed,
            "formatting (1 element: format)",
        ),
    )
}

fn save_again(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let build = document.model.source_build.as_ref()?;
    let saved = document.model.saved_by?;
    let text = format!(
        "{}.{}.99 ({}{}.11.2222.3333)",
        saved.year, saved.release, saved.year, saved.release
    );
    quiet(vec![(build.span, text)])
}

fn save_with_a_newer_tableau(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let build = document.model.source_build.as_ref()?;
    document.model.saved_by?;
    one(
        build.span,
        "2031.2.0 (20312.31.0611.2007)",
        said(
            Kind::Workbook,
            Action::Changed,
            "Tableau release that saved it",
        ),
    )
}

fn new_thumbnails(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let thumbnails = document.model.thumbnails.iter();
    quiet(thumbnails.map(|t| (t.span, "AAAA".to_owned())).collect())
}

fn other_line_ends(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let text = document.source().text();
    let other = if text.contains("\r\n") {
        text.replace("\r\n", "\n")
    } else {
        text.replace('\n', "\r\n")
    };
    quiet(vec![(Span::new(0, text.len() as u32), other)])
}

/// A filter on who looks is not any filter.
#[test]
fn losing_a_user_filter_is_the_first_risk() {
    let text = |filter: &str, hidden: &str| {
        format!(
            "<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1'>\n<datasources>\n\
             <datasource caption='Sales' name='federated.1'>\n\
             <connection class='postgres' server='db.example' dbname='sales' />\n\
             <column caption='Mine' datatype='boolean' name='[Calculation_1]' role='dimension' type='nominal'>\n\
             <calculation class='tableau' formula='[Manager] = USERNAME()' /></column>\n{filter}</datasource>\n\
             </datasources>\n<worksheets>\n<worksheet name='Map'><table><view /></table></worksheet></worksheets>\n\
             <windows><window class='worksheet' name='Map'{hidden} /></windows>\n</workbook>\n"
        )
    };
    let filter = "<filter class='categorical' column='[Calculation_1]'>\
                  <groupfilter function='member' level='[Calculation_1]' member='true' /></filter>\n";
    let before = Document::parse(text(filter, " hidden='true'")).unwrap();
    let after = Document::parse(text("", "")).unwrap();
    let changes = diff::documents(&before, &after);
    let risks: Vec<Risk> = changes.risks.iter().map(|r| r.risk).collect();
    assert_eq!(risks, [Risk::UserFilterRemoved, Risk::SheetBecameVisible]);
    assert_eq!(
        changes.risks[0].message,
        "data source filter \"Mine\" of data source \"Sales\" removed (was only true): people may see rows that were \
         kept from them"
    );
}

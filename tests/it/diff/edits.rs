//! Known edits to real workbooks, byte by byte: the comparison says those and no others.

mod actions;
mod dashboards;
mod data;
mod fields;
mod filters;
mod marks;
mod noise;
mod parameters;
mod rest;
mod sheets;

use std::collections::HashMap;

use tabship::content::Document;
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

/// All kinds of edits, by file.
fn makers() -> Vec<(&'static str, Maker)> {
    [
        fields::MAKERS,
        filters::MAKERS,
        sheets::MAKERS,
        marks::MAKERS,
        data::MAKERS,
        parameters::MAKERS,
        dashboards::MAKERS,
        actions::MAKERS,
        rest::MAKERS,
        noise::MAKERS,
    ]
    .concat()
}

#[test]
fn every_edit_is_said_and_nothing_else() {
    let Some(files) = corpus() else { return };
    let makers = makers();
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
        for (m, (name, make)) in makers.iter().enumerate() {
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
    for (name, _) in &makers {
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
    let makers = makers();
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
            name.starts_with("remove")
            // A renamed sheet is known by its identity.
            || name.contains("identities")
            // Counted with others, or moves what another edit is about.
            || name.starts_with("add a zone") || name.contains("line ends") || name.contains("retarget")
            // One line counts both, whatever they are.
            || name.contains("unknown")
        };
        for _ in 0..8 {
            let (name, make) = makers[rng.usize(..makers.len())];
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

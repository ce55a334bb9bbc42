//! The line above a report, and the risks.

use std::collections::{BTreeMap, HashSet};

use crate::words::plural;

use super::alike::alike;
use super::change::{Action, Change, Changes, Kind, RiskNote, SCHEMA_VERSION};

/// Kinds that one line can hold.
const SHOWN: usize = 6;

/// Characters of a value in a risk; the change itself has all of it.
const LONGEST: usize = 80;

/// Sorts, marks the risks, and says it all in one line.
pub(super) fn changes(mut changes: Vec<Change>) -> Changes {
    // Stable: within a kind the document's order stays.
    changes.sort_by_key(|c| c.kind);
    let mut risks: Vec<RiskNote> = alike(&changes)
        .iter()
        .filter_map(|group| {
            let risk = group.first()?.risk?;
            Some(RiskNote {
                risk,
                message: format!("{}: {}", group.in_words(LONGEST), risk.why()),
                change: group.at,
            })
        })
        .collect();
    risks.sort_by_key(|r| r.risk);
    let mut summary = counted(&changes);
    if !risks.is_empty() {
        summary.push_str(&format!("; {}", plural(risks.len(), "risk", "risks")));
    }
    Changes {
        schema_version: SCHEMA_VERSION,
        summary,
        risks,
        changes,
    }
}

fn counted(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no changes".to_owned();
    }
    if let Some(saved) = only_saved(changes) {
        return saved;
    }
    let mut counts: BTreeMap<(Kind, Action), usize> = BTreeMap::new();
    let mut seen = HashSet::new();
    for change in changes {
        // A field of which type and format changed is one field.
        let again = !is_setting(change.kind)
            && change.count == 1
            && !seen.insert((change.kind, change.action, &change.subject));
        if !again {
            *counts.entry((change.kind, change.action)).or_default() += change.count;
        }
    }
    let mut parts: Vec<String> = counts
        .iter()
        .take(SHOWN)
        .map(|((kind, action), n)| {
            let (one, many) = noun(*kind);
            format!("{} {}", plural(*n, one, many), action.word())
        })
        .collect();
    let rest: usize = counts.values().skip(SHOWN).sum();
    if rest > 0 {
        parts.push(format!("{rest} more"));
    }
    parts.join(", ")
}

/// Counted by what changed in it, and not by what it is.
fn is_setting(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Workbook
            | Kind::Connection
            | Kind::PublishedReference
            | Kind::Extract
            | Kind::Shelf
            | Kind::Mark
            | Kind::Encoding
            | Kind::Text
            | Kind::Other
    )
}

/// `saved by 2024.1, was 2023.3`: a file that was opened and saved again.
fn only_saved(changes: &[Change]) -> Option<String> {
    match changes {
        [one] if one.kind == Kind::Workbook => {
            let (before, after) = (one.before.as_ref()?, one.after.as_ref()?);
            Some(format!("saved by {after}, was {before}"))
        }
        _ => None,
    }
}

fn noun(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Workbook => ("workbook setting", "workbook settings"),
        Kind::Datasource => ("data source", "data sources"),
        Kind::Connection => ("connection setting", "connection settings"),
        Kind::PublishedReference => ("published reference", "published references"),
        Kind::Extract => ("extract setting", "extract settings"),
        Kind::CustomSql => ("custom SQL", "custom SQLs"),
        Kind::Table => ("table", "tables"),
        Kind::Relationship => ("relationship", "relationships"),
        Kind::Blend => ("blend", "blends"),
        Kind::DatasourceFilter => ("data source filter", "data source filters"),
        Kind::ExtractFilter => ("extract filter", "extract filters"),
        Kind::Calculation => ("calculated field", "calculated fields"),
        Kind::Field => ("field", "fields"),
        Kind::Set => ("set", "sets"),
        Kind::Hierarchy => ("hierarchy", "hierarchies"),
        Kind::Parameter => ("parameter", "parameters"),
        Kind::Worksheet => ("worksheet", "worksheets"),
        Kind::Shelf => ("shelf", "shelves"),
        Kind::Mark => ("mark", "marks"),
        Kind::Encoding => ("encoding", "encodings"),
        Kind::Filter => ("filter", "filters"),
        Kind::Sort => ("sort", "sorts"),
        Kind::TableCalculation => ("table calculation", "table calculations"),
        Kind::Text => ("text", "texts"),
        Kind::Dashboard => ("dashboard", "dashboards"),
        Kind::Story => ("story", "stories"),
        Kind::Size => ("dashboard size", "dashboard sizes"),
        Kind::Zone => ("dashboard item", "dashboard items"),
        Kind::DeviceLayout => ("device layout", "device layouts"),
        Kind::Extension => ("extension", "extensions"),
        Kind::WebPage => ("link", "links"),
        Kind::Action => ("action", "actions"),
        Kind::Tab => ("tab", "tabs"),
        Kind::Palette => ("palette", "palettes"),
        Kind::Formatting => ("formatting", "formattings"),
        Kind::PackageMember => ("file in the package", "files in the package"),
        Kind::FlowStep => ("flow step", "flow steps"),
        Kind::FlowConnection => ("flow connection", "flow connections"),
        Kind::Other => ("other setting", "other settings"),
    }
}

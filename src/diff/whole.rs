//! A file that has no other to be compared with: what is in it, in one line.

use crate::content::model::{Datasource, Model};
use crate::content::{Content, Document};
use crate::words::plural;

use super::change::{Changes, SCHEMA_VERSION};

/// Data sources that are said by name.
const NAMED: usize = 3;

/// `word` is `added` or `removed`; what the file holds is said where it can be read.
pub fn whole_file(word: &str, content: Option<&Content>) -> Changes {
    let inside = match content {
        None => Vec::new(),
        Some(content) => match (content.document(), content.flow()) {
            (Some(document), _) => in_document(document),
            (None, Some(flow)) => vec![plural(flow.nodes.len(), "step", "steps")],
            (None, None) => Vec::new(),
        },
    };
    let summary = if inside.is_empty() {
        word.to_owned()
    } else {
        format!("{word}: {}", inside.join(", "))
    };
    Changes {
        schema_version: SCHEMA_VERSION,
        summary,
        risks: Vec::new(),
        changes: Vec::new(),
    }
}

fn in_document(document: &Document) -> Vec<String> {
    let model = &document.model;
    let columns = model.datasources.iter().flat_map(|d| &d.columns);
    let calculations = columns.filter(|c| c.formula().is_some()).count();
    let counted = [
        (model.dashboards.len(), "dashboard", "dashboards"),
        (model.worksheets.len(), "worksheet", "worksheets"),
        (calculations, "calculated field", "calculated fields"),
        (model.parameters.len(), "parameter", "parameters"),
    ];
    let said = counted.into_iter().filter(|(n, ..)| *n > 0);
    let mut parts: Vec<String> = said.map(|(n, one, many)| plural(n, one, many)).collect();
    parts.extend(datasources(model));
    parts
}

/// `data sources Sales, Costs and 2 more`.
fn datasources(model: &Model) -> Option<String> {
    let names: Vec<&str> = model
        .datasources
        .iter()
        .map(Datasource::display_name)
        .collect();
    let noun = match names.len() {
        0 => return None,
        1 => "data source",
        _ => "data sources",
    };
    let more = match names.len().checked_sub(NAMED) {
        Some(more) if more > 0 => format!(" and {more} more"),
        _ => String::new(),
    };
    let first = names[..names.len().min(NAMED)].join(", ");
    Some(format!("{noun} {first}{more}"))
}

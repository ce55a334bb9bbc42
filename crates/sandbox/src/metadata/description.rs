//! What a file holds, a line for each thing in it, so that two files can be compared.

use super::file::{FieldFact, FileFacts, SourceFact};

/// One thing in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What sort of thing it is: a heading for people.
    pub(crate) sort: &'static str,
    pub(crate) name: String,
    /// All about it that is worth comparing.
    pub(crate) text: String,
}

pub(super) fn describe(facts: &FileFacts) -> Vec<Line> {
    let mut lines = Vec::new();
    let sheets = facts.sheets.iter().map(|sheet| (sheet, "over "));
    let dashboards = facts.dashboards.iter().map(|sheet| (sheet, "with "));
    for (sheet, link) in sheets.chain(dashboards) {
        let uses: Vec<&str> = sheet
            .uses
            .iter()
            .map(|name| {
                let source = facts.sources.iter().find(|source| source.name == *name);
                source.map_or(name.as_str(), title)
            })
            .collect();
        let text = if uses.is_empty() {
            String::new()
        } else {
            format!("{link}{}", uses.join(", "))
        };
        lines.push(Line {
            sort: "Sheets",
            name: sheet.name.clone(),
            text,
        });
    }
    for source in &facts.sources {
        lines.push(Line {
            sort: "Data sources",
            name: title(source).to_owned(),
            text: match &source.published {
                Some(url) => format!("published as {url}"),
                None if source.has_extract => "extract".to_owned(),
                None => "live".to_owned(),
            },
        });
        for table in &source.tables {
            lines.push(Line {
                sort: "Tables",
                name: table.full_name.clone(),
                text: format!("{} {}", table.class, table.database),
            });
        }
        for field in &source.fields {
            lines.push(Line {
                sort: "Fields",
                name: format!("{} / {}", title(source), field.name),
                text: about(field),
            });
        }
    }
    lines
}

fn title(source: &SourceFact) -> &str {
    if source.caption.is_empty() {
        &source.name
    } else {
        &source.caption
    }
}

fn about(field: &FieldFact) -> String {
    let mut words = vec![field.data_type.as_str(), field.role.as_str()];
    if field.hidden {
        words.push("hidden");
    }
    if let Some(formula) = &field.formula {
        words.push(formula);
    }
    words.push(&field.description);
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

//! `naming/default-datasource`.

use crate::content::Kind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources in workbooks that still have the name which Tableau made of a file or table: `Sheet1 (orders)`,
    /// `public.orders+ (sales)`, `Extract`, `Sales (copy)`.
    ///
    /// ## Why is this bad?
    /// In a workbook with three of them nobody knows which is which; in lineage and in error mails they say nothing.
    DefaultDatasource, "naming/default-datasource", "data source has the name that Tableau made", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    for datasource in document.model.datasources.iter().filter(|d| d.published().is_none()) {
        let place = match &datasource.caption {
            Some(caption) if is_made(&caption.value) => caption.span,
            None if is_internal(&datasource.name.value) => datasource.name.span,
            _ => continue,
        };
        let name = datasource.display_name();
        sink.report(place, vec![Subject::new("data source", name)], format!("the data source `{name}` has the name that Tableau made")).help("name it after what it holds: data pane, right click, Rename");
    }
}

/// `federated.1bw8x3q0...`: the class of its connection, and what makes it unique. Old versions wrote the name itself there.
fn is_internal(name: &str) -> bool {
    name.split_once('.').is_some_and(|(class, id)| !class.is_empty() && !class.contains(' ') && id.len() > 8 && id.chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase() || c == '.'))
}

/// `Sheet1 (file)`, `orders+ (database)`, `Extract`, `Clipboard_2020...`, `x (copy)`.
fn is_made(caption: &str) -> bool {
    let table = |head: &str| head.ends_with('+') || head.strip_prefix("Sheet").is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
    caption == "Extract" || caption.starts_with("Clipboard_") || caption.ends_with(" (copy)") || caption.split_once(" (").is_some_and(|(head, rest)| rest.ends_with(')') && table(head))
}

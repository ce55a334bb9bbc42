//! `performance/blended-worksheet`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports worksheets that read more than one data source.
    ///
    /// ## Why is this bad?
    /// A blend asks each data source for itself and joins the answers in the memory of the server, for every opening of the
    /// sheet. The more values the linking fields have, the slower it is.
    ///
    /// ## Use instead
    /// A relationship or a join in one data source, where both tables can be reached from one.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Multiple data sources in a worksheet".
    BlendedWorksheet, "performance/blended-worksheet", "worksheet reads more than one data source", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for sheet in &document.model.worksheets {
        let [_, second, ..] = sheet.datasources.as_slice() else { continue };
        let read: Vec<String> = sheet.datasources.iter().map(|d| format!("\"{}\"", names.datasource(&d.value))).collect();
        let message = format!("the worksheet `{}` blends {}", sheet.name.value, read.join(" and "));
        sink.report(second.span, vec![Subject::new("worksheet", &*sheet.name.value)], message)
            .help("relate or join the tables in one data source, where one can reach them");
    }
}

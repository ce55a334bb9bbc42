//! `performance/cross-datasource-calculation`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields that read a field of another data source.
    ///
    /// ## Why is this bad?
    /// Such a field works only as a blend: both data sources are asked and the answers joined on the server, in every sheet
    /// that uses the field. It can be computed in neither an extract nor the database.
    ///
    /// ## Use instead
    /// A relationship or a join, so that both fields are in one data source.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Calculation uses multiple data sources".
    CrossDatasourceCalculation, "performance/cross-datasource-calculation", "calculation reads another data source", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for Formula { field, parsed } in file.formulas() {
        let own = field.datasource.name.value.as_str();
        let foreign = |source: &str| source != own && source != "Parameters" && names.has_datasource(source);
        let Some(reference) = parsed.references().find(|r| r.data_source().is_some_and(foreign)) else { continue };
        let other = reference.data_source().unwrap_or_default();
        let message = format!("the calculated field `{}` reads the data source \"{}\"", field.column.display_name(), names.datasource(other));
        sink.report_in(field.formula, reference.span.start, reference.span.end, field.subjects(), message).help("relate or join the tables, so that both fields are in one data source");
    }
}

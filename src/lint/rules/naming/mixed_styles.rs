//! `naming/mixed-styles`.

use crate::content::model::{Datasource, Definition, unbracket};
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources in which some fields have names for people (`Customer Name`) and others those of the database
    /// (`CUST_SEGMENT_CD`).
    ///
    /// ## Why is this bad?
    /// Somebody began to rename and stopped. Authors take the raw field for another one than the friendly one, or do not find it.
    ///
    /// ## Use instead
    /// Rename the rest, or hide what nobody needs.
    MixedStyles, "naming/mixed-styles", "some fields have names for people, others those of the database", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in document.model.datasources.iter().filter(|d| d.published().is_none()) {
        let names = visible_names(datasource);
        let raw: Vec<&String> = names.iter().filter(|n| is_raw(n)).collect();
        let friendly = names.len() - raw.len();
        // A few of one kind among many of the other; half and half is two tables with two styles.
        let Some(example) = raw.first().filter(|_| friendly >= 3 && raw.len() >= 2 && raw.len() < friendly) else { continue };
        let place = datasource.caption.as_ref().unwrap_or(&datasource.name).span;
        let message = format!("in the data source `{}`, {} of {} fields have names of the database, such as `{example}`", datasource.display_name(), raw.len(), names.len());
        sink.report(place, vec![Subject::new("data source", datasource.display_name())], message).help("rename them for people, or hide them");
    }
}

/// Fields of the source that people see: those that the file describes, and those that only the source names.
fn visible_names(datasource: &Datasource) -> Vec<String> {
    let described: HashSet<&str> = datasource.columns.iter().map(|c| c.name.value.as_str()).collect();
    let columns = datasource.columns.iter().filter(|c| !c.hidden && !c.internal && matches!(c.definition, Definition::Field)).map(crate::content::model::Column::display_name);
    let untouched = datasource.metadata.iter().filter(|m| !described.contains(m.name.value.as_str())).map(|m| unbracket(&m.name.value));
    let mut names: Vec<String> = columns.chain(untouched).filter(|n| !n.starts_with("__tableau_internal")).collect();
    names.sort();
    names.dedup();
    names
}

/// `CUSTOMER_ID`, `customer_id`: words joined by underscores.
fn is_raw(name: &str) -> bool {
    name.contains('_') && !name.contains(' ')
}

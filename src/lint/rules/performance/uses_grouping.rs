//! `performance/uses-grouping`.

use crate::content::model::Definition;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports groups: fields that put members of another field together by hand.
    ///
    /// ## Why is this bad?
    /// Tableau loads the whole list of members to put them into their groups, and a new member falls outside without a word.
    ///
    /// ## Use instead
    /// A column of the data source; for few members a `CASE`, for other words an alias.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Uses grouping".
    UsesGrouping, "performance/uses-grouping", "field is a group made by hand", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for column in datasource.columns.iter().filter(|c| !c.internal && matches!(c.definition, Definition::Group { .. })) {
            let name = column.display_name();
            let subjects = vec![Subject::new("data source", datasource.display_name()), Subject::new("group", &*name)];
            let span = column.caption.as_ref().unwrap_or(&column.name).span;
            sink.report(span, subjects, format!("the field `{name}` is a group made by hand")).help("keep what belongs together in a column of the data source");
        }
    }
}

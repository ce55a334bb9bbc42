//! `security/user-filter-removed`.

use crate::content::Content;
use crate::content::model::{Datasource, unbracket};
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::user_filter::{UserFields, filtered_field, user_fields, user_fields_of, user_filters};
use std::collections::BTreeSet;

rule! {
    /// ## What it does
    /// Reports data sources that have lost a filter which showed each person only their own rows: a user filter, or a filter on a
    /// calculation with `USERNAME()`, `ISMEMBEROF()` and the like.
    ///
    /// It needs to know the file as it was before: `check --changed-since REV`.
    ///
    /// ## Why is this bad?
    /// After the next publish everybody sees everything, and the dashboard looks the same to whoever reviews it.
    ///
    /// ## Use instead
    /// Put the filter back, or suppress the finding with the reason.
    UserFilterRemoved, "security/user-filter-removed", "change takes row-level security away", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let (Some(document), Some(base)) = (file.document(), file.base.and_then(Content::document)) else { return };
    let now = user_fields(file.formulas());
    let before = user_fields_of(base);
    for old in &base.model.datasources {
        let lost = names(old, &before);
        let Some(new) = document.model.datasources.iter().find(|d| d.name.value == old.name.value) else { continue };
        let kept = names(new, &now);
        for name in lost.difference(&kept) {
            let subjects = vec![Subject::new("data source", file.name_of(new))];
            sink.report(new.element.tag, subjects, format!("the data source `{}` has lost its filter on `{name}`, which showed each person their own rows", file.name_of(new)))
                .help("put the filter back, or suppress this with the reason");
        }
    }
}

/// What is filtered, in words.
fn names(datasource: &Datasource, fields: &UserFields) -> BTreeSet<String> {
    user_filters(datasource, fields, &datasource.filters)
        .into_iter()
        .map(|f| {
            let field = filtered_field(&f.column.value);
            let column = datasource.columns.iter().find(|c| unbracket(&c.name.value) == field);
            column.map_or(field, crate::content::model::Column::display_name)
        })
        .collect()
}

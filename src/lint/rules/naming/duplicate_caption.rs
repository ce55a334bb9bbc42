//! `naming/duplicate-caption`.

use crate::content::model::Datasource;
use crate::diagnostic::{Level, Span, Subject};
use crate::hash::{HashMap, HashSet};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports visible fields of one data source, and parameters, that people see under one name.
    ///
    /// ## Why is this bad?
    /// There are two `Region` in the list, and half of the sheets use the other one.
    ///
    /// ## How sure is it?
    /// The case of letters does not count. Hidden fields are left alone.
    DuplicateCaption, "naming/duplicate-caption", "two fields have one name", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        let own = fields(datasource).map(|(name, span)| ("field", name, span));
        let mut seen: HashMap<String, String> = HashMap::default();
        for (kind, name, span) in own {
            let Some(first) = seen.insert(name.to_lowercase(), name.clone()) else { continue };
            let subjects = vec![Subject::new("data source", datasource.display_name()), Subject::new(kind, &*name)];
            let message = if first == name { format!("two fields are called `{name}`") } else { format!("two fields are called `{first}` and `{name}`") };
            sink.report(span, subjects, message).help("rename or hide one of them");
        }
    }
    let mut seen: HashSet<String> = HashSet::default();
    for parameter in &document.model.parameters {
        let name = parameter.display_name();
        if !seen.insert(name.to_lowercase()) {
            let place = parameter.caption.as_ref().unwrap_or(&parameter.name).span;
            sink.report(place, vec![Subject::new("parameter", &*name)], format!("two parameters are called `{name}`")).help("rename one of them");
        }
    }
}

/// Visible fields that the file describes, Tableau's own left out.
fn fields(datasource: &Datasource) -> impl Iterator<Item = (String, Span)> + '_ {
    let visible = datasource.columns.iter().filter(|c| !c.hidden && !c.internal);
    visible.map(|c| (c.display_name(), c.caption.as_ref().unwrap_or(&c.name).span))
}

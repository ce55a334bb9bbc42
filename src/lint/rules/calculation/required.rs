//! `calculation/required`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::{Document, Kind};
use crate::diagnostic::Subject;
use crate::formula::{self, FieldRef};
use crate::lint::File;
use crate::lint::calculation_field::{CalculatedField, calculated_fields, caption_of};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;

rule! {
    /// ## What it does
    /// Wants a calculated field with a given name, and, where you say so, with a given formula.
    ///
    /// ## Why is this bad?
    /// When every workbook computes its own margin, no two numbers agree. This rule makes one definition of a measure a
    /// fact that a pull request is held to.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   calculation/required:
    ///     level: error
    ///     fields:
    ///       - { name: "Profit Ratio", formula: "SUM([Profit]) / SUM([Sales])", in: "workbooks/finance/**" }
    /// ```
    /// Formulas are compared as formulas: white space, comments and the case of keywords do not count, and fields are
    /// named as people see them.
    ///
    /// ## Options
    /// `fields`: a list of `name`, `formula`, `in` (glob over files), `datasource` (glob over data source names).
    ///
    /// ## How sure is it?
    /// A workbook whose data sources are all published may have the field in there: then nothing is said.
    Required, "calculation/required", "required calculated field is missing or different", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The fields that must be there.
    fields: Vec<Wanted>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// As people see it.
    name: String,
    /// What it must compute; fields by the names that people see.
    #[serde(default)]
    formula: Option<String>,
    /// Glob over files. Without it: all workbooks.
    #[serde(default, rename = "in")]
    files: Option<String>,
    /// Glob over names of data sources. Without it: any.
    #[serde(default)]
    datasource: Option<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for wanted in options.fields.iter().filter(|w| concerns(w, file)) {
        one(document, wanted, sink);
    }
}

fn concerns(wanted: &Wanted, file: &File<'_>) -> bool {
    match &wanted.files {
        Some(glob) => glob::path(glob).is_ok_and(|g| g.is_match(file.path)),
        None => file.content.kind == Kind::Workbook,
    }
}

fn one(document: &Document, wanted: &Wanted, sink: &mut Sink<'_>) {
    let scope = wanted.datasource.as_deref().map(glob::name);
    let in_scope = |name: &str| scope.as_ref().is_none_or(|glob| glob.as_ref().is_ok_and(|g| g.is_match(name)));
    let named: Vec<CalculatedField<'_>> =
        calculated_fields(document).filter(|f| f.column.display_name() == wanted.name && in_scope(f.datasource.display_name())).collect();
    if named.is_empty() {
        let local = document.model.datasources.iter().any(|d| d.published().is_none() && in_scope(d.display_name()));
        if local {
            let formula = wanted.formula.as_ref().map_or(String::new(), |f| format!(" with the formula `{f}`"));
            let span = document.model.root.tag;
            let subjects = vec![Subject::new("calculated field", &*wanted.name)];
            sink.report(span, subjects, format!("the calculated field `{}` is missing", wanted.name)).help(format!("add it{formula}"));
        }
        return;
    }
    let Some(formula) = &wanted.formula else { return };
    let right = |field: &CalculatedField<'_>| same(document, field, formula);
    if named.iter().any(right) {
        return;
    }
    for field in named {
        let message = format!("the calculated field `{}` is not what is required", wanted.name);
        sink.report(field.formula.span, field.subjects(), message).help(format!("its formula must be `{formula}`"));
    }
}

fn same(document: &Document, field: &CalculatedField<'_>, wanted: &str) -> bool {
    let resolve = |reference: &FieldRef| caption_of(document, field.datasource, reference);
    let found = formula::normalize(&field.formula.value, resolve);
    found.is_some() && found == formula::normalize(wanted, |_| None)
}

//! `calculation/same-name`.

use std::cell::{LazyCell, OnceCell};

use crate::content::model::{Model, unbracket};
use crate::diagnostic::Level;
use crate::formula::{self, FieldRef};
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields with one name in two data sources of a workbook that compute different things.
    ///
    /// ## Why is this bad?
    /// To users `Profit Ratio` is one number. Two sheets that disagree about it cost more trust than any missing feature.
    ///
    /// ## How sure is it?
    /// Formulas are compared as formulas, with fields by the names that people see. Where the sources differ in their fields the formulas
    /// have to differ too: then give the fields different names, or accept it with a reason.
    SameName, "calculation/same-name", "one name, two formulas", Levels::always(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let captions = LazyCell::new(|| captions(&document.model));
    let meaning = |formula: &Formula<'_>| {
        let own = formula.field.datasource.name.value.as_str();
        formula::normalize(&formula.field.formula.value, |reference: &FieldRef| {
            let source = reference.data_source().unwrap_or(own);
            captions.get(&(source, reference.name().to_owned())).map(|c| format!("[{c}]"))
        })
    };
    // Few names are there twice, and only then does it matter what they mean.
    let mut seen: HashMap<String, (&Formula<'_>, OnceCell<Option<String>>)> = HashMap::default();
    for formula in file.formulas() {
        let field = &formula.field;
        let name = field.column.display_name();
        let Some((first, theirs)) = seen.get(&name) else {
            seen.insert(name, (formula, OnceCell::new()));
            continue;
        };
        if first.field.datasource.name.value == field.datasource.name.value {
            continue;
        }
        let own = meaning(formula);
        if own.is_some() && own != *theirs.get_or_init(|| meaning(first)) {
            let message = format!("`{name}` is one thing in the data source `{}` and another in `{}`", first.field.datasource.display_name(), field.datasource.display_name());
            sink.report(field.formula.span, field.subjects(), message).help("agree on one definition, or give the two different names");
        }
    }
}

/// What people call fields and parameters, by data source and name without brackets.
fn captions(model: &Model) -> HashMap<(&str, String), String> {
    let columns = model.datasources.iter().flat_map(|d| d.columns.iter().map(|c| ((d.name.value.as_str(), unbracket(&c.name.value)), c.display_name())));
    let parameters = model.parameters.iter().map(|p| (("Parameters", unbracket(&p.name.value)), p.display_name()));
    columns.chain(parameters).collect()
}

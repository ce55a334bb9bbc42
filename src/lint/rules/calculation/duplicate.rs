//! `calculation/duplicate`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::Definition;
use crate::diagnostic::Level;
use crate::formula::print;
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::calculation_field::CalculatedField;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields of one data source that compute the same.
    ///
    /// ## Why is this bad?
    /// Sheets use now one, now the other. When the definition changes, one of them is forgotten, and two numbers that have to
    /// agree do not.
    ///
    /// ## Options
    /// `min_length`: shorter formulas are left alone, white space and comments not counted (8).
    ///
    /// ## How sure is it?
    /// Formulas are compared as formulas: white space, comments and the case of functions do not count. Copies that differ in
    /// data type, role, number format, or in how a table calculation runs, have their reason and are left alone.
    Duplicate, "calculation/duplicate", "two calculated fields compute the same", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Characters.
    min_length: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { min_length: 8 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let mut seen: HashMap<String, String> = HashMap::default();
    for Formula { field, parsed } in file.formulas().iter().filter(|f| f.parsed.length >= options.min_length) {
        let Some(expression) = &parsed.expression else { continue };
        // Constants and `INDEX()` are alike without being one thing.
        if parsed.references().next().is_none() {
            continue;
        }
        // Where a field says how its table calculation runs, the formula is half of it.
        if matches!(field.column.definition, Definition::Calculated { table_calculation: true, .. }) {
            continue;
        }
        let key = format!("{} {}", kind(field), print(expression));
        let name = field.column.display_name();
        if let Some(first) = seen.get(&key) {
            let message = format!("the calculated fields `{first}` and `{name}` compute the same");
            sink.report(field.formula.span, field.subjects(), message)
                .help("have all sheets use one of them (Replace References in the data pane), and delete the other");
        } else {
            seen.insert(key, name);
        }
    }
}

/// What must be equal besides the formula.
fn kind(field: &CalculatedField<'_>) -> String {
    let column = field.column;
    let parts = [Some(&field.datasource.name), column.datatype.as_ref(), column.role.as_ref(), column.kind.as_ref(), column.default_format.as_ref(), column.semantic_role.as_ref()];
    let parts: Vec<&str> = parts.into_iter().map(|t| t.map_or("", |t| t.value.as_str())).collect();
    parts.join("\0")
}

//! `naming/calculated-field`.

use crate::lint::calculation_field::calculated_fields;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::File;

rule! {
    /// ## What it does
    /// Holds names of calculated fields to your naming convention.
    ///
    /// ## Why is this bad?
    /// A field is read far more often than it is written, by people who did not write it.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/calculated-field: { level: warning, case: title }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    CalculatedFieldName, "naming/calculated-field", "calculated field name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for field in calculated_fields(document) {
        let name = field.column.display_name();
        if let Some(breach) = convention.breach(&name) {
            let span = field.column.caption.as_ref().unwrap_or(&field.column.name).span;
            sink.report(span, field.subjects(), format!("the calculated field's name `{name}` breaks the convention: {breach}"))
                .help("rename it in Tableau: data pane, right click, Rename");
        }
    }
}

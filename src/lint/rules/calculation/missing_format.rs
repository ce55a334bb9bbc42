//! `calculation/missing-format`.

use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated measures with decimals that have no default number format.
    ///
    /// ## Why is this bad?
    /// Every sheet formats it anew: 0.1234 here, 12% there, 12.3% on the third. With a default format all begin alike.
    ///
    /// ## Use instead
    /// Data pane, right click, Default Properties, Number Format. The rule is off until you switch it on.
    MissingFormat, "calculation/missing-format", "calculated measure has no default number format", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, .. } in file.formulas() {
        let column = field.column;
        let is = |text: &Option<crate::content::model::Text>, value: &str| text.as_ref().is_some_and(|t| t.value == value);
        if is(&column.datatype, "real") && is(&column.role, "measure") && !column.hidden && column.default_format.is_none() {
            let place = column.caption.as_ref().unwrap_or(&column.name).span;
            sink.report(place, field.subjects(), format!("the calculated field `{}` has no default number format", column.display_name()))
                .help("set one: data pane, right click, Default Properties, Number Format");
        }
    }
}

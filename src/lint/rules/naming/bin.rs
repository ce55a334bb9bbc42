//! `naming/bin`.

use crate::content::model::Definition;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds names of bins to your naming convention.
    ///
    /// ## Why is this bad?
    /// Tableau calls them `Region (group)` and `Sales (bin)`; a convention keeps what people make of it alike.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/bin: { level: warning, suffix: " (bin)" }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    BinName, "naming/bin", "bin name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for column in datasource.columns.iter().filter(|c| !c.internal && matches!(c.definition, Definition::Bin { .. })) {
            let name = column.display_name();
            let place = column.caption.as_ref().unwrap_or(&column.name).span;
            let subjects = vec![Subject::new("data source", datasource.display_name()), Subject::new("bin", &*name)];
            convention.hold(&name, place, subjects, "rename it in Tableau: data pane, right click, Rename", sink);
        }
    }
}

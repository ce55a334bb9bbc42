//! `naming/set`.

use crate::content::model::unbracket;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds names of sets to your naming convention.
    ///
    /// ## Why is this bad?
    /// Sets stand beside fields in every list; a convention tells them apart.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/set: { level: warning, suffix: " Set" }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    SetName, "naming/set", "set name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for group in datasource.groups.iter().filter(|g| !g.internal) {
            let name = group.caption.as_ref().map_or_else(|| unbracket(&group.name.value), |c| c.value.clone());
            // Combined fields are groups to the file, and no sets.
            if name.ends_with("(Combined)") {
                continue;
            }
            let place = group.caption.as_ref().unwrap_or(&group.name).span;
            let subjects = vec![Subject::new("data source", datasource.display_name()), Subject::new("set", &*name)];
            convention.hold(&name, place, subjects, "rename it in Tableau: data pane, right click, Rename", sink);
        }
    }
}

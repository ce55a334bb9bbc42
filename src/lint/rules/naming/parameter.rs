//! `naming/parameter`.

use crate::diagnostic::Subject;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::File;

rule! {
    /// ## What it does
    /// Holds names of parameters to your naming convention.
    ///
    /// ## Why is this bad?
    /// Parameters stand beside fields in every list; a convention tells them apart.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/parameter: { level: warning, prefix: "p. " }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    ParameterName, "naming/parameter", "parameter name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for parameter in &document.model.parameters {
        let name = parameter.display_name();
        if let Some(breach) = convention.breach(&name) {
            let span = parameter.caption.as_ref().unwrap_or(&parameter.name).span;
            sink.report(span, vec![Subject::new("parameter", &*name)], format!("the parameter's name `{name}` breaks the convention: {breach}"))
                .help("rename it in Tableau: data pane, right click, Rename");
        }
    }
}

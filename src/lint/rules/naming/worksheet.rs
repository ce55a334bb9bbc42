//! `naming/worksheet`.

use crate::diagnostic::Subject;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::File;

rule! {
    /// ## What it does
    /// Holds names of worksheets to your naming convention.
    ///
    /// ## Why is this bad?
    /// A visible worksheet becomes a view with this name, and its address is made of it.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/worksheet: { level: warning, forbid: "(?i)^sheet ?\\d" }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    WorksheetName, "naming/worksheet", "worksheet name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for sheet in &document.model.worksheets {
        if let Some(breach) = convention.breach(&sheet.name.value) {
            let subjects = vec![Subject::new("worksheet", &*sheet.name.value)];
            sink.report(sheet.name.span, subjects, format!("the worksheet's name `{}` breaks the convention: {breach}", sheet.name.value))
                .help("rename the sheet in Tableau");
        }
    }
}

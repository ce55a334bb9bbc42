//! `naming/workbook`.

use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::File;

rule! {
    /// ## What it does
    /// Holds names of workbooks to your naming convention.
    ///
    /// ## Why is this bad?
    /// A workbook is found by its name, and its address on the site is made of it.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/workbook: { level: error, pattern: "^[A-Z][A-Za-z0-9 &-]+$" }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    WorkbookName, "naming/workbook", "workbook name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    if file.content.kind != crate::content::Kind::Workbook {
        return;
    }
    let name = file.name();
    if let Some(breach) = convention.breach(&name) {
        sink.report_file(format!("the workbook's name `{name}` breaks the convention: {breach}"))
            .help("rename the file, or give it a `name` in the manifest");
    }
}

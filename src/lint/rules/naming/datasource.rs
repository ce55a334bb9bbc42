//! `naming/datasource`.

use crate::diagnostic::Subject;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::File;

rule! {
    /// ## What it does
    /// Holds names of data sources: of data source files, and of the data sources inside workbooks to your naming convention.
    ///
    /// ## Why is this bad?
    /// People choose data sources by their names; two spellings of one thing are two things to them.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/datasource: { level: warning, case: title }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    DatasourceName, "naming/datasource", "data source name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    if file.content.kind == crate::content::Kind::Datasource {
        let name = file.name();
        if let Some(breach) = convention.breach(&name) {
            sink.report_file(format!("the data source's name `{name}` breaks the convention: {breach}")).help("rename the file, or give it a `name` in the manifest");
        }
        return;
    }
    let Some(document) = file.document() else { return };
    // A name without a caption is Tableau's own, and nobody sees it as a choice.
    for caption in document.model.datasources.iter().filter_map(|d| d.caption.as_ref()) {
        if let Some(breach) = convention.breach(&caption.value) {
            let subjects = vec![Subject::new("data source", &*caption.value)];
            sink.report(caption.span, subjects, format!("the data source's name `{}` breaks the convention: {breach}", caption.value))
                .help("rename it in Tableau: data pane, right click, Rename");
        }
    }
}

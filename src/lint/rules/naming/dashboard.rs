//! `naming/dashboard`.

use crate::diagnostic::Subject;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::File;

rule! {
    /// ## What it does
    /// Holds names of dashboards and stories to your naming convention.
    ///
    /// ## Why is this bad?
    /// A dashboard becomes a view with this name; it is what people search for and link to.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/dashboard: { level: warning, case: title, max_length: 40 }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, snake, kebab, camel, pascal, upper), `prefix`, `suffix`, `forbid`,
    /// `max_length`, `allow`. Without options the rule has nothing to say.
    DashboardName, "naming/dashboard", "dashboard name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in &document.model.dashboards {
        let kind = if dashboard.story { "story" } else { "dashboard" };
        if let Some(breach) = convention.breach(&dashboard.name.value) {
            let subjects = vec![Subject::new(kind, &*dashboard.name.value)];
            sink.report(dashboard.name.span, subjects, format!("the {kind}'s name `{}` breaks the convention: {breach}", dashboard.name.value))
                .help("rename it in Tableau");
        }
    }
}

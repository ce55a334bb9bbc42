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
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    DashboardName, "naming/dashboard", "dashboard name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    // Stories have `naming/story`.
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        let name = &dashboard.name;
        convention.hold(&name.value, name.span, vec![Subject::new("dashboard", &*name.value)], "rename it in Tableau", sink);
    }
}

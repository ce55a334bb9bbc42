//! `naming/action`.

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds names of dashboard actions to your naming convention.
    ///
    /// ## Why is this bad?
    /// `Filter 1 (generated)` tells nobody what a click does; menus of actions show these names to users.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/action: { level: warning, forbid: "\\(generated\\)$" }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    ActionName, "naming/action", "action name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for caption in document.model.actions.iter().filter_map(|a| a.caption.as_ref()) {
        let subjects = vec![Subject::new("action", &*caption.value)];
        convention.hold(&caption.value, caption.span, subjects, "rename it in Tableau: Dashboard, Actions, Edit", sink);
    }
}

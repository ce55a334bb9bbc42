//! `naming/story`.

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds names of stories to your naming convention.
    ///
    /// ## Why is this bad?
    /// A story becomes a view with this name, and its address is made of it.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/story: { level: warning, suffix: " (story)" }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    StoryName, "naming/story", "story name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for story in document.model.dashboards.iter().filter(|d| d.story) {
        let name = &story.name;
        convention.hold(&name.value, name.span, vec![Subject::new("story", &*name.value)], "rename it in Tableau", sink);
    }
}

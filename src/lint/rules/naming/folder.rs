//! `naming/folder`.

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::convention::Convention;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds names of folders of fields to your naming convention.
    ///
    /// ## Why is this bad?
    /// Folders are how people find fields in a long list; two spellings of one subject hide half of them.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   naming/folder: { level: warning, case: title }
    /// ```
    ///
    /// ## Options
    /// `pattern`, `case` (title, sentence, lower, upper, snake, screaming-snake, kebab, camel, pascal), `prefix`, `suffix`,
    /// `forbid`, `max_length`, `allow`. Without options the rule has nothing to say.
    FolderName, "naming/folder", "folder name breaks the convention", Levels::CONFIGURED, Convention, check
}

fn check(convention: &Convention, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    for datasource in &document.model.datasources {
        for folder in tree.descendants(datasource.element.node).filter(|n| tree.local(*n) == "folder") {
            let Some(name) = tree.attribute(folder, "name") else { continue };
            let subjects = vec![Subject::new("data source", datasource.display_name()), Subject::new("folder", &*name.value)];
            convention.hold(&name.value, name.span, subjects, "rename it in Tableau: data pane, right click, Rename", sink);
        }
    }
}

//! `accessibility/pie-without-labels`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports pie charts without labels.
    ///
    /// ## Why is this bad?
    /// Only the colour says which slice is which, and colours are what many readers cannot tell apart.
    ///
    /// ## References
    /// WCAG 2.2, success criterion 1.4.1, "Use of Color".
    PieWithoutLabels, "accessibility/pie-without-labels", "pie chart is told by colours alone", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    for sheet in &document.model.worksheets {
        let by_color = |name: &str| name == "color";
        let pie = sheet.panes.iter().find(|p| {
            p.mark.as_ref().is_some_and(|m| m.value == "Pie") && p.encodings.iter().any(|(e, _)| by_color(e)) && !p.encodings.iter().any(|(e, _)| e == "text")
        });
        let Some(mark) = pie.and_then(|p| p.mark.as_ref()) else { continue };
        let labelled = tree.descendants(sheet.element.node).any(|n| tree.local(n) == "format" && tree.is(n, "attr", "mark-labels-show") && tree.is(n, "value", "true"));
        if !labelled {
            let name = sheet.name.value.as_str();
            sink.report(mark.span, vec![Subject::new("worksheet", name)], format!("the slices of the pie chart `{name}` are told by their colours alone")).help("put the dimension on Label, or use bars");
        }
    }
}

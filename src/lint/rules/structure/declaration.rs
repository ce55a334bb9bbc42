//! `structure/declaration`.

use crate::diagnostic::{Edit, Level, Span};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports documents that begin without `<?xml version='1.0' encoding='utf-8' ?>`, and bare ones (`.twb`, `.tds`) that begin
    /// with a byte order mark.
    ///
    /// ## Why is this bad?
    /// Tableau Desktop opens such files; Tableau Server has refused both. Tableau always writes the declaration and never the
    /// mark: an editor or a script changed the file.
    Declaration, "structure/declaration", "document begins otherwise than Tableau writes it", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    if document.byte_order_mark && file.content.package.is_none() {
        sink.report_file("the document begins with a byte order mark").help("save it as UTF-8 without BOM; Tableau Server may refuse it as it is");
    }
    if !document.source().text().starts_with("<?xml") {
        let place = Span::new(0, 0);
        let text = document.source().text();
        let line_end = if text.split('\n').next().is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" };
        sink.report(place, Vec::new(), "the document has no XML declaration")
            .help("begin it with `<?xml version='1.0' encoding='utf-8' ?>`; Tableau Server may refuse it as it is")
            .fix("add the XML declaration", vec![Edit { span: place, text: format!("<?xml version='1.0' encoding='utf-8' ?>{line_end}") }]);
    }
}

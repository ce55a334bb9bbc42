//! `security/thumbnail`.

use crate::diagnostic::Span;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports workbooks with thumbnails.
    ///
    /// ## Why is this bad?
    /// A thumbnail is a picture of the view as its author saw it, in the file and in its history. Row-level security does not hold
    /// for a picture. Where the data is harmless it is harmless, so the rule is off until it is named.
    ///
    /// ## Use instead
    /// Take the element `thumbnails` out; the site makes its own.
    Thumbnail, "security/thumbnail", "workbook brings images of its data along", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let thumbnails = &document.model.thumbnails;
    if let Some(first) = thumbnails.first() {
        let names: Vec<String> = thumbnails.iter().take(3).map(|t| format!("`{}`", t.name)).collect();
        let more = if thumbnails.len() > 3 { format!(" and {} more", thumbnails.len() - 3) } else { String::new() };
        sink.report(Span::new(first.span.start, first.span.start), Vec::new(), format!("there are pictures of {}{more} in the file", names.join(", ")))
            .help("take the element `thumbnails` out; the site makes its own");
    }
}

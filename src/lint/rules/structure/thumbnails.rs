//! `structure/thumbnails`.

use crate::diagnostic::{Edit, Level, Span, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports the pictures of sheets that a workbook carries (`thumbnails`).
    ///
    /// ## Why is this bad?
    /// Each is a picture of real data, for everybody who can read the repository, whatever the row-level security says. It
    /// also changes with every save: a diff of many lines that nobody can read. Tableau draws new ones when the workbook is
    /// published.
    Thumbnails, "structure/thumbnails", "workbook carries pictures of its data", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let pictures: Vec<_> = document.model.thumbnails.iter().filter(|t| !document.source().slice(t.span).trim().is_empty()).collect();
    let Some(first) = pictures.first() else { return };
    let names: Vec<Subject> = pictures.iter().map(|t| Subject::new("worksheet", &*t.name)).take(1).collect();
    let message = match pictures.len() {
        1 => format!("the workbook carries a picture of `{}`", first.name),
        n => format!("the workbook carries pictures of {n} sheets"),
    };
    let place = Span::new(first.span.start, first.span.start);
    sink.report(place, names, message)
        .help("empty the elements under `thumbnails`; Tableau draws new pictures when the workbook is published")
        .fix("empty the pictures", pictures.iter().map(|t| Edit { span: t.span, text: String::new() }).collect());
}

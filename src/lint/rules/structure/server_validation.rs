//! `structure/server-validation`.

use crate::content::Kind;
use crate::diagnostic::{Level, Span, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// With `check --online`: reports what the server itself finds in a workbook. It reads the document as it would be published,
    /// with the rewrites for the target, and keeps nothing.
    ///
    /// ## Why is this bad?
    /// What the server calls an error keeps the workbook from loading. What it calls a warning is a warning here.
    ///
    /// ## How sure is it?
    /// The judgement and its words are the server's, in the server's language. Tableau has the calls since REST API 3.29 (Tableau
    /// Cloud of June 2026, Server 2026.2); an older site is in the note on what was not checked. The server takes documents, not
    /// packages: what it finds wrong with a connection of a packaged workbook may be a file that it did not get, and is a warning.
    ServerValidation, "structure/server-validation", "server finds the workbook wrong", Levels::always(Level::Error), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let (Some(document), Some(site)) = (file.document().filter(|_| file.content.kind == Kind::Workbook), file.site) else { return };
    for judged in &site.judgement {
        let message = format!("the server of `{}` says: {}", site.target, judged.message);
        let subjects = vec![Subject::new("workbook", file.name())];
        let report = match judged.at {
            Some(at) => sink.report(tag_at(document.source().text(), at), subjects, message),
            None => sink.report_file(message),
        };
        let about_file = judged.element.as_deref().is_some_and(|e| matches!(e, "connection" | "named-connection" | "extract"));
        let loads = !judged.severe || (about_file && file.content.package.is_some());
        let report = if loads { report.at_most(Level::Warning) } else { report };
        report.help(match &judged.element {
            Some(element) => format!("open the workbook in a Tableau Desktop of the server's version and save it; it is about the element `{element}`"),
            None => "open the workbook in a Tableau Desktop of the server's version and save it".to_owned(),
        });
    }
}

/// The opening of a tag that begins there, else the one byte.
fn tag_at(text: &str, at: u32) -> Span {
    let rest = text.get(at as usize..).unwrap_or_default();
    let end = rest.strip_prefix('<').and_then(|tag| tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/')).map_or(0, |n| n + 1);
    Span::new(at, at + end as u32)
}

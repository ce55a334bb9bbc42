//! `security/embedded-password`.

use crate::diagnostic::{Edit, Level, Span, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports passwords in the file: a `password` attribute that is not empty, `PWD=` in connection strings.
    ///
    /// ## Why is this bad?
    /// Everybody who can read the repository can read the password, now and in its whole history. Tableau itself never
    /// writes one there: somebody, or some script, put it in.
    ///
    /// A placeholder (`redacted`, `****`) is left alone.
    ///
    /// ## Use instead
    /// Take it out, change the password where it is valid, and name the secret in the manifest (`credentials:`): the
    /// site keeps it with the item.
    ///
    /// ## Fix
    /// The password is taken out; what it opened must be given another one all the same.
    EmbeddedPassword, "security/embedded-password", "password in the file", Levels::always(Level::Error), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    if !tree.names().any(|name| holds_passwords(&name.local)) {
        return;
    }
    for node in tree.all_descendants(tree.root()) {
        for attribute in tree.attributes(node).filter(|a| holds_passwords(&a.name.local)) {
            let local = attribute.name.local.as_str();
            let whole = local.eq_ignore_ascii_case("password") && !is_placeholder(&attribute.value);
            let raw = document.source().slice(attribute.span);
            let inside = if local == "odbc-connect-string-extras" { passwords(raw, attribute.span) } else { Vec::new() };
            let spans = if whole { vec![attribute.span] } else { inside };
            if spans.is_empty() {
                continue;
            }
            let owner = document.model.datasources.iter().find(|d| {
                let span = tree.span(d.element.node);
                span.start <= attribute.span.start && attribute.span.end <= span.end
            });
            let subjects = owner.map(|d| Subject::new("data source", d.display_name())).into_iter().collect();
            sink.report(attribute.span, subjects, "there is a password in the file")
                .help("remove it, change it where it is valid, and name the secret under `credentials:` in the manifest")
                .fix("remove the password", spans.into_iter().map(|span| Edit { span, text: String::new() }).collect());
        }
    }
}

fn holds_passwords(attribute: &str) -> bool {
    attribute.eq_ignore_ascii_case("password") || attribute == "odbc-connect-string-extras"
}

/// Nothing, or what a script put in place of a password: `redacted`, `****`.
fn is_placeholder(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.')) || matches!(text.to_lowercase().as_str(), "redacted" | "removed" | "deleted")
}

/// The values in `PWD=secret;Password=secret`, of a text that is still escaped.
fn passwords(raw: &str, span: Span) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    // A `;` also ends `&amp;`; what follows one has no name and is no part.
    for part in raw.split_inclusive(';') {
        if let Some((name, value)) = part.split_once('=') {
            let value = value.trim_end_matches(';');
            let secret = matches!(name.trim().to_lowercase().as_str(), "pwd" | "password") && !is_placeholder(value.trim());
            if secret {
                let start = span.start + (at + name.len() + 1) as u32;
                spans.push(Span::new(start, start + value.len() as u32));
            }
        }
        at += part.len();
    }
    spans
}

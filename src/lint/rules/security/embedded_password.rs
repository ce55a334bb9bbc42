//! `security/embedded-password`.

use crate::diagnostic::{Edit, Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, NoOptions, rule};
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
    EmbeddedPassword, "security/embedded-password", "password in the file", Levels::always(Level::Error), NoOptions, check
}

fn check(_options: &NoOptions, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    for node in tree.all_descendants(tree.root()) {
        for attribute in tree.attributes(node) {
            let local = attribute.name.local.as_str();
            let whole = local.eq_ignore_ascii_case("password") && !is_placeholder(&attribute.value);
            let inside = local == "odbc-connect-string-extras" && holds_password(&attribute.value);
            if !whole && !inside {
                continue;
            }
            let owner = document.model.datasources.iter().find(|d| {
                let span = tree.span(d.element.node);
                span.start <= attribute.span.start && attribute.span.end <= span.end
            });
            let subjects = owner.map(|d| Subject::new("data source", d.display_name())).into_iter().collect();
            let report = sink.report(attribute.span, subjects, "there is a password in the file");
            let report = report.help("remove it, change it where it is valid, and name the secret under `credentials:` in the manifest");
            if whole {
                report.fix("remove the password", vec![Edit { span: attribute.span, text: String::new() }]);
            }
        }
    }
}

/// Nothing, or what a script put in place of a password: `redacted`, `****`.
fn is_placeholder(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.')) || matches!(text.to_lowercase().as_str(), "redacted" | "removed" | "deleted")
}

/// `PWD=secret;`, `Password=secret`.
fn holds_password(text: &str) -> bool {
    text.split(';').filter_map(|part| part.split_once('=')).any(|(name, value)| {
        matches!(name.trim().to_lowercase().as_str(), "pwd" | "password") && !is_placeholder(value.trim())
    })
}

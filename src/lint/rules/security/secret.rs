//! `security/secret`.

use crate::diagnostic::{Level, Span};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::secrets;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports what has the form of a secret, anywhere in the document: tokens of GitHub, GitLab, Slack, Stripe and Tableau, access
    /// keys of AWS and Google, JSON web tokens, private keys, `user:password@` in an address.
    ///
    /// ## Why is this bad?
    /// Everybody who can read the repository can use it, now and from its history. It is in the file because an extension keeps its
    /// settings there, or because somebody pasted an address with it.
    ///
    /// ## Use instead
    /// Take it out and revoke it where it is valid. Tokens belong into the site's own settings (OAuth clients, stored credentials),
    /// or into the environment of what reads them.
    ///
    /// ## How sure is it?
    /// Only forms that nothing else has. Thumbnails and custom shapes are not looked at: their base64 can look like anything.
    Secret, "security/secret", "token or key in the file", Levels::always(Level::Error), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    // What holds images, from where it begins to where it ends.
    let images: Vec<Span> = tree.all_children(tree.root()).filter(|n| matches!(tree.local(*n), "thumbnails" | "external")).map(|n| tree.span(n)).collect();
    let text = document.source().text();
    let mut at = 0;
    let pieces = images.iter().map(|s| (s.start as usize, s.end as usize)).chain([(text.len(), text.len())]);
    for (from, to) in pieces {
        for secret in secrets::find(text.get(at..from).unwrap_or_default()) {
            let span = Span::new((at + secret.range.start) as u32, (at + secret.range.end) as u32);
            sink.report(span, Vec::new(), format!("there is {} in the file", secret.what))
                .help("take it out, and revoke it where it is valid: it stays in the history");
        }
        at = to;
    }
}

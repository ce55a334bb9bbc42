//! `datasource/certified`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::Kind;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;

rule! {
    /// ## What it does
    /// Lets workbooks read only published data sources that are on your list, or, with `check --online`, that are certified on the
    /// target's site.
    ///
    /// ## Why is this bad?
    /// A dashboard on somebody's private copy of the sales data is right until the copy is not. The list makes the choice of
    /// the source a decision that is reviewed.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   datasource/certified: { level: error, allow: ["Sales", "Customers"] }
    /// ```
    ///
    /// ## Options
    /// `allow`: names or content URLs of published data sources; globs. `embedded`: what to do with data sources that
    /// are in the workbook itself: `ignore` (default) or `forbid`.
    ///
    /// ## How sure is it?
    /// Certification is nothing that a file holds: the list is what you say it is, and `check --online` asks the site about what
    /// is not on it. With an empty list and without `--online` nothing can be said, and the note on what was not checked says so.
    /// A deployment asks the site too, where a rewrite says `require_certified`.
    Certified, "datasource/certified", "workbook reads a data source that is neither on the list nor certified", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Names or content URLs; globs.
    allow: Vec<String>,
    embedded: Embedded,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Embedded {
    #[default]
    Ignore,
    Forbid,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    let allowed = |name: &str| options.allow.iter().any(|a| a == name || glob::name(a).is_ok_and(|g| g.is_match(name)));
    for datasource in &document.model.datasources {
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        match datasource.published() {
            Some(connection) => {
                let content_url = connection.get("dbname").unwrap_or_default();
                let name = connection.get("server-ds-friendly-name").unwrap_or(content_url);
                if allowed(content_url) || allowed(name) {
                    continue;
                }
                let certified = file.on_site(datasource).and_then(|source| source.certified);
                let (message, help) = match (certified, file.site, options.allow.as_slice()) {
                    (Some(true), ..) => continue,
                    (Some(false), Some(site), _) => (
                        format!("the published data source `{name}` is not certified on the site of `{}`", site.target),
                        "use a certified one, have this one certified, or add it under `datasource/certified: allow:`".to_owned(),
                    ),
                    (_, _, []) => {
                        let why = match file.site {
                            Some(_) => "the site has no such data source, or does not tell, and no list is given",
                            None => "only a site knows it, and no list is given: `check --online` asks, `datasource/certified: allow:` lists",
                        };
                        sink.not_checked(format!("certification of \"{name}\""), why);
                        continue;
                    }
                    (_, _, list) => (
                        format!("the published data source `{name}` is not on the list of those that may be used"),
                        format!("use one of {}, or have it added to the list", list.join(", ")),
                    ),
                };
                let span = connection.attribute("dbname").map_or(connection.element.tag, |t| t.span);
                sink.report(span, subjects, message).help(help);
            }
            None if options.embedded == Embedded::Forbid => {
                let message = format!("the data source `{}` is embedded in the workbook", file.name_of(datasource));
                sink.report(datasource.element.tag, subjects, message).help("publish it, and let the workbook read the published one");
            }
            None => {}
        }
    }
}

//! `security/foreign-server`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::Text;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::address::{self, Parts};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports Tableau servers that the file names and that are not on your list: where it was downloaded from (`xml:base`), where it
    /// was derived from, and where its published data sources are.
    ///
    /// ## Why is this bad?
    /// The names of internal servers and sites go to everybody who gets the file. A published data source of another server is
    /// looked for on the target at publish, under the same name, and may be another one there.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   security/foreign-server: { level: warning, allow: [tableau.example.com] }
    /// ```
    ///
    /// ## Options
    /// `allow`: hosts; `*.example.com` is any host below it.
    ForeignServer, "security/foreign-server", "file names a Tableau server that is not on the list", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Hosts; `*.example.com` is any host below it.
    allow: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let mut say = |text: Option<&Text>, subjects: Vec<Subject>, what: &str| {
        let Some(text) = text else { return };
        let host = Parts::of(&text.value).host;
        if !host.is_empty() && !address::allows(&options.allow, host) {
            sink.report(text.span, subjects, format!("{what} `{host}`, which is not on the list"))
                .help("download the file from a server of the list, or have the host added to `security/foreign-server: allow:`");
        }
    };
    say(model.base.as_ref(), Vec::new(), "the file was downloaded from");
    say(model.repository_location.as_ref().and_then(|l| l.derived_from.as_ref()), Vec::new(), "the file comes from");
    for datasource in &model.datasources {
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        let published = datasource.published();
        say(published.and_then(|c| c.attribute("server")), subjects.clone(), "a published data source is on");
        if model.repository_location.is_none() || published.is_some() {
            say(datasource.repository_location.as_ref().and_then(|l| l.derived_from.as_ref()), subjects, "a data source comes from");
        }
    }
}

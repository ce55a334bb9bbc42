//! `datasource/environment`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::address::{self, Parts};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds the servers of connections to your list.
    ///
    /// ## Why is this bad?
    /// The files in git should point at one known environment, from which the manifest's `rewrite` leads to the others. A file that
    /// points elsewhere is not rewritten, and reads the wrong data after the deployment.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   datasource/environment: { level: error, allow: ["*.dev.example.com"] }
    /// ```
    ///
    /// ## Options
    /// `allow`: hosts; `*.example.com` is any host below it. `published`: `true` looks at the Tableau servers of published data
    /// sources too, which the site replaces at publish.
    Environment, "datasource/environment", "connection to a host that the team does not allow", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Hosts; `*.example.com` is any host below it.
    allow: Vec<String>,
    /// Look at the servers of published data sources too.
    published: bool,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for connection in datasource.connections.iter().filter(|c| options.published || c.class.value != "sqlproxy") {
            let Some(server) = connection.attribute("server").filter(|s| !s.value.is_empty()) else { continue };
            // SQL Server writes `host,1433` and `host\INSTANCE`.
            let host = Parts::of(&server.value).host.split([',', '\\']).next().unwrap_or_default();
            if !address::allows(&options.allow, host) {
                let subjects = vec![Subject::new("data source", file.name_of(datasource))];
                sink.report(server.span, subjects, format!("the data source `{}` reads from `{host}`, which is not on the list", file.name_of(datasource)))
                    .help("connect to a host of the list, or have it added to `datasource/environment: allow:`");
            }
        }
    }
}

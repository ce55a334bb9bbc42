//! `security/personal-login`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::convention::{Pattern, pattern};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports connections that carry a user name which is not on your list.
    ///
    /// ## Why is this bad?
    /// It is the login of whoever built the workbook: it tells readers who has access to what, and a refresh with it ends on the day
    /// that person leaves.
    ///
    /// ## Use instead
    /// A service account: `credentials:` in the manifest says which, for each target.
    ///
    /// ## Options
    /// `allow`: a regular expression for user names that are right, such as `^svc_`.
    PersonalLogin, "security/personal-login", "connection with somebody's own user name", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// A regular expression for user names that are right.
    #[serde(deserialize_with = "pattern")]
    #[schemars(with = "Option<String>")]
    allow: Option<Pattern>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        // Tableau signs in to its own extracts, and published data sources have their own credentials.
        for connection in datasource.connections.iter().filter(|c| !matches!(c.class.value.as_str(), "sqlproxy" | "hyper" | "dataengine")) {
            let Some(user) = connection.attribute("username").filter(|u| !u.value.is_empty() && u.value != "tableau_internal_user") else { continue };
            if options.allow.as_ref().is_some_and(|p| p.0.is_match(&user.value)) {
                continue;
            }
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report(user.span, subjects, format!("the data source `{}` signs in as `{}`", file.name_of(datasource), user.value))
                .help("use a service account, under `credentials:` in the manifest, or allow it with `security/personal-login: allow:`");
        }
    }
}

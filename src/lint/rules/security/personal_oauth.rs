//! `security/personal-oauth`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::convention::{Pattern, pattern};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports connections that sign in by OAuth with somebody's e-mail address.
    ///
    /// ## Why is this bad?
    /// The site can refresh the data only with the saved credential of that person. It ends when the person changes the password,
    /// leaves, or takes the consent back, and until then every reader sees with that person's rights.
    ///
    /// ## Use instead
    /// A service account, or the identity of the viewer.
    ///
    /// ## Options
    /// `allow`: a regular expression for addresses that are right, such as `^svc-.*@example\.com$`.
    PersonalOauth, "security/personal-oauth", "OAuth connection of a person", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// A regular expression for addresses that are right.
    #[serde(deserialize_with = "pattern")]
    #[schemars(with = "Option<String>")]
    allow: Option<Pattern>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for connection in &datasource.connections {
            let oauth = connection.get("authentication").is_some_and(|a| a.to_lowercase().contains("oauth"))
                || connection.get("server-oauth").is_some() || connection.get("oauth-config-id").is_some();
            let Some(user) = connection.attribute("username").filter(|u| oauth && u.value.contains('@')) else { continue };
            // Google's service accounts have an address too.
            let service = user.value.ends_with(".gserviceaccount.com") || options.allow.as_ref().is_some_and(|p| p.0.is_match(&user.value));
            if service {
                continue;
            }
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report(user.span, subjects, format!("the data source `{}` signs in by OAuth as `{}`", file.name_of(datasource), user.value))
                .help("use a service account, or allow it with `security/personal-oauth: allow:`");
        }
    }
}

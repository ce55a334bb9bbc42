//! `datasource/row-level-security`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;
use crate::lint::user_filter::{user_fields, user_filters};

rule! {
    /// ## What it does
    /// Wants of data sources that you name that each reader sees only their own rows: a data source filter on a calculation with
    /// `USERNAME()`, `ISMEMBEROF()`, `USERATTRIBUTE()` and the like, or a user filter.
    ///
    /// ## Why is this bad?
    /// Without the filter everybody who may open the dashboard sees every row, and nobody notices from what the dashboard looks like.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   datasource/row-level-security: { level: error, datasources: ["HR*", "Salaries"] }
    /// ```
    ///
    /// ## Options
    /// `datasources`: names; globs. `published`: published data sources that are protected on the site, by name or content URL; any
    /// other published one of that name is reported.
    ///
    /// ## How sure is it?
    /// It sees that there is such a filter, not that it is right. A database that protects its rows itself is not seen; leave its data
    /// sources off the list.
    RowLevelSecurity, "datasource/row-level-security", "data source without row-level security", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Names of data sources that must be protected; globs.
    datasources: Vec<String>,
    /// Published data sources that are protected on the site: names or content URLs; globs.
    published: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let fits = |globs: &[String], name: &str| globs.iter().any(|g| g == name || glob::name(g).is_ok_and(|g| g.is_match(name)));
    let concerned: Vec<_> = document.model.datasources.iter().filter(|d| fits(&options.datasources, &file.name_of(d))).collect();
    if concerned.is_empty() {
        return;
    }
    let fields = user_fields(file.formulas());
    for datasource in concerned {
        let content_url = datasource.published().and_then(|c| c.get("dbname"));
        let protected = content_url.is_some_and(|url| fits(&options.published, url) || fits(&options.published, &file.name_of(datasource)));
        if protected || !user_filters(datasource, &fields, &datasource.filters).is_empty() {
            continue;
        }
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        sink.report(datasource.caption.as_ref().unwrap_or(&datasource.name).span, subjects, format!("the data source `{}` has no filter that shows each person only their own rows", file.name_of(datasource)))
            .help("add a data source filter on a calculation with `USERNAME()` or `ISMEMBEROF()`, or list it under `published:` if the site protects it");
    }
}

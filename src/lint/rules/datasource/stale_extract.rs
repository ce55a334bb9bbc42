//! `datasource/stale-extract`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use jiff::Unit;
use jiff::civil::Date;

rule! {
    /// ## What it does
    /// Reports extracts in packages that were refreshed longer ago than `days`.
    ///
    /// ## Why is this bad?
    /// Where the site does not refresh it, the published workbook shows old data on its first day.
    ///
    /// ## Use instead
    /// Refresh before the commit, or let the site refresh it: then the rule is of no use to you, which is why it is off until it is
    /// named.
    ///
    /// ## Options
    /// `days`: 30 unless you say another.
    ///
    /// ## How sure is it?
    /// The file gives the time without a zone; a day more or less is not noticed.
    StaleExtract, "datasource/stale-extract", "extract in the package is old", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Most days since the last refresh.
    days: i32,
}

impl Default for Options {
    fn default() -> Self {
        Self { days: 30 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        let Some(text) = datasource.extract.as_ref().filter(|e| e.enabled).and_then(|e| e.update_time.as_ref()) else { continue };
        let Some(age) = day(&text.value).and_then(|day| file.today.since((Unit::Day, day)).ok()).map(|s| s.get_days()) else { continue };
        if age > options.days {
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report(text.span, subjects, format!("the extract of `{}` is {age} days old", file.name_of(datasource)))
                .help("refresh it before the commit, or let the site refresh it");
        }
    }
}

/// `12/31/2019 05:38:59 PM`.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split_whitespace().next()?.split('/');
    let (month, day, year) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Date::new(year, month, day).ok()
}

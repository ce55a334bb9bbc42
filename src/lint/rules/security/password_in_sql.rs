//! `security/password-in-sql`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::secrets;
use crate::lint::sink::Sink;
use crate::lint::sql::statements;

rule! {
    /// ## What it does
    /// Reports custom SQL and initial SQL that sets or passes a password: `IDENTIFIED BY 'x'`, `PASSWORD = 'x'`.
    ///
    /// ## Why is this bad?
    /// The statement stands in the file in plain text, and the database writes it to its log.
    ///
    /// ## Use instead
    /// Credentials of the connection, which the site keeps: `credentials:` in the manifest.
    PasswordInSql, "security/password-in-sql", "custom or initial SQL with a password", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for (datasource, sql) in statements(document) {
        for range in secrets::in_sql(&sql.value) {
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report_in(&sql, range.start as u32, range.end as u32, subjects, "the SQL holds what looks like a password")
                .help("take it out, and name the secret under `credentials:` in the manifest");
        }
    }
}

//! `datasource/published-drift`.

use crate::content::Kind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports references to a published data source that name one data source in one place (`repository-location`) and another in
    /// the other (`connection`).
    ///
    /// ## Why is this bad?
    /// Tableau Desktop follows one of them and the site the other, so the workbook can read one data source while it is edited and
    /// another one when it is published. It comes from a file that was changed by a script or by hand.
    ///
    /// ## Use instead
    /// Open the workbook, and connect it to the published data source again.
    PublishedDrift, "datasource/published-drift", "reference to a published data source contradicts itself", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    for datasource in &document.model.datasources {
        let location = datasource.repository_location.as_ref().and_then(|l| l.id.as_ref());
        let connection = datasource.published().and_then(|c| c.attribute("dbname"));
        let (Some(location), Some(connection)) = (location, connection) else { continue };
        if location.value != connection.value && !location.value.is_empty() && !connection.value.is_empty() {
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report(location.span, subjects, format!("the data source `{}` is `{}` here and `{}` in its connection", file.name_of(datasource), location.value, connection.value))
                .help("connect the workbook to the published data source again");
        }
    }
}

//! `datasource/local-file`.

use crate::content::model::Connection;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, NoOptions, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports connections to files on somebody's disk: `C:\Users\ann\sales.xlsx`, `/Users/ann/sales.csv`.
    ///
    /// ## Why is this bad?
    /// The site has no such file: the first refresh fails, or the data is never refreshed again.
    ///
    /// ## Use instead
    /// Package the file with the workbook (save as .twbx), put it on a share that the site can read, or use a database.
    LocalFile, "datasource/local-file", "connection to a file on somebody's disk", Levels::always(Level::Warning), NoOptions, check
}

const FILE_CLASSES: [&str; 10] = [
    "excel-direct", "excel", "textscan", "msaccess", "pdf", "ogrdirect", "stat-direct", "hyper", "dataengine", "semistructpassivestore-direct",
];

fn check(_options: &NoOptions, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        // With an extract that is packaged the file is not read until somebody refreshes it: still a warning.
        for connection in datasource.connections.iter().filter(|c| FILE_CLASSES.contains(&c.class.value.as_str())) {
            if let Some((path, span)) = local_path(connection) {
                let subjects = vec![Subject::new("data source", datasource.display_name())];
                sink.report(span, subjects, format!("the data source `{}` reads `{path}` from a local disk", datasource.display_name()))
                    .help("package the file with the workbook (.twbx), or use a database or a published data source");
            }
        }
    }
}

fn local_path(connection: &Connection) -> Option<(String, crate::diagnostic::Span)> {
    ["directory", "filename", "dbname"].iter().find_map(|name| {
        let text = connection.attribute(name)?;
        is_local(&text.value).then(|| (text.value.clone(), text.span))
    })
}

/// A drive, a home or any absolute path; a share (`//host/x`) may well be readable by the site.
fn is_local(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let absolute = path.starts_with('/') && !path.starts_with("//");
    drive || absolute || path.starts_with("file:")
}

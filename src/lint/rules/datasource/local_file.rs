//! `datasource/local-file`.

use crate::content::edit::escape_attribute;
use crate::content::model::{Connection, Text};
use crate::diagnostic::{Edit, Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
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
    ///
    /// ## Fix
    /// Where the package already holds one file of that name, the connection is pointed at it.
    LocalFile, "datasource/local-file", "connection to a file on somebody's disk", Levels::always(Level::Warning), check
}

const FILE_CLASSES: [&str; 10] = [
    "excel-direct", "excel", "textscan", "msaccess", "pdf", "ogrdirect", "stat-direct", "hyper", "dataengine", "semistructpassivestore-direct",
];

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        // With an extract that is packaged the file is not read until somebody refreshes it: still a warning.
        for connection in datasource.connections.iter().filter(|c| FILE_CLASSES.contains(&c.class.value.as_str())) {
            if let Some((name, path)) = local_path(connection) {
                let subjects = vec![Subject::new("data source", file.name_of(datasource))];
                let packaged = packaged(file, connection, name, path);
                sink.report(path.span, subjects, format!("the data source `{}` reads `{}` from a local disk", file.name_of(datasource), path.value))
                    .help("package the file with the workbook (.twbx), or use a database or a published data source")
                    .fix_if(packaged.map(|inside| {
                        let edit = Edit { span: path.span, text: escape_attribute(&inside) };
                        (format!("read it from `{inside}` in the package"), vec![edit])
                    }));
            }
        }
    }
}

fn local_path(connection: &Connection) -> Option<(&'static str, &Text)> {
    ["directory", "filename", "dbname"].into_iter().find_map(|name| {
        let text = connection.attribute(name)?;
        is_local(&text.value).then_some((name, text))
    })
}

/// What the attribute would say if the connection read the file that the package holds: the one of that name, if it is one.
fn packaged(file: &File<'_>, connection: &Connection, attribute: &str, path: &Text) -> Option<String> {
    let wanted = if attribute == "directory" { connection.get("filename")? } else { path.value.rsplit(['/', '\\']).next()? };
    let mut found = file.content.package.iter().flat_map(|p| &p.members).filter(|m| {
        !m.directory && m.name.starts_with("Data/") && m.name.rsplit('/').next() == Some(wanted)
    });
    let (one, None) = (found.next()?, found.next()) else { return None };
    if attribute != "directory" {
        return Some(one.name.clone());
    }
    one.name.rsplit_once('/').map(|(folder, _)| folder.to_owned())
}

/// A drive, a home or any absolute path; a share (`//host/x`) may well be readable by the site.
fn is_local(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let absolute = path.starts_with('/') && !path.starts_with("//");
    drive || absolute || path.starts_with("file:")
}

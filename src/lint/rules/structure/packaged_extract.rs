//! `structure/packaged-extract`.

use crate::lint::File;
use crate::lint::package_files::is_extract;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports packages that hold an extract (`.hyper`, `.tde`).
    ///
    /// ## Why is this bad?
    /// It need not be: for many teams a package with its data is what they deploy. Where data must not be in git, this rule says
    /// so before it is there. It is off until you switch it on.
    PackagedExtract, "structure/packaged-extract", "package holds an extract", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(package) = &file.content.package else { return };
    for member in package.members.iter().filter(|m| is_extract(&m.name)) {
        sink.report_file(format!("the package holds the extract `{}` ({} bytes)", member.name, member.size))
            .help("keep data out of git: publish the data source, or commit the workbook without the extract");
    }
}

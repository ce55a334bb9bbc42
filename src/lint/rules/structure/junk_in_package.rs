//! `structure/junk-in-package`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::package_files::is_junk;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports what operating systems leave in archives: `__MACOSX`, `.DS_Store`, `Thumbs.db`.
    ///
    /// ## Why is this bad?
    /// The package was zipped by hand. Some tools take `__MACOSX/._Sales.twb` for the workbook.
    ///
    /// ## Use instead
    /// Save the package in Tableau, or zip it without them: `zip -r Sales.twbx . -x '__MACOSX/*' '*.DS_Store'`.
    JunkInPackage, "structure/junk-in-package", "package holds files of the operating system", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(package) = &file.content.package else { return };
    for member in package.members.iter().filter(|m| is_junk(&m.name) && !m.directory) {
        sink.report_file(format!("the package holds `{}`, which the operating system left there", member.name))
            .help("take it out of the package (with 7-Zip, or `zip -d FILE NAME`), or save the package in Tableau");
    }
}

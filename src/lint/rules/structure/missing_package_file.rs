//! `structure/missing-package-file`.

use crate::diagnostic::Level;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::package_files::{needed, normal};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports extracts, data files and images that a packaged workbook or data source reads and that are not in the package.
    ///
    /// ## Why is this bad?
    /// The data source cannot be read, or the dashboard has a hole. Somebody zipped the package by hand, or a script took out
    /// what it held for superfluous.
    ///
    /// ## How sure is it?
    /// Only paths that begin as Tableau writes them for what it packs (`Data/`, `Image/`) are looked for, and only extracts that
    /// are in use. Where packages are committed without their extracts on purpose, switch the rule off.
    MissingPackageFile, "structure/missing-package-file", "package lacks a file that its document reads", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let (Some(document), Some(package)) = (file.document(), &file.content.package) else { return };
    let members: HashSet<String> = package.members.iter().map(|m| normal(&m.name)).collect();
    for needed in needed(document).into_iter().filter(|n| !members.contains(&normal(&n.path))) {
        let message = format!("the {} `{}` is not in the package", needed.what, needed.path);
        sink.report(needed.span, needed.subjects, message).help("save the package again from Tableau, which puts in what it needs");
    }
}

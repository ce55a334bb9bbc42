//! `calculation/broken-reference`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::fields::Universe;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields whose formula names a field or parameter that is not there.
    ///
    /// ## Why is this bad?
    /// The field is red in Tableau, and every sheet that uses it shows an error in place of data. Mostly a field was
    /// renamed or removed in the source, or a calculation was copied from another workbook.
    ///
    /// ## How sure is it?
    /// All the places where a name can come from are looked at: columns, metadata, groups, sets, bins, hierarchies and the
    /// copies that sheets hold. A published data source's own fields are not in the file, and a file of Tableau 8 or of a script
    /// need not list what its source delivers: references to such fields are not judged. It is a warning all the same: an unused
    /// broken field does no harm.
    BrokenReference, "calculation/broken-reference", "calculation names a field that is not there", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let universe = Universe::of(document);
    for Formula { field, parsed } in file.formulas() {
        let datasource = &field.datasource.name.value;
        for reference in parsed.references().filter(|r| universe.is_broken(r, datasource)) {
            let quoted = reference.quoted();
            let name = reference.name();
            let kind = if reference.is_parameter() { "parameter" } else { "field" };
            let message = format!("the calculated field `{}` names the {kind} `{quoted}`, which is not there", field.column.display_name());
            let report = sink.report_in(field.formula, reference.span.start, reference.span.end, field.subjects(), message);
            let help = match universe.closest(datasource, name) {
                Some(near) => format!("did you mean `[{near}]`?"),
                None => "bring the field back, or correct the formula in Tableau".to_owned(),
            };
            report.help(help);
        }
    }
}

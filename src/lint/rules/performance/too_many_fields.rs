//! `performance/too-many-fields`.

use std::collections::BTreeSet;

use crate::content::model::Worksheet;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports worksheets with more than 12 fields on rows, columns and marks.
    ///
    /// ## Why is this bad?
    /// Each dimension multiplies the marks, each measure is one more number for each of them. What comes out is a table to
    /// export, and it loads like one.
    ///
    /// ## Options
    /// `max`: fields.
    TooManyFields, "performance/too-many-fields", "worksheet shows very many fields", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// The most fields on rows, columns and marks.
    12
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for sheet in &document.model.worksheets {
        let fields = fields(sheet).len();
        if fields > options.max {
            let message = format!("the worksheet `{}` shows {}; more than {} are too many", sheet.name.value, count(fields, "field"), options.max);
            sink.report(sheet.name.span, vec![Subject::new("worksheet", &*sheet.name.value)], message).help("show what the question needs, and lead to a second sheet for the rest");
        }
    }
}

/// Each once, however many shelves it is on. Of measure names and values, which stand for many, only the shelf counts.
fn fields(sheet: &Worksheet) -> BTreeSet<&str> {
    let shelves = [&sheet.rows, &sheet.cols].into_iter().flatten().flat_map(|shelf| shelf_fields(&shelf.value));
    let encodings = sheet.panes.iter().flat_map(|p| &p.encodings).map(|(_, column)| column.value.as_str());
    shelves.chain(encodings).filter(|f| !f.is_empty()).collect()
}

/// `([f.1].[none:A:nk] * [f.1].[sum:B:qk])` -> both.
fn shelf_fields(mut shelf: &str) -> Vec<&str> {
    let mut found = Vec::new();
    while let Some(start) = shelf.find('[') {
        let Some(between) = shelf[start..].find("].[") else { break };
        let rest = start + between + 3;
        let Some(end) = shelf[rest..].find(']') else { break };
        found.push(&shelf[start..=rest + end]);
        shelf = &shelf[rest + end + 1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::shelf_fields;

    #[test]
    fn fields_of_a_shelf() {
        assert_eq!(shelf_fields("([f.1].[none:A:nk] * ([f.1].[sum:B:qk] + [f.1].[:Measure Names]))"), ["[f.1].[none:A:nk]", "[f.1].[sum:B:qk]", "[f.1].[:Measure Names]"]);
        assert_eq!(shelf_fields("[f.1].[broken"), Vec::<&str>::new());
    }
}

//! `naming/spaces`.

use crate::content::edit::escape_attribute;
use crate::content::model::Text;
use crate::diagnostic::{Edit, Level, Subject};
use crate::lint::File;
use crate::lint::caption::{Captions, looks_like};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports captions of fields, parameters and data sources that begin or end with white space, and such names of
    /// sheets.
    ///
    /// ## Why is this bad?
    /// Nobody sees the space, so two fields look alike and are not, a search for the exact name finds nothing, and a
    /// script that names the field by its caption fails.
    ///
    /// ## Example
    /// ```xml
    /// <column caption='Profit Ratio ' name='[Calculation_1]' />
    /// ```
    ///
    /// ## Fix
    /// White space around a caption is taken away, unless another one would then look the same. Names of sheets are left alone:
    /// other parts of the workbook and links from outside use them.
    Spaces, "naming/spaces", "name begins or ends with white space", Levels::always(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let (model, captions) = (&document.model, Captions::of(document));
    let mut say = |kind: &'static str, text: &Text, mut outer: Vec<Subject>, edits: Option<Vec<Edit>>| {
        let name = text.value.trim();
        outer.push(Subject::new(kind, name));
        let help = if edits.is_some() { "take the white space away" } else { "rename it in Tableau, which changes all that refer to it" };
        sink.report(text.span, outer, format!("the name of the {kind} `{name}` begins or ends with white space"))
            .help(help)
            .fix_if(edits.map(|e| ("take the white space away".to_owned(), e)));
    };
    for datasource in &model.datasources {
        if let Some(caption) = datasource.caption.as_ref().filter(|c| is_untidy(c)) {
            let edit = Edit { span: caption.span, text: escape_attribute(caption.value.trim()) };
            let mut others = model.datasources.iter().filter(|d| d.name.value != datasource.name.value);
            let free = !others.any(|d| looks_like(d.display_name(), &caption.value));
            say("data source", caption, Vec::new(), free.then(|| vec![edit]));
        }
        for column in datasource.columns.iter().filter(|c| !c.internal) {
            if let Some(text) = column.caption.as_ref().filter(|c| is_untidy(c)) {
                let kind = if column.formula().is_some() { "calculated field" } else { "field" };
                let edits = captions.field(datasource, column, text.value.trim());
                say(kind, text, vec![Subject::new("data source", datasource.display_name())], edits);
            }
        }
    }
    for parameter in &model.parameters {
        if let Some(text) = parameter.caption.as_ref().filter(|c| is_untidy(c)) {
            say("parameter", text, Vec::new(), captions.parameter(parameter, text.value.trim()));
        }
    }
    for sheet in model.worksheets.iter().filter(|s| is_untidy(&s.name)) {
        say("worksheet", &sheet.name, Vec::new(), None);
    }
    for dashboard in model.dashboards.iter().filter(|d| is_untidy(&d.name)) {
        say(if dashboard.story { "story" } else { "dashboard" }, &dashboard.name, Vec::new(), None);
    }
}

/// A name of nothing but spaces is one on purpose.
fn is_untidy(text: &Text) -> bool {
    let tidy = text.value.trim();
    !tidy.is_empty() && tidy.len() != text.value.len()
}

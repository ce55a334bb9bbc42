//! The calculated fields of a document, as rules about calculations see them.

use crate::content::Document;
use crate::content::model::{Column, Datasource, Text};
use crate::diagnostic::Subject;
use crate::formula::FieldRef;

/// A calculated field with its data source and formula.
#[derive(Debug, Clone, Copy)]
pub(super) struct CalculatedField<'d> {
    pub(super) datasource: &'d Datasource,
    pub(super) column: &'d Column,
    pub(super) formula: &'d Text,
}

impl CalculatedField<'_> {
    /// Data source, then field.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        vec![
            Subject::new("data source", self.datasource.display_name()),
            Subject::new("calculated field", self.column.display_name()),
        ]
    }
}

/// All calculated fields but Tableau's own.
pub(super) fn calculated_fields(document: &Document) -> impl Iterator<Item = CalculatedField<'_>> {
    document.model.datasources.iter().flat_map(|datasource| {
        let own = datasource.columns.iter().filter(|c| !c.internal);
        own.filter_map(move |column| {
            Some(CalculatedField {
                datasource,
                column,
                formula: column.formula()?,
            })
        })
    })
}

/// What a reference is called by people: captions in place of internal names, parameters by their captions.
pub(super) fn caption_of(
    document: &Document,
    datasource: &Datasource,
    reference: &FieldRef,
) -> Option<String> {
    let bracketed = |name: &str| format!("[{}]", name.replace(']', "]]"));
    match reference.parts.as_slice() {
        [name] => datasource
            .columns
            .iter()
            .find(|c| c.name.value == bracketed(name))
            .map(|c| bracketed(&c.display_name())),
        [qualifier, name] if qualifier == "Parameters" => {
            let parameter = document
                .model
                .parameters
                .iter()
                .find(|p| p.name.value == bracketed(name))?;
            Some(format!(
                "[Parameters].{}",
                bracketed(&parameter.display_name())
            ))
        }
        [qualifier, name] => {
            let other = document
                .model
                .datasources
                .iter()
                .find(|d| d.name.value == *qualifier)?;
            let field = other
                .columns
                .iter()
                .find(|c| c.name.value == bracketed(name))
                .map_or_else(|| name.clone(), Column::display_name);
            Some(format!(
                "{}.{}",
                bracketed(other.display_name()),
                bracketed(&field)
            ))
        }
        _ => None,
    }
}

//! What people call the things that a document names by its own names.

use crate::content::Document;
use crate::content::model::{Column, unbracket};
use crate::hash::HashMap;

use super::shelf::{plain, split};

/// Names of fields and data sources, for lookups that do not walk the document.
#[derive(Debug)]
pub(super) struct Names<'d> {
    /// By data source and name, both as written: `[Sales]`.
    columns: HashMap<(&'d str, &'d str), &'d Column>,
    /// Column of an instance on a shelf, by data source and name: `[sum:Sales:qk]`.
    instances: HashMap<(&'d str, &'d str), &'d str>,
    datasources: HashMap<&'d str, &'d str>,
    parameters: HashMap<&'d str, String>,
}

impl<'d> Names<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        let model = &document.model;
        let columns = model.datasources.iter().flat_map(|d| {
            d.columns
                .iter()
                .map(|c| ((d.name.value.as_str(), c.name.value.as_str()), c))
        });
        let dependencies = model.worksheets.iter().flat_map(|w| &w.dependencies);
        let instances = dependencies.flat_map(|d| {
            d.instances.iter().map(|i| {
                (
                    (d.datasource.value.as_str(), i.name.value.as_str()),
                    i.column.value.as_str(),
                )
            })
        });
        Self {
            columns: columns.collect(),
            instances: instances.collect(),
            datasources: model
                .datasources
                .iter()
                .map(|d| (d.name.value.as_str(), d.display_name()))
                .collect(),
            parameters: model
                .parameters
                .iter()
                .map(|p| (p.name.value.as_str(), p.display_name()))
                .collect(),
        }
    }

    /// A data source's caption; its name when it is none of the document's.
    pub(super) fn datasource<'n>(&self, name: &'n str) -> &'n str
    where
        'd: 'n,
    {
        self.datasources.get(name).copied().unwrap_or(name)
    }

    /// True for a data source of the document.
    pub(super) fn has_datasource(&self, name: &str) -> bool {
        self.datasources.contains_key(name)
    }

    /// `string`, `date` ...: of a field that the document declares, by names without brackets.
    pub(super) fn datatype(&self, datasource: &str, name: &str) -> Option<&'d str> {
        let bracketed = format!("[{}]", name.replace(']', "]]"));
        let column = self.columns.get(&(datasource, bracketed.as_str()))?;
        column.datatype.as_ref().map(|t| t.value.as_str())
    }

    /// The column that a shelf, a filter or an encoding means: data source and column name as written.
    pub(super) fn column_of<'n>(&self, shelf: &'n str) -> Option<(&'n str, &'n str)>
    where
        'd: 'n,
    {
        let (datasource, field) = split(shelf)?;
        let column = self.instances.get(&(datasource, field)).copied();
        Some((datasource, column.unwrap_or(field)))
    }

    /// What people see for `[federated.x].[none:Region:nk]`: `Region`.
    pub(super) fn field(&self, shelf: &str) -> String {
        let Some((datasource, name)) = self.column_of(shelf) else {
            return unbracket(shelf);
        };
        if let Some(parameter) = self
            .parameters
            .get(name)
            .filter(|_| datasource == "Parameters")
        {
            return parameter.clone();
        }
        match self.columns.get(&(datasource, name)) {
            Some(column) => column.display_name(),
            None => plain(&unbracket(name)).to_owned(),
        }
    }
}

//! The filters that people made, each once.

use crate::content::Document;
use crate::content::model::Filter;
use crate::diagnostic::Subject;
use crate::hash::HashMap;

/// A filter, and where it acts.
#[derive(Debug)]
pub(super) struct PlacedFilter<'d> {
    pub(super) filter: &'d Filter,
    owner: Owner<'d>,
    /// Further worksheets that share it.
    others: usize,
}

#[derive(Debug, Clone, Copy)]
enum Owner<'d> {
    Worksheet(&'d str),
    Datasource(&'d str),
}

impl PlacedFilter<'_> {
    /// `the worksheet "A" and 2 others`.
    pub(super) fn place(&self) -> String {
        match (self.owner, self.others) {
            (Owner::Datasource(name), _) => format!("the data source \"{name}\""),
            (Owner::Worksheet(name), 0) => format!("the worksheet `{name}`"),
            (Owner::Worksheet(name), 1) => format!("the worksheet `{name}` and one other"),
            (Owner::Worksheet(name), n) => format!("the worksheet `{name}` and {n} others"),
        }
    }

    pub(super) fn subjects(&self) -> Vec<Subject> {
        vec![match self.owner {
            Owner::Worksheet(name) => Subject::new("worksheet", name),
            Owner::Datasource(name) => Subject::new("data source", name),
        }]
    }
}

/// Filters of worksheets and data sources without Tableau's own. One that several worksheets share is written into each of
/// them and counts once.
pub(super) fn filters(document: &Document) -> Vec<PlacedFilter<'_>> {
    let model = &document.model;
    let of_sources = model.datasources.iter().flat_map(|d| {
        let owner = Owner::Datasource(d.display_name());
        d.filters.iter().map(move |f| (owner, f))
    });
    let of_sheets = model.worksheets.iter().flat_map(|w| {
        let owner = Owner::Worksheet(&w.name.value);
        w.filters.iter().map(move |f| (owner, f))
    });
    let mut found: Vec<PlacedFilter<'_>> = Vec::new();
    let mut shared: HashMap<(&str, &str), usize> = HashMap::default();
    for (owner, filter) in of_sources.chain(of_sheets).filter(|(_, f)| !f.internal) {
        if let Some(group) = &filter.group {
            let at = *shared
                .entry((group, &filter.column.value))
                .or_insert(found.len());
            if let Some(first) = found.get_mut(at) {
                first.others += 1;
                continue;
            }
        }
        found.push(PlacedFilter {
            filter,
            owner,
            others: 0,
        });
    }
    found
}

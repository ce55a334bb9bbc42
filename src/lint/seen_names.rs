//! The names that people gave to things and see.

use crate::content::Document;
use crate::content::model::Text;
use crate::diagnostic::Subject;

/// Name, where it stands, and what is called so.
pub(super) struct SeenName<'d> {
    pub(super) text: &'d Text,
    pub(super) kind: &'static str,
    /// What people call the data source that it is in.
    owner: Option<&'d str>,
}

impl SeenName<'_> {
    /// From the outside in.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        let owner = self.owner.map(|name| Subject::new("data source", name));
        let own = Subject::new(self.kind, &*self.text.value);
        owner.into_iter().chain([own]).collect()
    }
}

/// Captions of data sources, fields and parameters; names of worksheets, dashboards and stories. Fields that are hidden, and
/// names that the source delivered, are not among them.
pub(super) fn seen_names<'d>(document: &'d Document) -> Vec<SeenName<'d>> {
    let model = &document.model;
    let mut found = Vec::new();
    let mut add = |text: &'d Text, kind: &'static str, owner: Option<&'d str>| {
        found.push(SeenName { text, kind, owner });
    };
    for sheet in &model.worksheets {
        add(&sheet.name, "worksheet", None);
    }
    for dashboard in &model.dashboards {
        add(&dashboard.name, dashboard.kind(), None);
    }
    for caption in model.parameters.iter().filter_map(|p| p.caption.as_ref()) {
        add(caption, "parameter", None);
    }
    for datasource in &model.datasources {
        if let Some(caption) = &datasource.caption {
            add(caption, "data source", None);
        }
        for column in datasource
            .columns
            .iter()
            .filter(|c| !c.internal && !c.hidden)
        {
            let kind = if column.formula().is_some() {
                "calculated field"
            } else {
                "field"
            };
            if let Some(caption) = &column.caption {
                add(caption, kind, Some(datasource.display_name()));
            }
        }
    }
    found
}

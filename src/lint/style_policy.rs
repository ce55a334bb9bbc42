//! What rules about fonts, sizes and colours have in common.

use crate::content::model::Text;
use crate::content::style::{Owner, Property, Styles};
use crate::diagnostic::Subject;
use crate::hash::HashMap;

/// A value that is set, at its first place in a sheet, a dashboard, a data source or the workbook.
#[derive(Debug)]
pub(super) struct Setting<'s> {
    pub(super) value: &'s Text,
    pub(super) owner: &'s Owner,
    /// How often it is set there.
    pub(super) times: usize,
}

impl Setting<'_> {
    /// `the worksheet "A" (3 places)`.
    pub(super) fn place(&self) -> String {
        let owner = describe(self.owner);
        match self.times {
            0 | 1 => owner,
            n => format!("{owner} ({n} places)"),
        }
    }
}

/// The values of a property, each once for each owner: a font that a sheet uses forty times is one finding.
pub(super) fn settings(styles: &Styles, property: Property) -> Vec<Setting<'_>> {
    let mut found: Vec<Setting<'_>> = Vec::new();
    let mut known: HashMap<(&Owner, &str), usize> = HashMap::default();
    for style in styles.settings.iter().filter(|s| s.property == property) {
        let at = *known
            .entry((&style.owner, &style.value.value))
            .or_insert(found.len());
        match found.get_mut(at) {
            Some(setting) => setting.times += 1,
            None => found.push(Setting {
                value: &style.value,
                owner: &style.owner,
                times: 1,
            }),
        }
    }
    found
}

pub(super) fn describe(owner: &Owner) -> String {
    match owner {
        Owner::Workbook => "the workbook's formatting".to_owned(),
        Owner::Datasource(name) => format!("the data source \"{name}\""),
        Owner::Worksheet(name) => format!("the worksheet `{name}`"),
        Owner::Dashboard(name) => format!("the dashboard `{name}`"),
    }
}

pub(super) fn subjects(owner: &Owner) -> Vec<Subject> {
    match owner {
        Owner::Workbook => Vec::new(),
        Owner::Datasource(name) => vec![Subject::new("data source", name)],
        Owner::Worksheet(name) => vec![Subject::new("worksheet", name)],
        Owner::Dashboard(name) => vec![Subject::new("dashboard", name)],
    }
}

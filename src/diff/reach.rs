//! Which visible sheets a field, a parameter or a sheet reaches.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::content::Document;
use crate::content::model::{Model, Text, Worksheet, ZoneKind, unbracket};
use crate::formula;

use super::names::bracket;
use super::reference::{instance, references};

/// Data source (or `Parameters`) and field, as the document writes them.
type Key = (String, String);

/// What uses what in one document.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Field to the calculated fields whose formulas name it.
    calculations: HashMap<Key, Vec<Key>>,
    /// Field to the worksheets and dashboards that name it.
    sheets: HashMap<Key, BTreeSet<String>>,
    /// Sheet to the sheets that show it: dashboards, stories, tooltips of other sheets.
    shown_by: HashMap<String, BTreeSet<String>>,
    visible: HashSet<String>,
    /// Fields whose value depends on who looks, directly or through other calculations.
    personal: HashSet<Key>,
}

impl Reach {
    pub(super) fn of(document: &Document) -> Self {
        let model = &document.model;
        let mut reach = Self {
            visible: visible(model),
            ..Self::default()
        };
        let mut personal = Vec::new();
        for datasource in &model.datasources {
            let home = &datasource.name.value;
            for column in &datasource.columns {
                let Some(text) = column.formula() else {
                    continue;
                };
                let parsed = formula::parse(&text.value);
                let own = (home.clone(), column.name.value.clone());
                if parsed.uses_user_function() {
                    personal.push(own.clone());
                }
                for used in parsed.references() {
                    let place = used.data_source().unwrap_or(home).to_owned();
                    let key = (place, bracket(used.name()));
                    reach.calculations.entry(key).or_default().push(own.clone());
                }
            }
            personal.extend(
                datasource
                    .groups
                    .iter()
                    .filter(|g| g.user_filter)
                    .map(|g| (home.clone(), g.name.value.clone())),
            );
        }
        reach.personal = reach.upward(personal);
        for sheet in &model.worksheets {
            reach.worksheet(sheet);
        }
        reach.dashboards(model);
        reach
    }

    /// These fields and every calculation that uses one of them.
    fn upward(&self, from: Vec<Key>) -> HashSet<Key> {
        let mut seen: HashSet<Key> = HashSet::new();
        let mut open = from;
        while let Some(key) = open.pop() {
            if seen.contains(&key) {
                continue;
            }
            open.extend(self.calculations.get(&key).into_iter().flatten().cloned());
            seen.insert(key);
        }
        seen
    }

    fn worksheet(&mut self, sheet: &Worksheet) {
        let name = &sheet.name.value;
        for dependency in &sheet.dependencies {
            let datasource = &dependency.datasource.value;
            // Of parameters only the copies are listed; of fields the copies include what formulas need.
            if datasource == "Parameters" {
                for column in &dependency.columns {
                    self.uses(name, datasource, &column.value);
                }
            }
            for instance in &dependency.instances {
                self.uses(name, datasource, &instance.column.value);
            }
        }
        for text in texts(sheet) {
            self.names_in(name, &text.value);
        }
        for other in &sheet.tooltip_sheets {
            self.shown(other, name);
        }
    }

    fn dashboards(&mut self, model: &Model) {
        for dashboard in &model.dashboards {
            let name = &dashboard.name.value;
            for zone in &dashboard.zones {
                match (&zone.kind, &zone.name, &zone.param) {
                    (ZoneKind::Sheet, Some(sheet), _) => self.shown(&sheet.value, name),
                    (ZoneKind::Parameter, _, Some(param)) => self.names_in(name, &param.value),
                    _ => {}
                }
                for text in [&zone.text, &zone.url].into_iter().flatten() {
                    self.names_in(name, &text.value);
                }
            }
            for point in &dashboard.story_points {
                if let Some(sheet) = &point.sheet {
                    self.shown(&sheet.value, name);
                }
            }
        }
    }

    fn uses(&mut self, sheet: &str, datasource: &str, column: &str) {
        self.sheets
            .entry((datasource.to_owned(), column.to_owned()))
            .or_default()
            .insert(sheet.to_owned());
    }

    fn names_in(&mut self, sheet: &str, text: &str) {
        for reference in references(text) {
            let [datasource, .., name] = reference.parts.as_slice() else {
                continue;
            };
            let datasource = unbracket(datasource);
            if let Some(parts) = instance(name) {
                self.uses(sheet, &datasource, &format!("[{}]", parts.field));
            }
            self.uses(sheet, &datasource, name);
        }
    }

    fn shown(&mut self, sheet: &str, by: &str) {
        self.shown_by
            .entry(sheet.to_owned())
            .or_default()
            .insert(by.to_owned());
    }

    /// Visible sheets that show a field or parameter.
    pub(super) fn of_field(&self, datasource: &str, name: &str) -> Vec<String> {
        let keys = self.upward(vec![(datasource.to_owned(), name.to_owned())]);
        let sheets = keys.iter().filter_map(|k| self.sheets.get(k)).flatten();
        self.visible_from(sheets.cloned().collect())
    }

    /// Visible sheets that show a worksheet: itself, dashboards, stories.
    pub(super) fn of_sheet(&self, name: &str) -> Vec<String> {
        self.visible_from(vec![name.to_owned()])
    }

    /// Visible sheets that show any field of a data source.
    pub(super) fn of_datasource(&self, name: &str) -> Vec<String> {
        let keys = self.sheets.iter().filter(|((ds, _), _)| ds == name);
        self.visible_from(
            keys.flat_map(|(_, sheets)| sheets.iter().cloned())
                .collect(),
        )
    }

    fn visible_from(&self, mut open: Vec<String>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        while let Some(sheet) = open.pop() {
            if !seen.contains(&sheet) {
                open.extend(self.shown_by.get(&sheet).into_iter().flatten().cloned());
                seen.insert(sheet);
            }
        }
        seen.into_iter()
            .filter(|s| self.visible.contains(s))
            .collect()
    }

    pub(super) fn is_visible(&self, sheet: &str) -> bool {
        self.visible.contains(sheet)
    }

    /// The field's value depends on who looks.
    pub(super) fn is_personal(&self, datasource: &str, name: &str) -> bool {
        self.personal
            .contains(&(datasource.to_owned(), name.to_owned()))
    }

    /// A filter's column, or the field of which it is an instance, depends on who looks.
    pub(super) fn filters_people(&self, home: &str, column: &str) -> bool {
        references(column).iter().any(|reference| {
            let (datasource, name) = match reference.parts.as_slice() {
                [name] => (home.to_owned(), *name),
                [datasource, .., name] => (unbracket(datasource), *name),
                [] => return false,
            };
            let of = instance(name).map(|parts| format!("[{}]", parts.field));
            self.is_personal(&datasource, name)
                || of.is_some_and(|field| self.is_personal(&datasource, &field))
        })
    }
}

/// A sheet is hidden when its window says so.
fn visible(model: &Model) -> HashSet<String> {
    let hidden: HashSet<&str> = model
        .windows
        .iter()
        .filter(|w| w.hidden)
        .map(|w| w.name.value.as_str())
        .collect();
    let worksheets = model.worksheets.iter().map(|w| &w.name.value);
    let dashboards = model.dashboards.iter().map(|d| &d.name.value);
    worksheets
        .chain(dashboards)
        .filter(|name| !hidden.contains(name.as_str()))
        .cloned()
        .collect()
}

/// Everything of a worksheet that may name a field.
fn texts(sheet: &Worksheet) -> impl Iterator<Item = &Text> {
    let shelves = [
        &sheet.rows,
        &sheet.cols,
        &sheet.pages,
        &sheet.title,
        &sheet.caption,
    ];
    let panes = sheet.panes.iter().flat_map(|pane| {
        pane.encodings
            .iter()
            .map(|(_, column)| column)
            .chain(&pane.tooltip)
            .chain(&pane.label)
    });
    shelves
        .into_iter()
        .flatten()
        .chain(sheet.filters.iter().map(|f| &f.column))
        .chain(panes)
}

//! A document as text for `git diff`: one fact a line, sorted, with captions.

use std::collections::BTreeSet;

use crate::content::flow::Flow;
use crate::content::model::{Column, Dashboard, Datasource, Definition, Worksheet};
use crate::content::{Body, Content, Document};

use super::change::named;
use super::comparison::Side;
use super::{connections, filters, flow};

/// One fact a line, sorted, each line beginning with what it is about. Noise is left out, so that two saves of one
/// workbook give the same text.
pub fn textconv(content: &Content) -> String {
    let mut lines = Lines::default();
    match &content.body {
        Body::Document(document) => of_document(document, &mut lines),
        Body::Flow(flow) => of_flow(flow, &mut lines),
    }
    lines.text()
}

fn of_flow(flow: &Flow, lines: &mut Lines) {
    for node in &flow.nodes {
        let path = named(&flow::subject(node));
        lines.is(&path);
        for (setting, value) in flow::settings(flow, node) {
            lines.say(&path, &setting, &value);
        }
    }
    for (from, to) in flow::links(flow) {
        lines.say("flow", "link", &format!("{from} -> {to}"));
    }
    for connection in &flow.connections {
        lines.say("flow", "connection", &flow::address(connection));
    }
}

fn of_document(document: &Document, lines: &mut Lines) {
    let side = Side::new(document);
    let model = &document.model;
    for datasource in &model.datasources {
        of_datasource(&side, datasource, lines);
    }
    for parameter in &model.parameters {
        let path = format!("parameter \"{}\"", parameter.display_name());
        let value = |t: &Option<crate::content::model::Text>| {
            t.as_ref()
                .map_or(String::new(), |t| filters::literal(&t.value))
        };
        lines.say(&path, "value", &value(&parameter.value));
        lines.say(&path, "data type", &value(&parameter.datatype));
        lines.say(&path, "allowed values", &value(&parameter.domain));
        for member in &parameter.members {
            lines.say(&path, "member", &filters::literal(&member.value));
        }
    }
    for sheet in &model.worksheets {
        of_worksheet(&side, sheet, lines);
    }
    for dashboard in &model.dashboards {
        of_dashboard(&side, dashboard, lines);
    }
}

#[derive(Default)]
struct Lines(BTreeSet<String>);

impl Lines {
    /// A value of several lines is several facts, so that the order of its lines is kept by their number.
    fn say(&mut self, path: &str, aspect: &str, value: &str) {
        let value = value.replace("\r\n", "\n").replace('\r', "\n");
        let rows: Vec<&str> = value.lines().collect();
        match rows.as_slice() {
            [] => {}
            [one] => self.add(format!("{path} {aspect}: {one}")),
            many => {
                for (n, row) in many.iter().enumerate() {
                    self.add(format!("{path} {aspect} {:04}: {row}", n + 1));
                }
            }
        }
    }

    fn is(&mut self, path: &str) {
        self.add(path.to_owned());
    }

    fn add(&mut self, line: String) {
        self.0.insert(line);
    }

    fn text(self) -> String {
        let mut text = String::new();
        for line in self.0 {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

fn of_datasource(side: &Side<'_>, datasource: &Datasource, lines: &mut Lines) {
    let path = format!("data source \"{}\"", datasource.display_name());
    lines.is(&path);
    for connection in &datasource.connections {
        lines.say(&path, "connection", &connections::place(connection));
    }
    let extract = datasource.extract.as_ref().is_some_and(|e| e.enabled);
    lines.say(
        &path,
        "data access",
        if extract { "extract" } else { "live" },
    );
    for relation in datasource
        .relations
        .iter()
        .filter(|r| r.kind != "collection")
    {
        let name = relation.name.as_ref().map_or("", |n| &n.value);
        let path = format!("{path} {} \"{name}\"", relation.kind);
        lines.is(&path);
        if let Some(table) = &relation.table {
            lines.say(&path, "table", &table.value);
        }
        if let Some(join) = &relation.join {
            lines.say(&path, "join", &join.value);
        }
        if let Some(sql) = &relation.custom_sql {
            lines.say(&path, "SQL", &side.names.in_text(&sql.value));
        }
    }
    for relationship in &datasource.relationships {
        let (a, b) = &relationship.tables;
        lines.say(
            &path,
            &format!("relationship \"{a} - {b}\""),
            &relationship.expression,
        );
    }
    for column in datasource.columns.iter().filter(|c| !c.internal) {
        of_column(side, &path, &datasource.name.value, column, lines);
    }
    for filter in &datasource.filters {
        let field = side.names.shelf(&filter.column.value);
        lines.say(
            &path,
            &format!("filter \"{field}\""),
            &filters::words(side, filter),
        );
    }
}

fn of_column(side: &Side<'_>, path: &str, home: &str, column: &Column, lines: &mut Lines) {
    let path = format!("{path} field \"{}\"", column.display_name());
    let value = |t: &Option<crate::content::model::Text>| {
        t.as_ref().map_or(String::new(), |t| t.value.clone())
    };
    lines.say(&path, "data type", &value(&column.datatype));
    lines.say(&path, "role", &value(&column.role));
    lines.say(&path, "default format", &value(&column.default_format));
    lines.say(&path, "description", &value(&column.description));
    if column.hidden {
        lines.say(&path, "hidden", "yes");
    }
    match &column.definition {
        Definition::Calculated { formula, .. } => {
            lines.say(&path, "formula", &side.names.formula(&formula.value, home));
        }
        Definition::Bin { of } => lines.say(&path, "bin of", &side.names.field(home, of)),
        Definition::Group { of } => lines.say(&path, "group of", &side.names.field(home, of)),
        Definition::Field | Definition::Other { .. } => {}
    }
}

fn of_worksheet(side: &Side<'_>, sheet: &Worksheet, lines: &mut Lines) {
    let path = format!("worksheet \"{}\"", sheet.name.value);
    lines.is(&path);
    if !side.reach.is_visible(&sheet.name.value) {
        lines.say(&path, "hidden", "yes");
    }
    for (aspect, text) in [
        ("columns", &sheet.cols),
        ("rows", &sheet.rows),
        ("pages", &sheet.pages),
    ] {
        if let Some(text) = text {
            lines.say(&path, aspect, &side.names.shelf(&text.value));
        }
    }
    for (aspect, text) in [("title", &sheet.title), ("caption", &sheet.caption)] {
        if let Some(text) = text {
            lines.say(&path, aspect, &side.names.in_text(&text.value));
        }
    }
    for pane in &sheet.panes {
        if let Some(mark) = &pane.mark {
            lines.say(&path, "mark", &mark.value);
        }
        for (kind, column) in &pane.encodings {
            lines.say(&path, kind, &side.names.shelf(&column.value));
        }
        if let Some(tooltip) = &pane.tooltip {
            lines.say(&path, "tooltip", &side.names.in_text(&tooltip.value));
        }
    }
    for filter in sheet
        .filters
        .iter()
        .filter(|f| !f.column.value.contains("[Action ("))
    {
        let field = side.names.shelf(&filter.column.value);
        lines.say(
            &path,
            &format!("filter \"{field}\""),
            &filters::words(side, filter),
        );
    }
}

fn of_dashboard(side: &Side<'_>, dashboard: &Dashboard, lines: &mut Lines) {
    let noun = if dashboard.story {
        "story"
    } else {
        "dashboard"
    };
    let path = format!("{noun} \"{}\"", dashboard.name.value);
    lines.is(&path);
    if !side.reach.is_visible(&dashboard.name.value) {
        lines.say(&path, "hidden", "yes");
    }
    if let Some(title) = &dashboard.title {
        lines.say(&path, "title", &side.names.in_text(&title.value));
    }
    lines.say(
        &path,
        "size",
        &super::dashboards::size(dashboard.size.as_ref()),
    );
    for subject in super::zones::subjects(side, dashboard) {
        lines.say(&path, subject.kind, &subject.name);
    }
}

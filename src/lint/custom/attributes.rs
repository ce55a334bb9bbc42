//! The attributes of the elements that a rule of the manifest can select, in Tableau's words.

use std::borrow::Cow;

use crate::content::model::{
    Action, Column, Connection, Dashboard, Datasource, Extension, Filter, Group, Model, Parameter,
    Relation, Text, Worksheet, Zone, unbracket,
};
use crate::diagnostic::Span;
use crate::manifest::raw::Select;

/// The text of an attribute, and where it stands when it stands somewhere.
pub(super) struct Value<'d> {
    pub(super) text: Cow<'d, str>,
    pub(super) span: Option<Span>,
}

/// The attributes of one kind of element.
pub(super) type Table<T> = &'static [(&'static str, for<'d> fn(&'d T) -> Value<'d>)];

pub(super) fn text(text: &Text) -> Value<'_> {
    Value {
        text: Cow::Borrowed(&text.value),
        span: Some(text.span),
    }
}

fn maybe(value: Option<&Text>) -> Value<'_> {
    value.map_or_else(|| plain(""), text)
}

pub(super) fn plain(text: &str) -> Value<'_> {
    Value {
        text: Cow::Borrowed(text),
        span: None,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "what is made is handed over")]
pub(super) fn made(made: impl ToString) -> Value<'static> {
    Value {
        text: Cow::Owned(made.to_string()),
        span: None,
    }
}

/// What people see, where it stands: the caption, else the internal name.
fn shown<'d>(caption: Option<&'d Text>, name: &'d Text) -> Value<'d> {
    caption.map_or_else(
        || Value {
            text: Cow::Owned(unbracket(&name.value)),
            span: Some(name.span),
        },
        text,
    )
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> Value<'static> {
    made(texts.collect::<Vec<_>>().join(", "))
}

/// Beside `name`, which is the file's.
pub(super) const WORKBOOK: Table<Model> = &[
    ("version", |w| maybe(w.format_version.as_ref())),
    ("saved-by", |w| Value {
        text: Cow::Owned(w.saved_by.map(|v| v.to_string()).unwrap_or_default()),
        span: w.source_build.as_ref().map(|b| b.span),
    }),
    ("platform", |w| maybe(w.source_platform.as_ref())),
    ("base", |w| maybe(w.base.as_ref())),
    ("datasources", |w| made(w.datasources.len())),
    ("worksheets", |w| made(w.worksheets.len())),
    ("dashboards", |w| {
        made(w.dashboards.iter().filter(|d| !d.story).count())
    }),
    ("stories", |w| {
        made(w.dashboards.iter().filter(|d| d.story).count())
    }),
    ("parameters", |w| made(w.parameters.len())),
    ("actions", |w| made(w.actions.len())),
    ("calculated-fields", |w| {
        made(
            w.datasources
                .iter()
                .flat_map(|d| &d.columns)
                .filter(|c| c.formula().is_some())
                .count(),
        )
    }),
];
pub(super) const DATASOURCE: Table<Datasource> = &[
    ("name", |d| shown(d.caption.as_ref(), &d.name)),
    ("internal-name", |d| text(&d.name)),
    ("published", |d| made(d.published().is_some())),
    ("content-url", |d| {
        maybe(d.published().and_then(|c| c.attribute("dbname")))
    }),
    ("extract", |d| {
        made(d.extract.as_ref().is_some_and(|e| e.enabled))
    }),
    ("connections", |d| made(d.connections.len())),
    ("classes", |d| {
        joined(d.connections.iter().map(|c| c.class.value.as_str()))
    }),
    ("tables", |d| {
        made(d.relations.iter().filter(|r| r.kind == "table").count())
    }),
    ("fields", |d| made(d.columns.len())),
    ("calculated-fields", |d| {
        made(d.columns.iter().filter(|c| c.formula().is_some()).count())
    }),
    ("filters", |d| made(d.filters.len())),
];
pub(super) const CONNECTION: Table<Connection> = &[
    ("class", |c| text(&c.class)),
    ("name", |c| maybe(c.caption.as_ref())),
];
pub(super) const TABLE: Table<Relation> = &[
    ("name", |r| maybe(r.name.as_ref())),
    ("kind", |r| plain(&r.kind)),
    ("table", |r| maybe(r.table.as_ref())),
    ("join", |r| maybe(r.join.as_ref())),
    ("sql", |r| maybe(r.custom_sql.as_ref())),
];
pub(super) const FIELD: Table<Column> = &[
    ("name", |c| shown(c.caption.as_ref(), &c.name)),
    ("caption", |c| maybe(c.caption.as_ref())),
    ("internal-name", |c| text(&c.name)),
    ("datatype", |c| maybe(c.datatype.as_ref())),
    ("role", |c| maybe(c.role.as_ref())),
    ("kind", |c| maybe(c.kind.as_ref())),
    ("hidden", |c| made(c.hidden)),
    ("format", |c| maybe(c.default_format.as_ref())),
    ("semantic-role", |c| maybe(c.semantic_role.as_ref())),
    ("description", |c| maybe(c.description.as_ref())),
    ("formula", |c| maybe(c.formula())),
];
pub(super) const PARAMETER: Table<Parameter> = &[
    ("name", |p| shown(p.caption.as_ref(), &p.name)),
    ("internal-name", |p| text(&p.name)),
    ("datatype", |p| maybe(p.datatype.as_ref())),
    ("domain", |p| maybe(p.domain.as_ref())),
    ("value", |p| maybe(p.value.as_ref())),
    ("members", |p| made(p.members.len())),
    ("dynamic", |p| made(p.dynamic)),
    ("description", |p| maybe(p.description.as_ref())),
];
pub(super) const WORKSHEET: Table<Worksheet> = &[
    ("name", |s| text(&s.name)),
    ("title", |s| maybe(s.title.as_ref())),
    ("caption", |s| maybe(s.caption.as_ref())),
    ("alt-text", |s| maybe(s.alt_text.as_ref())),
    ("datasources", |s| made(s.datasources.len())),
    ("filters", |s| {
        made(s.filters.iter().filter(|f| !f.internal).count())
    }),
    ("marks", |s| {
        joined(
            s.panes
                .iter()
                .filter_map(|p| p.mark.as_ref())
                .map(|m| m.value.as_str()),
        )
    }),
    ("aggregated", |s| made(s.aggregated)),
];
pub(super) const DASHBOARD: Table<Dashboard> = &[
    ("name", |d| text(&d.name)),
    ("title", |d| maybe(d.title.as_ref())),
    ("zones", |d| made(d.zones.len())),
    ("sheets", |d| {
        made(
            d.zones
                .iter()
                .filter(|z| z.kind == crate::content::model::ZoneKind::Sheet)
                .count(),
        )
    }),
    ("size", |d| {
        made(
            d.size
                .as_ref()
                .map_or(String::new(), |s| format!("{:?}", s.mode).to_lowercase()),
        )
    }),
    ("width", |d| {
        made(
            d.size
                .as_ref()
                .and_then(|s| s.max.0)
                .map_or(String::new(), |w| w.to_string()),
        )
    }),
    ("height", |d| {
        made(
            d.size
                .as_ref()
                .and_then(|s| s.max.1)
                .map_or(String::new(), |h| h.to_string()),
        )
    }),
    ("device-layouts", |d| made(d.device_layouts.len())),
];
pub(super) const ZONE: Table<Zone> = &[
    ("kind", |z| made(format!("{:?}", z.kind).to_lowercase())),
    ("name", |z| maybe(z.name.as_ref())),
    ("param", |z| maybe(z.param.as_ref())),
    ("url", |z| maybe(z.url.as_ref())),
    ("alt-text", |z| maybe(z.alt_text.as_ref())),
    ("text", |z| maybe(z.text.as_ref())),
    ("values", |z| maybe(z.values.as_ref())),
    ("mode", |z| maybe(z.mode.as_ref())),
    ("floating", |z| made(z.floating)),
    ("hidden", |z| made(z.hidden)),
    ("depth", |z| made(z.depth)),
];
pub(super) const ACTION: Table<Action> = &[
    ("name", |a| maybe(a.caption.as_ref().or(a.name.as_ref()))),
    ("kind", |a| made(format!("{:?}", a.kind).to_lowercase())),
    ("activation", |a| {
        plain(a.activation.as_deref().unwrap_or_default())
    }),
    ("source", |a| {
        joined(a.source.iter().map(|t| t.value.as_str()))
    }),
    ("target", |a| {
        joined(a.target.iter().map(|t| t.value.as_str()))
    }),
    ("url", |a| maybe(a.url.as_ref())),
];
pub(super) const FILTER: Table<Filter> = &[
    ("class", |f| plain(&f.class)),
    ("column", |f| text(&f.column)),
    ("context", |f| made(f.context)),
    ("conditional", |f| made(f.conditional)),
    ("top", |f| made(f.top_n)),
    ("exclude", |f| made(f.exclude)),
    ("all", |f| made(f.all)),
    ("members", |f| made(f.members.len())),
];
pub(super) const SET: Table<Group> = &[
    ("name", |g| shown(g.caption.as_ref(), &g.name)),
    ("user-filter", |g| made(g.user_filter)),
];
pub(super) const EXTENSION: Table<Extension> = &[
    ("id", |e| maybe(e.id.as_ref())),
    ("url", |e| maybe(e.url.as_ref())),
    ("full-data", |e| made(e.full_data)),
];
/// Any element of the document by its name.
pub(super) const XML: &[&str] = &["element", "text"];

/// Attributes of a kind, without those that are read as they stand in the file.
pub(super) fn names(select: Select) -> Vec<&'static str> {
    fn of<T>(table: Table<T>) -> Vec<&'static str> {
        table.iter().map(|(name, _)| *name).collect()
    }
    match select {
        Select::Workbook => std::iter::once("name").chain(of(WORKBOOK)).collect(),
        Select::Datasource => of(DATASOURCE),
        Select::Connection => of(CONNECTION),
        Select::Table => of(TABLE),
        Select::Field | Select::CalculatedField => of(FIELD),
        Select::Parameter => of(PARAMETER),
        Select::Worksheet => of(WORKSHEET),
        Select::Dashboard | Select::Story => of(DASHBOARD),
        Select::Zone => of(ZONE),
        Select::Action => of(ACTION),
        Select::Filter => of(FILTER),
        Select::Set => of(SET),
        Select::Extension => of(EXTENSION),
        Select::Xml => XML.to_vec(),
    }
}

/// A connection has whatever attributes its class has.
pub(super) fn knows(select: Select, name: &str) -> bool {
    name.starts_with('@') || select == Select::Connection || names(select).contains(&name)
}

pub(super) fn lookup<'d, T>(table: Table<T>, item: &'d T, name: &str) -> Option<Value<'d>> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, read)| read(item))
}

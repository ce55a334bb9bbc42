//! The elements that a rule of the manifest can select, and their attributes in Tableau's words.

use std::borrow::Cow;

use crate::content::Document;
use crate::content::model::{
    Action, Column, Connection, Dashboard, Datasource, Element, Extension, Filter, Group, Model,
    Parameter, Relation, Text, Worksheet, Zone, unbracket,
};
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::{Span, Subject};
use crate::manifest::raw::Select;

/// The text of an attribute, and where it stands when it stands somewhere.
pub(super) struct Value<'d> {
    pub(super) text: Cow<'d, str>,
    pub(super) span: Option<Span>,
}

/// One element, as a rule sees it.
pub(super) struct Candidate<'c, 'd> {
    pub(super) element: Element,
    tree: &'d Tree,
    values: &'c dyn Fn(&str) -> Option<Value<'d>>,
    subjects: &'c dyn Fn() -> Vec<Subject>,
}

impl<'d> Candidate<'_, 'd> {
    pub(super) fn subjects(&self) -> Vec<Subject> {
        (self.subjects)()
    }

    pub(super) fn value(&self, name: &str) -> Option<Value<'d>> {
        match name.strip_prefix('@') {
            Some(attribute) => self
                .tree
                .attribute(self.element.node, attribute)
                .map(|t| Value {
                    text: Cow::Owned(t.value),
                    span: Some(t.span),
                }),
            None => (self.values)(name),
        }
    }

    /// Empty when the element has no such attribute.
    pub(super) fn text(&self, name: &str) -> Cow<'d, str> {
        self.value(name).map_or(Cow::Borrowed(""), |v| v.text)
    }
}

/// The attributes of one kind of element.
type Table<T> = &'static [(&'static str, for<'d> fn(&'d T) -> Value<'d>)];

fn text(text: &Text) -> Value<'_> {
    Value {
        text: Cow::Borrowed(&text.value),
        span: Some(text.span),
    }
}

fn maybe(value: Option<&Text>) -> Value<'_> {
    value.map_or_else(|| plain(""), text)
}

fn plain(text: &str) -> Value<'_> {
    Value {
        text: Cow::Borrowed(text),
        span: None,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "what is made is handed over")]
fn made(made: impl ToString) -> Value<'static> {
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
const WORKBOOK: Table<Model> = &[
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
const DATASOURCE: Table<Datasource> = &[
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
const CONNECTION: Table<Connection> = &[
    ("class", |c| text(&c.class)),
    ("name", |c| maybe(c.caption.as_ref())),
];
const TABLE: Table<Relation> = &[
    ("name", |r| maybe(r.name.as_ref())),
    ("kind", |r| plain(&r.kind)),
    ("table", |r| maybe(r.table.as_ref())),
    ("join", |r| maybe(r.join.as_ref())),
    ("sql", |r| maybe(r.custom_sql.as_ref())),
];
const FIELD: Table<Column> = &[
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
const PARAMETER: Table<Parameter> = &[
    ("name", |p| shown(p.caption.as_ref(), &p.name)),
    ("internal-name", |p| text(&p.name)),
    ("datatype", |p| maybe(p.datatype.as_ref())),
    ("domain", |p| maybe(p.domain.as_ref())),
    ("value", |p| maybe(p.value.as_ref())),
    ("members", |p| made(p.members.len())),
    ("dynamic", |p| made(p.dynamic)),
    ("description", |p| maybe(p.description.as_ref())),
];
const WORKSHEET: Table<Worksheet> = &[
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
const DASHBOARD: Table<Dashboard> = &[
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
const ZONE: Table<Zone> = &[
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
const ACTION: Table<Action> = &[
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
const FILTER: Table<Filter> = &[
    ("class", |f| plain(&f.class)),
    ("column", |f| text(&f.column)),
    ("context", |f| made(f.context)),
    ("conditional", |f| made(f.conditional)),
    ("top", |f| made(f.top_n)),
    ("exclude", |f| made(f.exclude)),
    ("all", |f| made(f.all)),
    ("members", |f| made(f.members.len())),
];
const SET: Table<Group> = &[
    ("name", |g| shown(g.caption.as_ref(), &g.name)),
    ("user-filter", |g| made(g.user_filter)),
];
const EXTENSION: Table<Extension> = &[
    ("id", |e| maybe(e.id.as_ref())),
    ("url", |e| maybe(e.url.as_ref())),
    ("full-data", |e| made(e.full_data)),
];
/// Any element of the document by its name.
const XML: &[&str] = &["element", "text"];

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

fn lookup<'d, T>(table: Table<T>, item: &'d T, name: &str) -> Option<Value<'d>> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, read)| read(item))
}

/// Shows every element of a kind to `visit`, in the document's order.
pub(super) fn each(
    document: &Document,
    file_name: &str,
    select: Select,
    visit: &mut dyn FnMut(&Candidate<'_, '_>),
) {
    let (tree, model) = (&document.tree, &document.model);
    let mut walk = Walk { tree, visit };
    match select {
        Select::Workbook if tree.local(tree.root()) == "workbook" => {
            let values = |n: &str| {
                if n == "name" {
                    Some(made(file_name))
                } else {
                    lookup(WORKBOOK, model, n)
                }
            };
            walk.show(model.root, &values, &|| {
                vec![Subject::new("workbook", file_name)]
            });
        }
        Select::Workbook => {}
        Select::Datasource
        | Select::Connection
        | Select::Table
        | Select::Field
        | Select::CalculatedField
        | Select::Set => {
            model
                .datasources
                .iter()
                .for_each(|d| walk.in_datasource(d, select));
        }
        Select::Parameter => model.parameters.iter().for_each(|p| {
            walk.show(p.element, &|n| lookup(PARAMETER, p, n), &|| {
                vec![Subject::new("parameter", p.display_name())]
            })
        }),
        Select::Worksheet => model.worksheets.iter().for_each(|s| {
            walk.show(s.element, &|n| lookup(WORKSHEET, s, n), &|| {
                vec![Subject::new("worksheet", &*s.name.value)]
            })
        }),
        Select::Dashboard | Select::Story => {
            for d in model
                .dashboards
                .iter()
                .filter(|d| d.story == (select == Select::Story))
            {
                walk.show(d.element, &|n| lookup(DASHBOARD, d, n), &|| {
                    vec![of_dashboard(d)]
                });
            }
        }
        Select::Zone => {
            for (d, z) in model
                .dashboards
                .iter()
                .flat_map(|d| d.zones.iter().map(move |z| (d, z)))
            {
                walk.show(z.element, &|n| lookup(ZONE, z, n), &|| {
                    vec![of_dashboard(d)]
                });
            }
        }
        Select::Action => model.actions.iter().for_each(|a| {
            let name = a
                .caption
                .as_ref()
                .or(a.name.as_ref())
                .map_or("", |t| &t.value);
            walk.show(a.element, &|n| lookup(ACTION, a, n), &|| {
                vec![Subject::new("action", name)]
            });
        }),
        Select::Filter => walk.filters(model),
        Select::Extension => model
            .extensions
            .iter()
            .for_each(|e| walk.show(e.element, &|n| lookup(EXTENSION, e, n), &Vec::new)),
        Select::Xml => tree
            .all_descendants(tree.root())
            .chain([tree.root()])
            .for_each(|node| walk.xml(node)),
    }
}

fn of_dashboard(dashboard: &Dashboard) -> Subject {
    Subject::new(
        if dashboard.story {
            "story"
        } else {
            "dashboard"
        },
        &*dashboard.name.value,
    )
}

struct Walk<'w, 'd> {
    tree: &'d Tree,
    visit: &'w mut dyn FnMut(&Candidate<'_, '_>),
}

impl<'d> Walk<'_, 'd> {
    fn show(
        &mut self,
        element: Element,
        values: &dyn Fn(&str) -> Option<Value<'d>>,
        subjects: &dyn Fn() -> Vec<Subject>,
    ) {
        (self.visit)(&Candidate {
            element,
            tree: self.tree,
            values,
            subjects,
        });
    }

    fn in_datasource(&mut self, datasource: &'d Datasource, select: Select) {
        let own = || Subject::new("data source", datasource.display_name());
        match select {
            Select::Connection => datasource.connections.iter().for_each(|c| {
                let values =
                    |n: &str| lookup(CONNECTION, c, n).or_else(|| c.attribute(n).map(text));
                self.show(c.element, &values, &|| vec![own()]);
            }),
            Select::Table => datasource
                .relations
                .iter()
                .for_each(|r| self.show(r.element, &|n| lookup(TABLE, r, n), &|| vec![own()])),
            Select::Set => datasource
                .groups
                .iter()
                .filter(|g| !g.internal)
                .for_each(|g| {
                    let name = g
                        .caption
                        .as_ref()
                        .map_or_else(|| unbracket(&g.name.value), |c| c.value.clone());
                    self.show(g.element, &|n| lookup(SET, g, n), &|| {
                        vec![own(), Subject::new("set", &*name)]
                    });
                }),
            Select::Field | Select::CalculatedField => {
                let calculated = select == Select::CalculatedField;
                for c in datasource
                    .columns
                    .iter()
                    .filter(|c| !c.internal && c.formula().is_some() == calculated)
                {
                    let kind = if calculated {
                        "calculated field"
                    } else {
                        "field"
                    };
                    self.show(c.element, &|n| lookup(FIELD, c, n), &|| {
                        vec![own(), Subject::new(kind, c.display_name())]
                    });
                }
            }
            _ => self.show(
                datasource.element,
                &|n| lookup(DATASOURCE, datasource, n),
                &|| vec![own()],
            ),
        }
    }

    fn filters(&mut self, model: &'d Model) {
        for d in &model.datasources {
            let all = d
                .filters
                .iter()
                .chain(d.extract.iter().flat_map(|e| &e.filters));
            for f in all.filter(|f| !f.internal) {
                self.show(f.element, &|n| lookup(FILTER, f, n), &|| {
                    vec![Subject::new("data source", d.display_name())]
                });
            }
        }
        for s in &model.worksheets {
            for f in s.filters.iter().filter(|f| !f.internal) {
                self.show(f.element, &|n| lookup(FILTER, f, n), &|| {
                    vec![Subject::new("worksheet", &*s.name.value)]
                });
            }
        }
    }

    fn xml(&mut self, node: NodeId) {
        let tree = self.tree;
        let values = |name: &str| match name {
            "element" => Some(plain(tree.local(node))),
            // Of an element with others inside, what stands in them is theirs.
            "text" if tree.all_children(node).next().is_none() => {
                let own = tree.text(node);
                Some(Value {
                    text: Cow::Owned(own.value),
                    span: Some(own.span),
                })
            }
            _ => None,
        };
        let element = Element {
            node,
            tag: tree.tag(node),
        };
        self.show(element, &values, &Vec::new);
    }
}

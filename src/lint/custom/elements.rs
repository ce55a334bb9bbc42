//! The elements that a rule of the manifest can select.

use std::borrow::Cow;

use crate::content::Document;
use crate::content::model::{Dashboard, Datasource, Element, Model, unbracket};
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::Subject;
use crate::manifest::raw::Select;

use super::attributes::{
    ACTION, CONNECTION, DASHBOARD, DATASOURCE, EXTENSION, FIELD, FILTER, PARAMETER, SET, TABLE,
    Value, WORKBOOK, WORKSHEET, ZONE, lookup, made, plain, text,
};

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

//! What people call things: captions instead of internal names.

use std::collections::HashMap;

use crate::content::Document;
use crate::content::model::{Column, Datasource, Group, Parameter, unbracket};
use crate::formula;

use super::reference::{instance, instance_words, references};

/// Looks names up in one document.
#[derive(Debug)]
pub(super) struct Names<'d> {
    datasources: HashMap<&'d str, Fields<'d>>,
    /// By internal name with brackets.
    parameters: HashMap<&'d str, &'d Parameter>,
    /// Sheets by the identity of their window, upper case with braces.
    windows: HashMap<String, &'d str>,
}

#[derive(Debug)]
pub(super) struct Fields<'d> {
    pub(super) datasource: &'d Datasource,
    pub(super) columns: HashMap<&'d str, &'d Column>,
    pub(super) groups: HashMap<&'d str, &'d Group>,
}

impl<'d> Names<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        let model = &document.model;
        Self {
            datasources: model
                .datasources
                .iter()
                .map(|d| (d.name.value.as_str(), Fields::of(d)))
                .collect(),
            parameters: model
                .parameters
                .iter()
                .map(|p| (p.name.value.as_str(), p))
                .collect(),
            windows: model
                .windows
                .iter()
                .filter_map(|w| {
                    let id = w.simple_id.as_ref()?;
                    Some((id.value.to_uppercase(), w.name.value.as_str()))
                })
                .collect(),
        }
    }

    pub(super) fn fields(&self, datasource: &str) -> Option<&Fields<'d>> {
        self.datasources.get(datasource)
    }

    pub(super) fn window(&self, id: &str) -> Option<&'d str> {
        self.windows.get(&id.to_uppercase()).copied()
    }

    /// The caption of a field, set or parameter; `name` and `datasource` with or without brackets around.
    pub(super) fn field(&self, datasource: &str, name: &str) -> String {
        if datasource == "Parameters" {
            return self
                .parameters
                .get(name)
                .map_or_else(|| unbracket(name), |p| p.display_name());
        }
        match name {
            "[:Measure Names]" => return "Measure Names".to_owned(),
            "[Multiple Values]" => return "Measure Values".to_owned(),
            _ => {}
        }
        let Some(fields) = self.datasources.get(datasource) else {
            return unbracket(name);
        };
        if let Some(column) = fields.columns.get(name) {
            return column.display_name();
        }
        let caption = fields.groups.get(name).and_then(|g| g.caption.as_ref());
        caption.map_or_else(|| unbracket(name), |c| c.value.clone())
    }

    /// A field or an instance of it, in words.
    pub(super) fn pill(&self, datasource: &str, name: &str) -> String {
        let known = self
            .datasources
            .get(datasource)
            .is_some_and(|f| f.columns.contains_key(name) || f.groups.contains_key(name));
        match instance(name) {
            Some(parts) if !known => {
                let field = self.field(datasource, &format!("[{}]", parts.field));
                instance_words(&parts, &field)
            }
            _ => self.field(datasource, name),
        }
    }

    /// `[data source].[instance]`, or a name alone that belongs to `home`.
    pub(super) fn reference(&self, parts: &[&str], home: &str) -> String {
        match parts {
            [] => String::new(),
            [name] => self.pill(home, name),
            [datasource, .., name] => self.pill(&unbracket(datasource), name),
        }
    }

    /// A text with each reference replaced by words, the surroundings kept: tooltips, titles, URLs.
    pub(super) fn in_text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        // One name in brackets may be anybody's text; two are a reference.
        for reference in references(text).iter().filter(|r| r.parts.len() > 1) {
            out.push_str(&text[at..reference.range.start]);
            out.push_str(&self.reference(&reference.parts, ""));
            at = reference.range.end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// The URL of an action, where a field may stand without its data source: `<[field]>`.
    pub(super) fn in_url(&self, url: &str) -> String {
        let mut text = self.in_text(url);
        for reference in references(url).iter().filter(|r| r.parts.len() == 1) {
            let Some(name) = url.get(reference.range.clone()) else {
                continue;
            };
            let mut all = self.datasources.values();
            let column = all.find_map(|fields| fields.columns.get(name));
            if let Some(column) = column {
                text = text.replace(
                    &format!("<{name}>"),
                    &format!("<{}>", column.display_name()),
                );
            }
        }
        text
    }

    /// What is on a shelf: `Region, SUM(Sales)`.
    pub(super) fn shelf(&self, text: &str) -> String {
        let found = references(text);
        let mut out = String::new();
        let mut at = 0;
        for reference in &found {
            if !out.is_empty() {
                let dual = text[at..reference.range.start].contains('+');
                out.push_str(if dual { " + " } else { ", " });
            }
            out.push_str(&self.reference(&reference.parts, ""));
            at = reference.range.end;
        }
        if found.is_empty() {
            text.trim().clone_into(&mut out);
        }
        out
    }

    /// A formula as its author reads it: captions in brackets, everything else as written.
    pub(super) fn formula(&self, text: &str, home: &str) -> String {
        let parsed = formula::parse(text);
        let mut places: Vec<_> = parsed.references().collect();
        places.sort_by_key(|r| r.span.start);
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for reference in places {
            let (start, end) = (reference.span.start as usize, reference.span.end as usize);
            let (Some(between), Some(_)) = (text.get(at..start), text.get(start..end)) else {
                continue;
            };
            out.push_str(between);
            out.push_str(&self.formula_reference(reference, home));
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    fn formula_reference(&self, reference: &formula::FieldRef, home: &str) -> String {
        let name = bracket(reference.name());
        let caption = |ds: &str| formula::quote([self.pill(ds, &name).as_str()]);
        match reference.data_source() {
            Some("Parameters") => caption("Parameters"),
            Some(other) if other != home => {
                let source = self
                    .datasources
                    .get(other)
                    .map_or(other, |f| f.datasource.display_name());
                format!("{}.{}", formula::quote([source]), caption(other))
            }
            _ => caption(home),
        }
    }

    /// What people call a data source.
    pub(super) fn datasource(&self, name: &str) -> String {
        if name == "Parameters" {
            return "Parameters".to_owned();
        }
        self.datasources.get(name).map_or_else(
            || name.to_owned(),
            |f| f.datasource.display_name().to_owned(),
        )
    }
}

impl<'d> Fields<'d> {
    fn of(datasource: &'d Datasource) -> Self {
        Self {
            datasource,
            columns: datasource
                .columns
                .iter()
                .map(|c| (c.name.value.as_str(), c))
                .collect(),
            groups: datasource
                .groups
                .iter()
                .map(|g| (g.name.value.as_str(), g))
                .collect(),
        }
    }
}

/// `a]b` -> `[a]]b]`.
pub(super) fn bracket(name: &str) -> String {
    formula::quote([name])
}

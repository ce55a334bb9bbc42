//! To which part of a document some bytes belong.

use crate::content::Document;
use crate::content::model::Element;
use crate::diagnostic::{Span, Subject};

/// The worksheet, dashboard, story or data source that holds the bytes; nothing for what stands outside of all.
pub(super) fn owner(document: &Document, span: Span) -> Vec<Subject> {
    let model = &document.model;
    let holds = |element: Element| {
        let whole = document.tree.span(element.node);
        whole.start <= span.start && span.end <= whole.end
    };
    let sheets = model
        .worksheets
        .iter()
        .map(|w| (w.element, "worksheet", w.name.value.as_str()));
    let dashboards = model
        .dashboards
        .iter()
        .map(|d| (d.element, d.kind(), d.name.value.as_str()));
    let datasources = model
        .datasources
        .iter()
        .map(|d| (d.element, "data source", d.display_name()));
    let mut all = sheets.chain(dashboards).chain(datasources);
    all.find(|(element, ..)| holds(*element))
        .map(|(_, kind, name)| Subject::new(kind, name))
        .into_iter()
        .collect()
}

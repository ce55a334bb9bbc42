//! Another caption for a field: the edits that keep a document in one piece.

use std::cell::OnceCell;

use crate::content::Document;
use crate::content::edit::escape_attribute;
use crate::content::model::{Column, Datasource, Element, Parameter, Text, unbracket};
use crate::diagnostic::{Edit, Span};
use crate::hash::HashMap;

/// Where the captions of a document's fields are repeated; looked for when it is first asked.
pub(super) struct Captions<'d> {
    document: &'d Document,
    copies: OnceCell<Option<Copies>>,
}

/// The captions in the copies of definitions that sheets hold, by data source and internal name.
type Copies = HashMap<(String, String), Vec<Text>>;

impl<'d> Captions<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        Self {
            document,
            copies: OnceCell::new(),
        }
    }

    /// Gives a field another caption, wherever the document repeats its definition; `None` where something may refer to
    /// it by its caption, and where another field has that name. Formulas and shelves use the internal name and stay as they are.
    pub(super) fn field(
        &self,
        datasource: &Datasource,
        column: &Column,
        new: &str,
    ) -> Option<Vec<Edit>> {
        let columns = datasource.columns.iter();
        let others = columns.filter(|c| c.name.value != column.name.value);
        let known = |name: &str| datasource.columns.iter().any(|c| c.name.value == name);
        let untouched = datasource.metadata.iter().map(|m| &*m.name.value);
        let mut names = others
            .map(Column::display_name)
            .chain(untouched.filter(|name| !known(name)).map(unbracket));
        if names.any(|name| looks_like(&name, new)) {
            return None;
        }
        let own = (column.element, column.caption.as_ref());
        self.edits(&datasource.name.value, &column.name.value, own, new)
    }

    /// The same for a parameter.
    pub(super) fn parameter(&self, parameter: &Parameter, new: &str) -> Option<Vec<Edit>> {
        let parameters = self.document.model.parameters.iter();
        let mut others = parameters.filter(|p| p.name.value != parameter.name.value);
        if others.any(|p| looks_like(&p.display_name(), new)) {
            return None;
        }
        let own = (parameter.element, parameter.caption.as_ref());
        self.edits("Parameters", &parameter.name.value, own, new)
    }

    fn edits(
        &self,
        datasource: &str,
        name: &str,
        (element, caption): (Element, Option<&Text>),
        new: &str,
    ) -> Option<Vec<Edit>> {
        let copies = self.copies.get_or_init(|| copies(self.document)).as_ref()?;
        let new = escape_attribute(new);
        let replace = |text: &Text| Edit {
            span: text.span,
            text: new.clone(),
        };
        let own = match caption {
            Some(caption) => replace(caption),
            None => {
                let name = &self.document.tree.name(element.node).full;
                let at = element.tag.start + 1 + name.len() as u32;
                Edit {
                    span: Span::new(at, at),
                    text: format!(" caption='{new}'"),
                }
            }
        };
        let others = copies.get(&(datasource.to_owned(), name.to_owned()));
        Some(
            std::iter::once(own)
                .chain(others.into_iter().flatten().map(replace))
                .collect(),
        )
    }
}

/// People would take one for the other.
pub(super) fn looks_like(name: &str, other: &str) -> bool {
    name.trim().to_lowercase() == other.trim().to_lowercase()
}

/// `None` where an action lists fields by their captions.
fn copies(document: &Document) -> Option<Copies> {
    let tree = &document.tree;
    let mut copies = Copies::default();
    for node in tree.all_descendants(tree.root()) {
        match tree.local(node) {
            "param" if tree.is(node, "name", "field-captions") => return None,
            "datasource-dependencies" => {
                let datasource = tree.get(node, "datasource").unwrap_or_default();
                for column in tree
                    .all_children(node)
                    .filter(|n| tree.local(*n) == "column")
                {
                    if let (Some(name), Some(caption)) =
                        (tree.get(column, "name"), tree.attribute(column, "caption"))
                    {
                        copies
                            .entry((datasource.clone(), name))
                            .or_default()
                            .push(caption);
                    }
                }
            }
            _ => {}
        }
    }
    Some(copies)
}

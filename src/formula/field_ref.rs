use super::span::Span;

/// A reference to a field, parameter or set: `[Sales]`, `[Parameters].[Parameter 1]`, `[data source].[table].[field]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// Without brackets, `]]` undone. At least one; the field's own name is the last.
    pub parts: Vec<String>,
    pub span: Span,
    pub form: RefForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefForm {
    Bracketed,
    /// A name of one word without brackets, as in `SUM(Sales)`, which Tableau accepts.
    Bare,
}

impl FieldRef {
    /// Returns the field's own name, without its data source.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// Returns the data source's name, if the reference says one.
    pub fn data_source(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [first, _, ..] => Some(first),
            _ => None,
        }
    }

    /// Says whether the reference is to a parameter: Tableau keeps them in a data source of that name.
    pub fn is_parameter(&self) -> bool {
        self.data_source() == Some("Parameters")
    }

    /// Returns the reference in brackets, `]` doubled: `[Parameters].[Parameter 1]`.
    pub fn quoted(&self) -> String {
        quote(self.parts.iter().map(String::as_str))
    }
}

/// Returns a reference made of these names: `["a", "b]"]` gives `[a].[b]]]`.
pub fn quote<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(if text.is_empty() { "[" } else { ".[" });
        text.push_str(&part.replace(']', "]]"));
        text.push(']');
    }
    text
}

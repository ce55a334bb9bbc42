//! The outgoing model. Each scalar knows its schema type, because the JSON form depends on it.

/// A value by its type in the vendor's schema: JSON writes integers as strings, booleans as booleans.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A boolean that the JSON form writes as a string (`showTabs`, `encryptExtracts`).
    BooleanText(bool),
    /// `xs:int` and `xs:long`: a number in JSON too.
    Number(i64),
}

impl Scalar {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) | Self::Number(number) => number.to_string(),
            Self::Boolean(flag) | Self::BooleanText(flag) => flag.to_string(),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Scalar {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Scalar {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<usize> for Scalar {
    fn from(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Scalar {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

/// How an element's children, or the element itself among its siblings, become JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Object,
    /// A list wrapper: `{"tag":[…]}`, and `{}` when empty.
    List,
    /// One of several siblings of a name without a wrapper: a bare array.
    Repeated,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    pub(crate) attributes: Vec<(&'static str, Scalar)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: Option<Scalar>,
    pub(crate) shape: Shape,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
            text: None,
            shape: Shape::Object,
        }
    }

    pub(crate) fn list(name: &'static str, items: impl IntoIterator<Item = Element>) -> Self {
        Self {
            children: items.into_iter().collect(),
            shape: Shape::List,
            ..Self::new(name)
        }
    }

    pub(crate) fn with_text(name: &'static str, text: impl Into<Scalar>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::new(name)
        }
    }

    pub(crate) fn attr(mut self, name: &'static str, value: impl Into<Scalar>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(crate) fn attr_if(self, name: &'static str, value: Option<impl Into<Scalar>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// As `attr`, left out when the text is empty.
    pub(crate) fn attr_text(self, name: &'static str, value: &str) -> Self {
        if value.is_empty() {
            self
        } else {
            self.attr(name, value)
        }
    }

    pub(crate) fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    pub(crate) fn child_if(self, child: Option<Element>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Siblings of one name without a wrapper.
    pub(crate) fn repeated(mut self, items: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(items.into_iter().map(|item| Element {
            shape: Shape::Repeated,
            ..item
        }));
        self
    }
}

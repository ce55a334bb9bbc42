//! The incoming model, the same for XML and JSON requests.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// An element of a request. The nameless root holds the children of `tsRequest` (or of the JSON object).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
    pub(crate) text: String,
}

impl Node {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Items of a list wrapper; empty when the wrapper is absent.
    pub(crate) fn items<'a>(
        &'a self,
        list: &'a str,
        item: &'a str,
    ) -> impl Iterator<Item = &'a Node> {
        self.children_named(list)
            .flat_map(move |list| list.children_named(item))
    }

    /// The child that the call is about; 400000 without it.
    pub(crate) fn required(&self, name: &str) -> Result<&Node, ApiError> {
        self.child(name).ok_or_else(|| {
            ApiError::bad_request(format!("The request body has no '{name}' element."))
        })
    }

    pub(crate) fn required_attribute(&self, name: &str) -> Result<&str, ApiError> {
        self.attribute(name).ok_or_else(|| {
            ApiError::bad_request(format!(
                "Element '{}' has no '{name}' attribute.",
                self.name
            ))
        })
    }

    /// A boolean by its XML lexical forms; 400008 for anything else.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.attribute(name)
            .map(|value| parse_boolean(name, value))
            .transpose()
    }

    /// The `id` of a child such as `<project id=…/>`.
    pub(crate) fn child_id(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(|child| child.attribute("id"))
    }
}

/// `true` and `false` in any case, as the API reads them; 400008 for anything else.
pub(crate) fn parse_boolean(name: &str, value: &str) -> Result<bool, ApiError> {
    match value {
        _ if value.eq_ignore_ascii_case("true") || value == "1" => Ok(true),
        _ if value.eq_ignore_ascii_case("false") || value == "0" => Ok(false),
        _ => Err(ApiError::new(
            400_008,
            format!("Invalid value '{value}' for '{name}': it must be true or false."),
        )),
    }
}

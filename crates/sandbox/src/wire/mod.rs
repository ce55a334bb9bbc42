//! One model behind both wire forms: [`Element`] is what goes out, [`Node`] is what came in.

mod element;
mod json;
mod node;
mod schema;
mod xml;

use crate::error::ApiError;

pub(crate) use element::{Element, Scalar};
pub(crate) use node::{Node, parse_boolean};

/// The wire form of a request or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Json,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "application/xml;charset=UTF-8",
            Self::Json => "application/json;charset=UTF-8",
        }
    }

    /// A success body; `schema` is the API version that the schema location names.
    pub(crate) fn write(self, elements: &[Element], schema: &str) -> Vec<u8> {
        match self {
            Self::Xml => xml::document(elements, schema),
            Self::Json => json::document(elements),
        }
    }

    pub(crate) fn write_error(self, error: &ApiError, schema: &str) -> Vec<u8> {
        match self {
            Self::Xml => xml::error(error, schema),
            Self::Json => json::error(error),
        }
    }

    /// The children of the request's root, under a nameless node; 400000 for what the schema does not have.
    pub(crate) fn parse(self, body: &[u8]) -> Result<Node, ApiError> {
        let node = match self {
            Self::Xml => xml::parse(body),
            Self::Json => json::parse(body),
        }?;
        schema::check(&node)?;
        Ok(node)
    }
}

//! LEAF: packages and documents.
//!
//! A file is told by its bytes, never by its name; opened within [`Limits`]; and its inner document read to a
//! [`Tree`](tree::Tree) of elements with byte positions and a typed [`Model`](model::Model).

mod at_once;
mod build;
mod builder;
mod characters;
pub mod edit;
pub mod fingerprint;
pub mod flow;
pub mod json;
pub mod model;
mod open;
pub mod package;
mod plain;
pub mod read;
pub mod refusal;
pub mod save;
mod signature;
pub mod source;
pub mod splice;
pub mod style;
mod table;
pub mod tree;

#[cfg(test)]
mod tests;

pub use characters::Characters;
pub use open::{Body, Content, Document, Kind, Refused, from_bytes, open};
pub use package::Limits;
pub use refusal::Refusal;

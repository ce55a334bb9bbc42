//! LEAF: packages and documents.
//!
//! A file is told by its bytes, never by its name; opened within [`Limits`](package::Limits); and its inner
//! document read to a [`Tree`](tree::Tree) of elements with byte positions and a typed [`Model`](model::Model).

pub mod model;
pub mod read;
pub mod source;
pub mod tree;

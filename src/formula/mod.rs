//! LEAF: the calculation language.
//!
//! [`parse`] reads a formula as it stands in a document, character references decoded. It never fails: what is wrong is
//! in [`Parsed::errors`], placed by [`Span`]s in bytes of the formula. [`print()`] writes an expression back in one form,
//! and [`normalize`] is the form in which two formulas are compared. [`functions`] is what Tableau can call.
//!
//! Names are not resolved here: a formula names fields by their internal names, and only a document knows them.

mod ast;
mod field_ref;
pub mod functions;
mod holds;
mod lexer;
mod normalize;
mod operator;
mod parsed;
mod parser;
mod print;
mod span;
#[cfg(test)]
mod tests;
mod token;

pub use ast::{Branch, Call, Chain, Descendants, Expr, ExprKind, LodScope};
pub use field_ref::{FieldRef, RefForm, quote};
pub use holds::Part;
pub use normalize::normalize;
pub use operator::{BinaryOp, UnaryOp};
pub use parsed::{Comment, Parsed, SyntaxError};
pub use parser::parse;
pub use print::print;
pub use span::Span;

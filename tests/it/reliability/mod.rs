//! What becomes of a deployment when the site, the line or the machine fails in the middle of it.
//!
//! The real command runs against a real sandbox, which fails on purpose. Whatever happens, the site ends as the
//! manifest wants it or as it was before, nothing is published twice, and the exit code says which of them it is.

mod crash;
mod estate;
mod matrix;
pub(crate) mod site;

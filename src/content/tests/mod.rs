//! Files that are made to be wrong, and packages that are put together again.

mod documents;
mod packages;
mod splicing;
mod zip;

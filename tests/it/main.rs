//! The one integration binary: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod action;
mod api;
mod boundaries;
mod cli;
mod content;
mod diff;
mod docs;
mod example;
mod harness;
mod interop;
mod manifest;
mod rules;

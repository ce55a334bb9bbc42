//! The one integration binary: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]

mod action;
mod api;
mod boundaries;
mod broken;
mod cli;
mod content;
mod custom_rules;
mod diff;
mod docs;
mod example;
mod files;
mod formula_corpus;
mod fuzz;
mod harness;
mod interop;
mod manifest;
mod manifest_keys;
mod publish;
mod pull_request;
mod reliability;
mod rewrites;
mod rules;

//! Brings Tableau content from git to Tableau Server and Tableau Cloud.
//!
//! This is the library under the `tabship` command. It exists so that the command can be tested and
//! documented from the inside; it makes no semver promise.
//!
//! Data flows one way; a module names only those below it (`tests/it/boundaries.rs` says so):
//!
//! ```text
//!  argv, env, tabship.yml                                               stdout / stderr / exit code
//!         |                                                                          ^
//!       [cli] ------------------------- composes everything -------------------> [report]
//!         |                                                                          ^
//!         v                                                                          | values, events
//!    [manifest] -> [repository] -> [content] -> [lint] -> findings ------------------+
//!                                      |-> [diff] -> changes ------------------------+
//!                                      `-> [rewrite] -> [plan](desired, live) -> Plan +
//!                                                           ^                |       |
//!                                             Live (plain data)              v       |
//!                                                           `--- [api] <- [publish] -+
//!                                          [pull_request] <- the review, as one comment
//! ```

pub mod api;
pub mod cli;
pub mod content;
pub mod diagnostic;
pub mod diff;
pub mod formula;
pub mod hash;
pub mod lint;
pub mod manifest;
pub mod parallel;
pub mod plan;
pub mod publish;
pub mod pull_request;
pub mod report;
pub mod repository;
pub mod rewrite;
pub mod words;

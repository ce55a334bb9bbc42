//! The API in raw HTTP: requests as clients write them, answers as they read them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(
    clippy::too_many_lines,
    clippy::format_collect,
    reason = "tables of cases"
)]

mod careless;
mod client;
mod documentation;
mod endpoints;
mod favorites;
mod files;
mod hyper_data;
mod jobs;
mod listing;
mod metadata;
mod overwrite;
mod pages;
mod people;
mod permissions;
mod publishing;
mod sessions;
mod sites;
mod validation;
mod webhooks;

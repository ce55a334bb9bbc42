//! An embedded Tableau-compatible site: as much of Tableau's REST API as deploying, promoting, refreshing and
//! auditing content needs, from one process and one folder.
//!
//! It depends on nothing of tabship's, so that a misreading of the API cannot be on both sides of a test.

#![allow(
    clippy::single_match_else,
    reason = "a match shows both cases at one level"
)]

mod app;
mod blobs;
mod call;
mod capability;
mod clock;
mod content_url;
mod control;
mod endpoint;
mod error;
mod extract;
mod faults;
mod filter;
mod frequency;
mod housekeeping;
mod intake;
mod jobs;
mod metadata;
mod model;
mod multipart;
mod pace;
mod pages;
mod picture;
mod publish;
mod query;
mod reading;
mod removal;
mod request_log;
mod response;
mod rights;
mod router;
mod sandbox;
mod seed;
mod server;
mod session;
mod store;
mod thumbnail;
mod trash;
mod validation;
mod version;
mod webhook;
mod wire;

#[cfg(test)]
mod tests;

/// Doors for fuzz/, which is no part of the crate.
#[cfg(fuzzing)]
pub mod fuzzing {
    pub use crate::multipart::fuzz as multipart;
}

pub use faults::{BadFault, Fault, Struck};
pub use request_log::RequestRecord;
pub use sandbox::{Builder, Sandbox, StartError};
pub use seed::{
    Seed, SeedApp, SeedGroup, SeedProject, SeedSchedule, SeedServer, SeedSite, SeedToken, SeedUser,
};

/// Which product the site plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Tableau Server: content URLs clash into `_0`, sites can be listed, schedules are the server's.
    #[default]
    Server,
    /// Tableau Cloud: content URLs clash into a time, sites cannot be listed, deleted items go to a recycle bin.
    Cloud,
}

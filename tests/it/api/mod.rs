//! The REST client against servers that misbehave.

mod downloads;
mod elsewhere;
mod lists;
mod logs;
mod outcomes;
mod proxies;
mod reaching;
mod redirects;
mod replay;
mod sandbox;
pub(crate) mod scripted;
mod sessions;
pub(crate) mod tls;
mod uploads;

//! The REST client against servers that misbehave.

mod downloads;
mod lists;
mod reaching;
mod redirects;
mod replay;
mod scripted;
mod sessions;
mod uploads;

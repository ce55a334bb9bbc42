//! LEAF: the REST client of Tableau Server and Tableau Cloud.
//!
//! ```text
//! Connection -> Client::connect -> Client -> sign_in -> Site -> one method a call
//! ```
//!
//! A call is a type of [`endpoint`] that says all there is to know about it. The transport sends it,
//! repeats it where the call's [`Replay`] allows, follows only harmless redirects, and makes every
//! failure an [`Error`] that says what happened, what may have happened on the site
//! ([`Fate`]) and what to do. Nothing here knows of manifests, plans or files of content.

mod body;
mod chunk;
mod client;
mod code;
mod credentials;
pub mod endpoint;
mod error;
mod fault;
mod json;
mod luid;
mod paging;
mod proxy;
mod redirect;
mod retry;
mod secret;
mod site;
mod source;
mod transport;
mod version;
mod xml;

pub use chunk::{MAX_CHUNK, MAX_CHUNKS, chunks};
pub use client::{Client, Connection};
pub use code::{ErrorCode, Explanation};
pub use credentials::Credentials;
pub use error::{CallName, Error, ErrorKind, Fate, Refusal, Unreachable};
pub use json::Unreadable;
pub use luid::{Luid, NotALuid};
pub use paging::{Filter, Identified, Listing, Page, Paged};
pub use retry::{Replay, RetryPolicy};
pub use secret::Secret;
pub use site::Site;
pub use source::{ByteStream, Progress, Source};
pub use version::{ApiVersion, NotAVersion};

//! Where secrets come from, seen from the publisher: by name, at the moment of use.

use crate::api::Secret;

/// A secret that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret `{name}` {why}")]
pub struct MissingSecret {
    /// `env:NAME` or `file:PATH`.
    pub name: String,
    /// `is not set`, `cannot be read: ...`.
    pub why: String,
}

/// Reads secrets by their reference.
pub trait Secrets: Send + Sync {
    /// `reference` is `env:NAME` or `file:PATH`.
    fn secret(&self, reference: &str) -> Result<Secret, MissingSecret>;
}

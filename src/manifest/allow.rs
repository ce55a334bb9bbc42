//! Changes that are blocked unless somebody allows them, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What `--allow` and the manifest's `allow` can name.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// A sheet that is not visible on the site becomes visible.
    NewlyVisible,
    /// A file without an extract replaces an item that has one.
    ExtractLoss,
    /// The item is not as tabship left it, or was never tabship's.
    Drift,
    /// The item was deployed to another project and would be made anew: with another content URL, which breaks every
    /// link to it.
    ContentUrl,
    /// The owner changes, which drops embedded credentials that the manifest does not restore.
    OwnerChange,
    /// Embedded credentials are dropped by the publish and the manifest does not name them.
    CredentialLoss,
}

impl Allow {
    pub const ALL: [Self; 6] = [
        Self::NewlyVisible,
        Self::ExtractLoss,
        Self::Drift,
        Self::ContentUrl,
        Self::OwnerChange,
        Self::CredentialLoss,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::NewlyVisible => "newly-visible",
            Self::ExtractLoss => "extract-loss",
            Self::Drift => "drift",
            Self::ContentUrl => "content-url",
            Self::OwnerChange => "owner-change",
            Self::CredentialLoss => "credential-loss",
        }
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is none of [`Allow::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no blocked change")]
pub struct UnknownAllow(pub String);

impl FromStr for Allow {
    type Err = UnknownAllow;

    fn from_str(text: &str) -> Result<Self, UnknownAllow> {
        Self::ALL
            .into_iter()
            .find(|a| a.name() == text)
            .ok_or_else(|| UnknownAllow(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for allow in Allow::ALL {
            assert_eq!(allow.name().parse(), Ok(allow));
            assert_eq!(serde_json::to_value(allow).unwrap(), allow.name());
        }
        assert!("everything".parse::<Allow>().is_err());
    }
}

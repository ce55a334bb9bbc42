//! Versions of the REST API.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A version of the REST API, such as `3.29`: two integers, so that 3.9 is older than 3.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    major: u16,
    minor: u16,
}

/// A text that is no API version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a REST API version; one looks like `3.29`")]
pub struct NotAVersion(String);

impl ApiVersion {
    /// The newest version that this client knows (Tableau Server 2026.2).
    pub const NEWEST: Self = Self::new(3, 29);
    /// The oldest version that this client works with: the first with personal access tokens
    /// (Tableau Server 2019.4).
    pub const OLDEST: Self = Self::new(3, 6);
    /// The first version with server information: asked of servers that do not know [`Self::OLDEST`].
    pub(crate) const PROBE: Self = Self::new(2, 4);

    /// The version `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl FromStr for ApiVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let parts = text
            .split_once('.')
            .and_then(|(major, minor)| Some(Self::new(digits(major)?, digits(minor)?)));
        parts.ok_or_else(|| NotAVersion(text.chars().take(20).collect()))
    }
}

/// `u16::from_str` also takes a leading plus sign.
fn digits(text: &str) -> Option<u16> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for ApiVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ApiVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_as_integers() {
        let version = |text: &str| text.parse::<ApiVersion>().unwrap();
        assert!(version("3.9") < version("3.10"));
        assert!(version("2.8") < version("3.0"));
        assert_eq!(version("3.29"), ApiVersion::NEWEST);
    }

    #[test]
    fn refuses_other_text() {
        for text in [
            "", "3", "3.", ".3", "3.x", "2,3", "+3.1", "3.1.2", "3.99999",
        ] {
            assert!(text.parse::<ApiVersion>().is_err(), "{text}");
        }
    }
}

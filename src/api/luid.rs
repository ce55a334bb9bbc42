//! The identifier that Tableau gives to everything on a site.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A LUID: 36 characters, `8-4-4-4-12` hexadecimal digits; printed in lower case.
///
/// Nothing else is accepted, so a LUID is always safe as a part of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Luid(Uuid);

/// A text that is no LUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a LUID; one looks like `6c8fbea2-1b5c-4c5c-9c22-0f5a3a0f2f11`")]
pub struct NotALuid(String);

impl FromStr for Luid {
    type Err = NotALuid;

    fn from_str(text: &str) -> Result<Self, NotALuid> {
        let refused = || NotALuid(text.chars().take(60).collect());
        // `Uuid` also reads braces, URNs and undashed digits, which Tableau never writes.
        if text.len() != 36 {
            return Err(refused());
        }
        Uuid::try_parse(text).map(Self).map_err(|_| refused())
    }
}

impl From<Uuid> for Luid {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for Luid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_hyphenated())
    }
}

impl fmt::Debug for Luid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Luid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Luid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_either_case_and_prints_lower_case() {
        let luid: Luid = "6C8FBEA2-1B5C-4C5C-9C22-0F5A3A0F2F11".parse().unwrap();
        assert_eq!(luid.to_string(), "6c8fbea2-1b5c-4c5c-9c22-0f5a3a0f2f11");
    }

    #[test]
    fn refuses_what_could_change_a_path() {
        for text in [
            "",
            ".",
            "..",
            "a/b",
            "6c8fbea21b5c4c5c9c220f5a3a0f2f11",
            "{6c8fbea2-1b5c-4c5c-9c22-0f5a3a0f2f1}",
            "6c8fbea2-1b5c-4c5c-9c22-0f5a3a0f2f1/",
        ] {
            assert!(text.parse::<Luid>().is_err(), "{text}");
        }
    }

    #[test]
    fn is_a_string_in_json() {
        let text = "\"6c8fbea2-1b5c-4c5c-9c22-0f5a3a0f2f11\"";
        let luid: Luid = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&luid).unwrap(), text);
    }
}

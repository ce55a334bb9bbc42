//! API versions, compared as pairs of integers.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ApiVersion {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl ApiVersion {
    pub(crate) const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for ApiVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = |text: &str| -> Result<u32, ()> {
            if text.is_empty() || text.len() > 4 || !text.bytes().all(|byte| byte.is_ascii_digit())
            {
                return Err(());
            }
            text.parse().map_err(|_| ())
        };
        let (major, minor) = text.split_once('.').ok_or(())?;
        Ok(Self {
            major: digits(major)?,
            minor: digits(minor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_as_integers() {
        let version = |text: &str| text.parse::<ApiVersion>();
        assert!(version("3.9").unwrap() < version("3.10").unwrap());
        for bad in ["3", "2,3", "3.", ".1", "3.1.2", "+3.1", "3.99999"] {
            assert!(version(bad).is_err(), "{bad}");
        }
    }
}

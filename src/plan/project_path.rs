//! The path of a project: names from the top level down.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `Finance/Executive`. A project's own name may contain `/`, written `\/`, and `\`, written `\\`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ProjectPath(Vec<String>);

impl ProjectPath {
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().collect())
    }

    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The last name; empty for the empty path.
    pub fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All but the last name; `None` at the top level.
    pub fn parent(&self) -> Option<Self> {
        (self.0.len() > 1).then(|| Self(self.0[..self.0.len() - 1].to_vec()))
    }

    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let mut names = self.0.clone();
        names.push(name.to_owned());
        Self(names)
    }

    /// Top level first, itself last.
    pub fn ancestry(&self) -> impl Iterator<Item = Self> + '_ {
        (1..=self.0.len()).map(|n| Self(self.0[..n].to_vec()))
    }

    /// For comparison: Tableau compares the names of projects without regard to case.
    pub fn folded(&self) -> Vec<String> {
        self.0.iter().map(|n| n.to_lowercase()).collect()
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("/")?;
            }
            f.write_str(&name.replace('\\', "\\\\").replace('/', "\\/"))?;
        }
        Ok(())
    }
}

/// A path with an empty name in it: `Finance//Executive`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the project path `{0}` has an empty name in it")]
pub struct EmptyName(String);

impl FromStr for ProjectPath {
    type Err = EmptyName;

    fn from_str(text: &str) -> Result<Self, EmptyName> {
        let mut names = vec![String::new()];
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            match c {
                '/' => names.push(String::new()),
                '\\' => push(&mut names, characters.next().unwrap_or('\\')),
                c => push(&mut names, c),
            }
        }
        let names: Vec<String> = names.iter().map(|n| n.trim().to_owned()).collect();
        if names.iter().any(String::is_empty) {
            return Err(EmptyName(text.to_owned()));
        }
        Ok(Self(names))
    }
}

fn push(names: &mut [String], c: char) {
    if let Some(last) = names.last_mut() {
        last.push(c);
    }
}

impl Serialize for ProjectPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProjectPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_contain_a_slash() {
        let path: ProjectPath = r"Finance/A\/B Tests/x\\y".parse().unwrap();
        assert_eq!(path.names(), ["Finance", "A/B Tests", r"x\y"]);
        assert_eq!(path.to_string(), r"Finance/A\/B Tests/x\\y");
    }

    #[test]
    fn an_empty_name_is_an_error() {
        for text in ["", "/", "a//b", "a/", " / b"] {
            assert!(text.parse::<ProjectPath>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn ancestry_goes_from_the_top_down() {
        let path: ProjectPath = "a/b/c".parse().unwrap();
        let all: Vec<String> = path.ancestry().map(|p| p.to_string()).collect();
        assert_eq!(all, ["a", "a/b", "a/b/c"]);
        assert_eq!(path.parent().unwrap().to_string(), "a/b");
    }
}

//! Which items a run is about.

use clap::Args;
use globset::{Glob, GlobSet, GlobSetBuilder};

use super::failure::Failure;

/// Options that narrow a run.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Selection {
    /// Only items whose file, name or "project/name" matches; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) select: Vec<String>,
}

/// The compiled form.
#[derive(Debug, Clone)]
pub(crate) struct Selector {
    globs: Option<GlobSet>,
}

impl Selection {
    pub(crate) fn compile(&self) -> Result<Selector, Failure> {
        if self.select.is_empty() {
            return Ok(Selector { globs: None });
        }
        let mut set = GlobSetBuilder::new();
        for pattern in &self.select {
            let glob = Glob::new(pattern).map_err(|e| {
                Failure::usage(format!("`--select {pattern}` is no glob")).because(&e)
            })?;
            set.add(glob);
        }
        let globs = set.build().map_err(|e| {
            Failure::usage("the globs of `--select` are too many or too large").because(&e)
        })?;
        Ok(Selector { globs: Some(globs) })
    }
}

impl Selector {
    /// Nothing was selected: the run is about everything.
    pub(crate) fn is_everything(&self) -> bool {
        self.globs.is_none()
    }

    /// `names` are all the ways in which the item may be called.
    pub(crate) fn matches<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> bool {
        self.globs
            .as_ref()
            .is_none_or(|globs| names.into_iter().any(|name| globs.is_match(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_selection_everything_matches() {
        assert!(Selection::default().compile().unwrap().matches(["a"]));
    }

    #[test]
    fn any_of_the_names_may_match() {
        let selector = Selection {
            select: vec!["Finance/*".to_owned(), "Sales".to_owned()],
        }
        .compile()
        .unwrap();
        assert!(selector.matches(["x.twb", "Finance/Report"]));
        assert!(selector.matches(["Sales"]));
        assert!(!selector.matches(["Costs", "HR/Costs"]));
        assert!(
            Selection {
                select: vec!["[".to_owned()]
            }
            .compile()
            .is_err()
        );
    }
}

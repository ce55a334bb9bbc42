//! The two kinds of patterns in a manifest.

use globset::{Error, Glob, GlobBuilder, GlobMatcher};

/// Of paths and branches: `*` stays between two slashes, `**` goes over them, as in .gitignore.
pub fn path(pattern: &str) -> Result<GlobMatcher, Error> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build()?;
    Ok(glob.compile_matcher())
}

/// Of names: a slash is a letter like any other.
pub fn name(pattern: &str) -> Result<GlobMatcher, Error> {
    Ok(Glob::new(pattern)?.compile_matcher())
}

/// As [`name`], large and small letters alike.
pub fn name_any_case(pattern: &str) -> Result<GlobMatcher, Error> {
    let glob = GlobBuilder::new(pattern).case_insensitive(true).build()?;
    Ok(glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_folder_and_two_do_not() {
        let of = |pattern: &str, text: &str| path(pattern).unwrap().is_match(text);
        assert!(
            of("workbooks/*.twb", "workbooks/a.twb")
                && !of("workbooks/*.twb", "workbooks/old/a.twb")
        );
        assert!(of("workbooks/**", "workbooks/old/a.twb") && of("**/a.twb", "a.twb"));
        assert!(name("Sales*").unwrap().is_match("Sales / North"));
    }
}

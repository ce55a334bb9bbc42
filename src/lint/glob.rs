//! Lists of names in options.

use globset::GlobBuilder;

/// One of the globs matches the name, large and small letters alike.
pub(super) fn any_matches(globs: &[String], name: &str) -> bool {
    globs.iter().any(|glob| {
        glob.eq_ignore_ascii_case(name)
            || GlobBuilder::new(glob)
                .case_insensitive(true)
                .build()
                .is_ok_and(|g| g.compile_matcher().is_match(name))
    })
}

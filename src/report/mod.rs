//! SINK: how results look, one file a format.

pub mod bytes;
pub mod changes;
pub mod deployment;
pub mod findings;
pub mod harmless;
pub(crate) mod markdown;
mod page;
pub mod plan;
pub mod review;
pub mod status;
pub mod style;

/// How wide a column of names is, in characters: a name that is longer than most screens can bear stands out.
fn column_width<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(40)
}

//! SINK: how results look, one file a format.

pub mod bytes;
pub mod changes;
pub mod deployment;
pub mod findings;
pub mod plan;
pub mod style;

//! The rules and the engine that runs them. Pure: a rule does no I/O and cannot fail; what does not parse was said before.
//!
//! A rule is one file under `rules/`; its doc comment is its page. [`check`] runs the rules that the settings switch on
//! over the files, each with the level and options that hold for that file, and then applies suppressions.

mod address;
mod aggregation;
mod calculation_chain;
mod calculation_field;
mod caption;
mod convention;
mod custom;
mod engine;
mod facts;
mod fields;
mod filters;
mod glob;
mod limit;
mod majority;
mod names;
mod owner;
mod package_files;
mod parameter_references;
mod registry;
mod repair;
mod rule;
mod rules;
mod secrets;
mod seen_names;
mod sheet_use;
mod shelf;
mod sink;
mod site;
mod sql;
mod style_policy;
mod suppression;
mod usage;
mod user_filter;
mod zones;

pub use engine::{Checker, FileOutcome, Input, Outcome, check, cores_left, option_findings};
pub use registry::{Catalogue, Page, find, metas, pages};
pub use repair::{Repair, repair};
pub use rule::{File, InputFile, Levels, Meta, Rule};
pub use secrets::mask;
pub use site::{Judged, PublishedSource, SiteFacts, field_names};
pub use suppression::Baseline;

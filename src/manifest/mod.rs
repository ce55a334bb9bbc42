//! `tabship.yml`: as written, and as checked.
//!
//! The types of [`raw`] are the one declaration of the manifest's form. Their JSON Schema is what `tabship schema`
//! prints, and what a manifest is held against ([`load`]); after that it is read and its meaning checked.

mod allow;
mod assign;
pub mod glob;
mod interpolate;
mod load;
mod meaning;
pub mod raw;
mod shape;
mod variables;
pub mod yaml;

pub use allow::{Allow, UnknownAllow};
pub use assign::{Assigned, assign};
pub use load::{Loaded, Manifest, RuleCatalogue, load, schema};
pub use meaning::other_targets;
pub use raw::{
    Auth, Branch, Certified, ConnectedApp, Credential, Entry, Preset, Prune, Replacement, Rewrite,
    RuleLevel, SecretRef, Setting, Target, Verify, Views,
};
pub use shape::closest;

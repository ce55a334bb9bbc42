//! Desired state and live state in, a plan out. Pure.
//!
//! The plan is made in two steps, so that what has not changed costs no request of its own:
//! [`outline`] tells from the site's listings alone which items would be touched; the caller fetches the
//! [`Detail`] of just those; [`build`] makes the plan.

pub mod blocked;
pub mod desired;
pub mod document;
pub mod live;
mod make;
pub mod project_path;
pub mod stamp;
pub mod views;

pub use blocked::{Allow, Block};
pub use desired::{Desired, Item, ItemKind, Key, PublishedReference, Settings, Written};
pub use document::{Action, Plan, Planned};
pub use live::{Detail, Live, LiveItem, LiveProject};
pub use make::{Outcome, Policy, Prune, build, expected_content_url, outline, owners};
pub use project_path::ProjectPath;
pub use stamp::Stamp;

//! Carries out a plan: order, upload, restore, verify, journal, resume. Tells what happens as events.

mod calls;
mod commit;
pub mod error;
pub mod event;
mod item;
pub mod journal;
pub mod lock;
mod observe;
pub mod outcome;
mod pace;
pub mod payload;
mod restore;
pub mod run;
pub mod secrets;
pub mod stage;
mod undo;
mod upload;
mod verify;
mod wanted;

pub use calls::{Calls, api_item, current_revision, view_names};
pub use observe::{details, know_users, observe};

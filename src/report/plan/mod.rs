//! How a plan looks.

mod human;
mod markdown;

pub use human::{human, tally};
pub(crate) use markdown::lines;
pub use markdown::markdown;

use crate::plan::Plan;

/// The plan as the document that `deploy PLAN` reads again.
pub fn json(plan: &Plan) -> String {
    let mut text = serde_json::to_string_pretty(plan).unwrap_or_default();
    text.push('\n');
    text
}

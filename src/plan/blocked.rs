//! Changes that are blocked unless somebody allows them.

use serde::{Deserialize, Serialize};

pub use crate::manifest::Allow;

/// One reason why an item is not touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What allows it; `None` when nothing does and the cause must be mended.
    pub allow: Option<Allow>,
    /// What would happen, to what.
    pub message: String,
    /// What to do instead of allowing it.
    pub help: String,
}

//! Saved plans: read, written and shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tabship::plan::document::Plan;
use tabship::report::plan::{json, markdown};

fuzz_target!(|bytes: &[u8]| {
    let Ok(plan) = serde_json::from_slice::<Plan>(bytes) else { return };
    assert!(plan.moved_since(&plan).is_empty(), "a plan is stale at once");
    let _ = markdown(&plan);
    assert!(serde_json::from_str::<Plan>(&json(&plan)).is_ok());
});

//! Packages and bare files of any kind, from hostile bytes: opened within limits, or refused.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tabship::content::{Limits, from_bytes};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { inner_bytes: 1 << 20, ..Limits::default() };
    match from_bytes(Path::new("fuzz.twbx"), bytes, &limits) {
        Ok(content) => drop(content),
        Err(refused) => {
            let finding = refused.finding(Path::new("fuzz.twbx"));
            assert!(!finding.message.is_empty());
        }
    }
});

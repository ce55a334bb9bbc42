//! Journals: whole records are read, a torn line is left out, the rest is an error with its line.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tabship::publish::journal::read_from;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((_, whole)) = read_from(bytes, Path::new("journal.jsonl")) {
        assert!(whole as usize <= bytes.len());
        assert!(read_from(&bytes[..whole as usize], Path::new("journal.jsonl")).is_ok());
    }
});
